import { lstat, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { actionDigest, ACTION_COMMANDS, type Action, type ActionCommand } from '../../approvals/action.ts';
import { PayrunError } from '../../domain/problem.ts';
import { AtomicFile, syncFolder } from '../../report/atomic-file.ts';

/** An action as its file has it. */
export interface OpenedAction {
  readonly file: string;
  readonly action: Action;
}

/**
 * Writes what a command would do, whole or not at all, for this user only: it has names. Throws {@link PayrunError} 2 where it cannot be
 * written, and where another file is in its place.
 */
export async function writeActionFile(file: string, action: Action): Promise<void> {
  const folder = dirname(file);
  await checkReplaceableAction(file);
  const unwritable = (error: unknown): never => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'an error';
    throw new PayrunError(2, 'action-unwritable', `--out ${file} cannot be written (${code}).`);
  };
  const atomic = await AtomicFile.open(folder, basename(file)).catch(unwritable);
  await atomic.write(`${JSON.stringify({ ...action, digest: actionDigest(action) }, null, 2)}\n`);
  await atomic.commit().catch(unwritable);
  await syncFolder(folder);
}

/** Only an action is ever written over: any other file may be a batch, the signers or the ledger. */
async function checkReplaceableAction(file: string): Promise<void> {
  const found = await lstat(file).catch(() => null);
  if (found === null || found.isDirectory()) return;
  const isSmall = found.isFile() && found.size <= ACTION_MAX_BYTES;
  if (isSmall && parsed(await readFile(file, 'utf8').catch(() => '')) !== null) return;
  throw new PayrunError(
    2,
    'action-file-exists',
    `--out ${file} is there already and is no action of payrun. Nothing was written. Name another file, or remove it.`,
  );
}

/** No larger file is read only to see whether it is an action. */
const ACTION_MAX_BYTES = 256 * 1024 * 1024;

/**
 * Reads an action. Throws {@link PayrunError} 2 for what is no file of an action, or was changed after it was written.
 *
 * @param command that it has to be of; null: any.
 */
export async function openAction(file: string, command: ActionCommand | null): Promise<OpenedAction> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'an error';
    throw new PayrunError(2, 'action-unreadable', `${file} cannot be read (${code}).`);
  });
  const read = parsed(text);
  if (read === null) {
    const advice = 'Actions are written by retry, resolve, reconcile and recover with --dry-run --out FILE.json.';
    throw new PayrunError(2, 'action-invalid', `${file} is no action of payrun. ${advice}`);
  }
  const { digest, ...action } = read;
  if (digest !== actionDigest(action)) {
    throw new PayrunError(
      2,
      'action-changed',
      `${file} was changed after it was written: its digest does not fit. Write it again with --dry-run --out, and have it signed again.`,
    );
  }
  if (command !== null && action.command !== command) {
    const right = `payrun ${action.command} --action ${file}`;
    throw new PayrunError(
      2,
      'action-of-another',
      `${file} is an action of ${action.command}, not of ${command}: ${right}`,
    );
  }
  return { file, action };
}

const PAYMENT_TEXTS = ['batch', 'id', 'name', 'amount', 'currency', 'account', 'reference', 'from', 'to'];

function isPayment(read: unknown): boolean {
  if (typeof read !== 'object' || read === null) return false;
  const payment = read as Partial<Record<string, unknown>>;
  return (
    typeof payment['generation'] === 'number' && PAYMENT_TEXTS.every((field) => typeof payment[field] === 'string')
  );
}

/** Null where it is not of the form that payrun writes. What is not checked here is part of the digest. */
function parsed(text: string): (Action & { readonly digest: string }) | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof read !== 'object' || read === null) return null;
  const {
    version,
    command,
    payments,
    sums,
    request,
    digest,
    prepared_by: makers,
  } = read as Partial<Record<string, unknown>>;
  const isForm =
    version === 1 &&
    ACTION_COMMANDS.some((known) => known === command) &&
    Array.isArray(payments) &&
    payments.every(isPayment) &&
    Array.isArray(makers) &&
    [sums, request].every((part) => typeof part === 'object' && part !== null) &&
    typeof digest === 'string';
  return isForm ? (read as Action & { readonly digest: string }) : null;
}
