import type { Rate } from '../domain/limits.ts';

/** A payer's account at a provider, as the configuration says it. */
export interface AccountConfig {
  readonly name: string;
  readonly provider: string;
  /** `simulator`, a base URL without trailing slash, or null: the provider's own host for {@link environment}. */
  readonly endpoint: string | null;
  readonly environment: 'sandbox' | 'live' | null;
  /** ISO 4217. */
  readonly currency: string;
  readonly credentials: Readonly<Record<string, SecretSource>>;
  /** Checked against the provider's part of the schema; scalars are text, as they stand in the file. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly limits: {
    readonly rates: readonly Rate[] | null;
    readonly concurrency: number | null;
    readonly maxAmountMinor: bigint | null;
  };
}

/** Where a secret is; the configuration never holds the secret itself. */
export type SecretSource =
  | { readonly kind: 'environment'; readonly name: string }
  /** `path` is absolute. */
  | { readonly kind: 'file'; readonly path: string };
