import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Approval } from '../domain/approval.ts';
import { shellWord } from '../domain/shell-word.ts';
import { permission, writeIntended, type ActionFlags, type IntendedAction } from './approvals/permission.ts';
import type { LostBatch } from './recover-batches.ts';
import type { NamedStatement } from './recover-statement.ts';
import type { Session } from './session/session.ts';

/** What a recovery would do. */
export interface IntendedRecovery {
  /** What was found wrong with the ledger. */
  readonly reason: string;
  readonly batches: readonly LostBatch[];
  readonly request: ActionFlags & {
    readonly files: readonly string[];
    readonly statements: readonly NamedStatement[];
    readonly because: string;
  };
  /** How many payments would become `unknown`. */
  readonly marked: number;
}

/** In a dry run: writes what would be done into a file that people can sign, where that is asked for. */
export async function writeRecovery(session: Session, recovery: IntendedRecovery): Promise<void> {
  const { out = null } = recovery.request;
  if (out !== null) session.watch.note(await writeIntended(session, await recoverAction(session, recovery), out));
}

/**
 * The signatures under which the recovery may be done. A recovery decides about every batch, so that the rules are applied to what all of them
 * pay. Throws {@link PayrunError} 5 where too few people have signed. A second use finds nothing missing.
 */
export async function recoveryPermission(session: Session, recovery: IntendedRecovery): Promise<readonly Approval[]> {
  const { action = null } = recovery.request;
  if (action === null && session.project.config.approvals === null) return [];
  return permission(session, await recoverAction(session, recovery), action);
}

async function recoverAction(
  session: Session,
  { reason, batches, request, marked }: IntendedRecovery,
): Promise<IntendedAction> {
  const { ledger } = session;
  const known = await ledger.batches();
  const lost = batches.filter(({ isAmendment }) => !isAmendment).map((batch) => batch.registration(session).summary);
  const statements = await Promise.all(
    request.statements.map(async ({ file, account }) => {
      return {
        file,
        account,
        digest: createHash('sha256')
          .update(await readFile(file))
          .digest('hex'),
      };
    }),
  );
  const named = request.statements.map(({ file, account }) => ` --statement ${shellWord(file)} --account ${account}`);
  return {
    command: 'recover',
    batch: null,
    because: request.because,
    request: {
      reason,
      marked,
      files: request.files,
      statements,
      batches: batches.map(({ batch, count, source, path }) => ({ batch, count, source, path })),
    },
    payments: [],
    batches: [...known, ...lost],
    accounts: [],
    typed: `payrun recover${request.files.map((file) => ` ${shellWord(file)}`).join('')}${named.join('')} --because TEXT`,
  };
}
