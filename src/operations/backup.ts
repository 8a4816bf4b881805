import { existsSync } from 'node:fs';
import { PayrunError } from '../domain/problem.ts';
import { backupLedger, ledgerPlace } from '../ledger/open.ts';
import { isLedgerError } from '../ledger/errors.ts';
import type { BackupResult } from '../ledger/identity.ts';
import { withSession, type OperationContext } from './session/session.ts';

export interface Backup extends BackupResult {
  /** Path of the ledger. */
  readonly ledger: string;
  readonly file: string;
}

/** Copies the ledger into a new file, while runs, `serve` and everything else go on. */
export function backup(context: OperationContext, file: string): Promise<Backup> {
  if (existsSync(file)) {
    throw new PayrunError(
      2,
      'backup-exists',
      `${file} exists already. A backup never replaces a file: name another, for example with the date in it.`,
    );
  }
  const { ledger: url } = context.project.config;
  return withSession(context, { command: 'backup' }, async () => {
    const result = await backupLedger(url, file).catch((error: unknown) => {
      if (isLedgerError(error) && error.fault === 'missing') throw new PayrunError(2, 'backup-failed', error.message);
      throw error;
    });
    return { ...result, ledger: ledgerPlace(url), file };
  });
}
