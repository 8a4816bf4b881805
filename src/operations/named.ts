import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { PayrunError } from '../domain/problem.ts';
import { foldId } from '../domain/reference.ts';
import { batchIdOfFile } from '../intake/batch.ts';
import type { BatchRecord, LedgerPayment } from '../ledger/records.ts';
import type { Session } from './session/session.ts';

/** What a person may mean by one word: batches, and payments. */
export interface NamedThings {
  readonly batches: readonly BatchRecord[];
  readonly payments: readonly LedgerPayment[];
}

/**
 * Everything that is called so: a batch by its id or its file; payments by their id in any batch, by any reference that they ever had,
 * or by a receipt or an id of the provider. Throws {@link PayrunError} 2 where nothing is.
 */
export async function thingsNamed({ project, ledger }: Session, name: string): Promise<NamedThings> {
  const text = name.trim();
  const all = await ledger.batches();
  const byId = all.filter(({ header }) => header.id === text);
  const batches = byId.length > 0 ? byId : batchesOfFile(all, text, project.config.folder);
  const payments = isFileName(text) ? [] : await paymentsNamed({ ledger }, text);
  if (batches.length + payments.length === 0) throw nothingNamed(text, all);
  return { batches, payments };
}

async function paymentsNamed({ ledger }: Pick<Session, 'ledger'>, text: string): Promise<readonly LedgerPayment[]> {
  const found = await ledger.named(foldId(text), text.toUpperCase(), text);
  // Receipts are read from a phone's screen; providers write theirs in capitals.
  return found.length > 0 || text === text.toUpperCase() ? found : ledger.named('', '', text.toUpperCase());
}

/**
 * The batches that a file was registered as: of its path, else of its name, since a paid file may have been moved to `done/`; else the
 * batch with the id that the name gives.
 */
function batchesOfFile(all: readonly BatchRecord[], text: string, folder: string): readonly BatchRecord[] {
  if (!isFileName(text)) return [];
  const path = resolve(text);
  const files = all.map((record) => {
    const { file, rowsFile } = record.header;
    return { record, paths: rowsFile === null ? [file] : [file, rowsFile] };
  });
  const ofPath = files.filter(({ paths }) =>
    paths.some((one) => resolve(one) === path || resolve(folder, one) === path),
  );
  const ofName = files.filter(({ paths }) => paths.some((one) => basename(one) === basename(path)));
  const found = (ofPath.length > 0 ? ofPath : ofName).map(({ record }) => record);
  return found.length > 0 ? found : all.filter(({ header }) => header.id === batchIdOfFile(basename(path)));
}

function isFileName(text: string): boolean {
  return /\.(?:csv|ya?ml|xls[xm]|xml)$/i.test(text) || (text.includes('/') && existsSync(text));
}

function nothingNamed(text: string, all: readonly BatchRecord[]): PayrunError {
  if (isFileName(text) && statSync(text, { throwIfNoEntry: false })?.isFile() === true) {
    const message = `${text} was never run here, so that there is no status of it. See what it would do: payrun plan ${text}`;
    return new PayrunError(2, 'nothing-named', message);
  }
  const newest = all.slice(-5).map(({ header }) => header.id);
  const listed = newest.length > 0 ? ` The newest batches are: ${newest.join(', ')}.` : '';
  const message =
    `Nothing is called ${text} here: no batch and no file of one, no payment by its id, no reference, no receipt.${listed} ` +
    'All batches: payrun status';
  return new PayrunError(2, 'nothing-named', message);
}
