import type { Status } from '../domain/status.ts';
import { consequenceOf, earlierConsequenceOf } from '../ledger/consequences.ts';
import type { ComparedStatement } from '../settle/compared-statement.ts';
import type { ComparedPayment } from '../ledger/compared-payments.ts';
import { changedPayment, type ChangedPayment } from './changed-payments.ts';
import type { Session } from './session/session.ts';
import { personText } from './session/who.ts';

/** How what a statement proves is recorded. */
export interface StatementApplication {
  /** Why it is recorded, besides what the statement says; null: not given. */
  readonly because: string | null;
  /** Only says what would be recorded. */
  readonly isDryRun: boolean;
}

/** What was recorded of a row, or would be. */
export interface AppliedRow {
  /** As before it. */
  readonly payment: ComparedPayment;
  readonly to: Status;
}

/**
 * Records what the statement proves: a payment that it shows as paid, with our own reference and the same amount, and that is open
 * in the ledger. One that has failed in the ledger becomes `unknown`, so that no retry pays it again before a person has checked it.
 * By the numbers of the rows.
 */
export async function applyStatement(
  { ledger, system, by }: Session,
  found: ComparedStatement,
  { isDryRun = false, because = null }: Partial<StatementApplication> = {},
): Promise<ReadonlyMap<number, AppliedRow>> {
  const applied = new Map<number, AppliedRow>();
  const who = because === null ? '' : ` Recorded by ${personText(system.who)}: ${because}`;
  for (const { number, kind, payment, row, matched } of found.rows()) {
    if (kind !== 'paid-but-unknown' && kind !== 'paid-but-failed') continue;
    if (payment === null || row === null || matched === null) continue;
    const note = (to: Status): void => void applied.set(number, { payment, to });
    if (isDryRun) {
      note(statusAfter(payment, matched));
      continue;
    }
    const result = await ledger.recordReport({
      reference: matched,
      report: {
        kind: 'paid',
        evidence: {
          code: 'statement',
          reason: `The provider's statement has it as paid (line ${row.line}).${who}`,
          ...(row.providerReference === '' ? {} : { providerReference: row.providerReference }),
        },
      },
      source: 'statement',
      at: system.clock.now(),
      by,
    });
    if (result.kind === 'moved') note(result.to);
    else if (result.kind === 'contradicted') note(result.status);
    // Another process has recorded the same meanwhile.
    else if (result.kind === 'kept' && result.status === 'paid') note('paid');
  }
  return applied;
}

export function appliedChanges(applied: ReadonlyMap<number, AppliedRow>): ChangedPayment[] {
  return Array.from(applied.values(), ({ payment, to }) => changedPayment(payment, payment.status, to));
}

/** What the ledger makes of a payment that a statement shows as paid under this reference. */
function statusAfter({ status, reference }: ComparedPayment, matched: string): Status {
  const isCurrent = matched === reference;
  switch (isCurrent ? consequenceOf(status, 'paid', false) : earlierConsequenceOf(status, 'paid', false)) {
    case 'move':
      return 'paid';
    case 'conflict-unknown':
      return 'unknown';
    case 'conflict':
    case 'keep':
      return status;
  }
}
