import { resolve } from 'node:path';

/** Where things are; all absolute. */
export interface Places {
  readonly ledger: { readonly kind: 'sqlite'; readonly path: string };
  readonly batches: string;
  readonly reports: string;
}

/** The texts of the three keys, null where one is left out. Both ways to read a configuration end here, so they cannot differ. */
export function placesOf(
  folder: string,
  said: { readonly ledger: string | null; readonly batches: string | null; readonly reports: string | null },
): Places {
  return {
    ledger: { kind: 'sqlite', path: resolve(folder, (said.ledger ?? 'sqlite:payrun.db').slice('sqlite:'.length)) },
    batches: resolve(folder, said.batches ?? 'batches'),
    reports: resolve(folder, said.reports ?? 'reports'),
  };
}
