import { resolveCredentials, type AccountConfig } from '../../config/config.ts';
import { hostOf, payerFingerprint, SIMULATOR_HOST, type Place } from '../../domain/place.ts';
import { PayrunError } from '../../domain/problem.ts';
import type { ProviderDefinition } from '../../providers/port.ts';
import { providerOf, type Project } from './project.ts';

/**
 * Where an account sends its payments now. Throws {@link PayrunError} for credentials that are not there, and for an account without
 * an address.
 */
export async function placeOf(account: AccountConfig): Promise<Place> {
  const definition = providerOf(account);
  const environment = account.environment ?? 'live';
  const at = { provider: account.provider, environment } as const;
  if (account.endpoint === 'simulator') {
    // Each account has a simulator of its own, which knows nothing of another's payments.
    return { ...at, host: SIMULATOR_HOST, payer: payerFingerprint('simulator', [account.name]) };
  }
  const host = hostOf(endpointOf(account, definition));
  const credentials = await resolveCredentials(account, definition.credentials);
  const { currency, options } = account;
  return {
    ...at,
    host,
    payer: payerFingerprint(account.provider, definition.payer({ currency, credentials, options })),
  };
}

/** Base URL that the account's requests go to. Throws {@link PayrunError} where neither configuration nor provider has one. */
export function endpointOf(account: AccountConfig, definition: ProviderDefinition): string {
  const environment = account.environment ?? 'live';
  const endpoint = account.endpoint ?? definition.hosts[environment];
  if (endpoint !== null) return endpoint;
  throw new PayrunError(
    2,
    'endpoint-missing',
    `Account ${account.name}: ${definition.name} publishes no ${environment} address. Set accounts.${account.name}.endpoint.`,
  );
}

/** The places of the configured accounts, each worked out once in a command: files with secrets are read once. */
export class AccountPlaces {
  private readonly project: Project;
  private readonly known = new Map<string, Promise<Place>>();

  constructor(project: Project) {
    this.project = project;
  }

  /** Throws {@link PayrunError} as {@link placeOf}. */
  of(account: AccountConfig): Promise<Place> {
    const known = this.known.get(account.name) ?? placeOf(account);
    this.known.set(account.name, known);
    return known;
  }

  /** By the accounts' names; without those whose place cannot be told now, since a secret is missing. */
  async all(): Promise<ReadonlyMap<string, Place>> {
    const places = new Map<string, Place>();
    for (const account of this.project.config.accounts.values()) {
      const place = await this.of(account).catch((error: unknown) => {
        if (!(error instanceof PayrunError)) throw error;
        return null;
      });
      if (place !== null) places.set(account.name, place);
    }
    return places;
  }
}
