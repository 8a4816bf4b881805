import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** Of a configuration that names none. */
export const TIMEZONE = 'Africa/Nairobi';

/** Where things are. Folders are absolute paths. */
export interface Places {
  /** URL of the ledger. The path of a `sqlite:` URL is absolute. */
  readonly ledger: string;
  readonly batches: string;
  readonly reports: string;
  /** Folder of the user for what no project owns: second copies of the ledgers' marks, and tokens. */
  readonly state: string;
}

/** The values of the three keys, null where a key is missing. Both ways to read a configuration end here, so they cannot differ. */
export function placesOf(
  folder: string,
  values: { readonly ledger: string | null; readonly batches: string | null; readonly reports: string | null },
): Places {
  return {
    ledger: ledgerUrl(folder, values.ledger ?? 'sqlite:payrun.db'),
    batches: resolve(folder, values.batches ?? 'batches'),
    reports: resolve(folder, values.reports ?? 'reports'),
    state: join(stateHome(), 'payrun'),
  };
}

/** As the XDG base directory specification has it: a relative path does not count. */
function stateHome(): string {
  const named = process.env['XDG_STATE_HOME'] ?? '';
  return isAbsolute(named) ? named : join(homedir(), '.local', 'state');
}

/** The path of a file is relative to the configuration; the address of a server is not. */
function ledgerUrl(folder: string, url: string): string {
  const [, path] = /^sqlite:(.*)$/s.exec(url) ?? [];
  return path === undefined ? url : `sqlite:${resolve(folder, path)}`;
}
