import type { AccountBrakes } from './brakes.ts';
import type { PayingHours } from '../domain/hours.ts';
import type { Rate } from '../domain/limits.ts';
import type { StatementForm } from '../domain/statement.ts';

/** A payer's account at a provider, as the configuration says it. */
export interface AccountConfig extends AccountBrakes {
  readonly name: string;
  readonly provider: string;
  /** `simulator`, a base URL without trailing slash, or null: the provider's own host for {@link environment}. */
  readonly endpoint: string | null;
  /** Whether the built-in simulator has all its magic values; false: its test numbers only. */
  readonly hasMagic: boolean;
  readonly environment: 'sandbox' | 'live' | null;
  /** ISO 4217. */
  readonly currency: string;
  readonly credentials: Readonly<Record<string, SecretSource>>;
  /** Checked against the provider's part of the schema; scalars are text, as they stand in the file. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The secret last part of the account's callback address; null where the provider is given none. */
  readonly callbackToken: AccessToken | null;
  /** Addresses and networks (`196.201.214.0/24`) that callbacks may come from; empty: any. */
  readonly callbackSources: readonly string[];
  /** How its provider writes statements. */
  readonly statement: StatementForm;
  readonly limits: {
    readonly rates: readonly Rate[] | null;
    readonly concurrency: number | null;
    readonly maxAmountMinor: bigint | null;
  };
  /** When its payments may be sent; null: at any time. */
  readonly hours: PayingHours | null;
  readonly onShort: OnShort;
}

/**
 * What happens where the balance does not cover a batch. `hold`: nothing of it is sent. `priority`: what the balance covers is sent, whole
 * payments in the order of their priority.
 */
export type OnShort = 'hold' | 'priority';

export type AccessToken = SecretSource | { readonly kind: 'text'; readonly text: string };

/** Where a secret is; the configuration never holds the secret itself. */
export type SecretSource =
  | { readonly kind: 'environment'; readonly name: string }
  /** `path` is absolute. */
  | { readonly kind: 'file'; readonly path: string };
