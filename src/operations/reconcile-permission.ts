import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ComparedStatement } from '../settle/compared-statement.ts';
import {
  actionPayments,
  permission,
  usePermission,
  writeIntended,
  type ActionFlags,
  type IntendedAction,
} from './approvals/permission.ts';
import { changedPayment } from './changed-payments.ts';
import { applyStatement } from './reconcile-apply.ts';
import type { Reconciled } from './reconcile-payments.ts';
import type { Session } from './session/session.ts';

export interface ComparedForAction {
  readonly reconciled: Reconciled;
  readonly found: ComparedStatement;
  readonly request: ActionFlags & {
    readonly batch: string | null;
    readonly statement: string;
    readonly because: string | null;
    readonly isDryRun: boolean;
  };
}

/**
 * Before a statement is applied: checks that enough people have signed what it would record, or writes that into a file that they can sign.
 * Returns what is to be done with the file; null where none was written. Throws {@link PayrunError} 5 where signatures are missing.
 */
export async function statementPermission(session: Session, compared: ComparedForAction): Promise<string | null> {
  const { action = null, out = null, isDryRun } = compared.request;
  const isAsked = action !== null || (session.project.config.approvals !== null && !isDryRun);
  if (!isAsked && out === null) return null;
  const intended = await statementAction(session, compared);
  if (isDryRun) return out === null ? null : writeIntended(session, intended, out);
  // A statement that proves nothing new changes nothing.
  if (intended.payments.length > 0 || action !== null) {
    await usePermission(session, await permission(session, intended, action));
  }
  return null;
}

async function statementAction(
  session: Session,
  { reconciled: { account, records }, found, request }: ComparedForAction,
): Promise<IntendedAction> {
  const applied = await applyStatement(session, found, { isDryRun: true });
  const payments = Array.from(applied.values(), ({ payment, to }) => {
    return actionPayments(payment.batch, [changedPayment(payment, payment.status, to)]);
  }).flat();
  const changed = new Set(payments.map(({ batch }) => batch));
  const batches = records.filter(({ header }) => changed.has(header.id));
  const { batch, statement, because } = request;
  const named = `${batch ?? ''} --account ${account.name} --statement ${statement} --apply`.trim();
  return {
    command: 'reconcile',
    batch,
    because,
    request: {
      statement,
      digest: createHash('sha256')
        .update(await readFile(statement))
        .digest('hex'),
      account: account.name,
    },
    payments,
    batches,
    accounts: [account.name],
    typed: `payrun reconcile ${named}`,
  };
}
