import { resolveCredentials, type AccountConfig } from '../../config/config.ts';
import { hostOf, payerFingerprint, SIMULATOR_HOST, type Place } from '../../domain/place.ts';
import { PayrunError } from '../../domain/problem.ts';
import type { ProviderDefinition } from '../../providers/port.ts';
import { providerOf, type Project } from './project.ts';

/** Throws {@link PayrunError} for credentials that are not there, and for an account without an address. */
async function placeOf(account: AccountConfig): Promise<Place> {
  // The address first: what is wrong with it is said without credentials.
  if (account.endpoint !== 'simulator') endpointOf(account, providerOf(account));
  const isSimulation = account.endpoint === 'simulator';
  return placeWith(account, isSimulation ? {} : await resolveCredentials(account, providerOf(account).credentials));
}

/** Where an account sends with these credentials. Throws {@link PayrunError} for an account without an address. */
export function placeWith(account: AccountConfig, credentials: Readonly<Record<string, string>>): Place {
  const definition = providerOf(account);
  const { provider, currency, options } = account;
  const at = { provider, environment: account.environment ?? 'live' } as const;
  if (account.endpoint === 'simulator') {
    // Each account has a simulator of its own, which knows nothing of another's payments.
    return { ...at, host: SIMULATOR_HOST, payer: payerFingerprint('simulator', [account.name]) };
  }
  const payer = payerFingerprint(provider, definition.payer({ currency, credentials, options }));
  return { ...at, host: hostOf(endpointOf(account, definition)), payer };
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

  /** Throws {@link PayrunError} for credentials that are not there, and for an account without an address. */
  of(account: AccountConfig): Promise<Place> {
    const known = this.known.get(account.name) ?? placeOf(account);
    this.known.set(account.name, known);
    return known;
  }

  /** Secrets may have been renewed since: the next command reads them again, or the next round of one that goes on. */
  forget(): void {
    this.known.clear();
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
