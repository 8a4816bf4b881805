import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { ledgerPlace } from '../../ledger/open.ts';
import type { Notice } from './notices.ts';

/** Docker and Kubernetes put secrets there for whoever is in the container, and nobody can change their modes. */
const CONTAINER_SECRETS = '/run/secrets/';

/** Others may read or change the file, or the group may change it. A group that only reads is how one service user is given a key. */
const OPEN_TO_OTHERS = 0o027;

export function isOpenToOthers(mode: number): boolean {
  return (mode & OPEN_TO_OTHERS) !== 0;
}

interface OpenFile {
  readonly path: string;
  /** `0644` */
  readonly mode: string;
  /** Whose it is to close the file. */
  readonly by: 'payrun' | 'us' | 'its owner';
}

/** What the modes of the files with secrets, phones and account numbers allow to others of this machine; null: nothing. */
export function secretFilesNotice(config: Config): Notice | null {
  const ledger = ledgerPlace(config.ledger);
  const found = secretFiles(config).flatMap((path) => openToOthers(path, path === ledger));
  if (found.length === 0) return null;
  const list = found.map(({ path, mode }) => `${path} (mode ${mode})`).join(', ');
  const of = (by: OpenFile['by']): string[] =>
    found.filter((one) => one.by === by).map(({ path }) => asShellWord(path));
  const [ours, others, own] = [of('us'), of('its owner'), of('payrun')];
  const steps = [
    ...(ours.length > 0 ? [`chmod 600 ${ours.join(' ')}`] : []),
    ...(others.length > 0 ? [`as their owner: chmod o=,g-w ${others.join(' ')}`] : []),
  ];
  const what = found.length === 1 ? 'A secret file is' : `${found.length} secret files are`;
  const close = steps.length > 0 ? ` Close ${found.length === 1 ? 'it' : 'them'}: ${steps.join('; ')}.` : '';
  const closed =
    own.length > 0
      ? ` payrun closes ${own.join(' ')} itself; who may have copied it knows every phone and amount.`
      : '';
  return {
    topic: 'secret-files',
    state: list,
    text: `${what} open to other users of this machine: ${list}.${close}${closed}`,
  };
}

/** Keys, certificates, the ledger with its companions, `.env` beside the configuration, and the configuration where a token stands in it. */
function secretFiles(config: Config): readonly string[] {
  const { folder, file, accounts, ledger, tokensInFile } = config;
  const secrets = [...accounts.values()]
    .filter(({ endpoint }) => endpoint !== 'simulator')
    .flatMap(({ credentials, callbackToken }) => [...Object.values(credentials), callbackToken])
    .flatMap((source) => (source?.kind === 'file' ? [source.path] : []));
  const place = ledgerPlace(ledger);
  const own = [place, `${place}-wal`, join(folder, '.env'), ...(tokensInFile.length > 0 ? [file] : [])];
  return [...new Set([...secrets.filter((path) => !path.startsWith(CONTAINER_SECRETS)), ...own])];
}

function openToOthers(path: string, isLedger: boolean): readonly OpenFile[] {
  try {
    const { mode, uid } = statSync(path);
    if (!isOpenToOthers(mode)) return [];
    const user = process.getuid?.();
    const isOurs = user === uid || user === 0;
    return [{ path, mode: `0${(mode & 0o777).toString(8)}`, by: !isOurs ? 'its owner' : isLedger ? 'payrun' : 'us' }];
  } catch {
    // What is missing or cannot be read is reported where it is needed.
    return [];
  }
}

/** As a shell takes it. */
function asShellWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/** Tokens that stand in the configuration itself, where every copy of it gives them away; null where none does. */
export function tokensNotice({ file, tokensInFile }: Config): Notice | null {
  if (tokensInFile.length === 0) return null;
  const list = tokensInFile.map(({ place, line }) => `${place} (line ${line})`).join(', ');
  const steps = tokensInFile.map(({ right }) => right).join(' and ');
  const what = tokensInFile.length === 1 ? 'a token stands' : `${tokensInFile.length} tokens stand`;
  const text =
    `In ${file} ${what} in plain text: ${list}. Whoever sees a copy of the file can send callbacks or look at the payments. Write ` +
    `${steps} and set the environment variable, with a new token: openssl rand -hex 32`;
  return { topic: 'token-in-file', state: list, text };
}
