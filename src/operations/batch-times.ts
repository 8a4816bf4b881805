import type { BatchHeader } from '../domain/batch.ts';
import { PayrunError } from '../domain/problem.ts';
import type { BatchRecord } from '../ledger/records.ts';
import type { Plan } from '../plan/plan.ts';
import { holdsAt } from '../plan/holds.ts';
import { waitsOf } from './coverage.ts';
import type { Session } from './session/session.ts';
import { personText } from './session/who.ts';

/**
 * Records the times of a file whose batch was registered with other ones: `not_before` and `not_after` are no part of the payments, so that a
 * person changes them in the file and runs it again. Only where no other run works the batch: it goes by the times that it has read. Records
 * as well which accounts have to be topped up for the rest of the batch.
 */
export async function recordTimes(
  { ledger, system, by }: Session,
  header: BatchHeader,
  { plan, isBusy }: { readonly plan: Plan; readonly isBusy: boolean },
): Promise<void> {
  const known = plan.action === 'nothing' ? null : await ledger.batch(header.id);
  if (known === null) return;
  const at = system.clock.now();
  const waits = waitsOf(plan, at);
  const before = { notBefore: known.header.notBefore, notAfter: known.header.notAfter ?? null };
  const after = isBusy ? before : { notBefore: header.notBefore, notAfter: header.notAfter ?? null };
  const isSameTimes = before.notBefore === after.notBefore && before.notAfter === after.notAfter;
  const isSameWait = waits.length === 0 && (known.header.waits ?? []).length === 0;
  if (isSameTimes && isSameWait) return;
  await ledger.changeTimes({ batch: header.id, ...after, waits, at, by });
}

/** The registered batch with the times of its file, which are recorded unless another run works the batch. */
export function withTimes(record: BatchRecord, { notBefore, notAfter = null }: BatchHeader): BatchRecord {
  return { ...record, header: { ...record.header, notBefore, notAfter } };
}

/** What a person says about a retry. */
interface RetryTimes {
  readonly accounts: readonly string[];
  /** Payments may be sent although the batch was to be sent before. */
  readonly isLateAllowed: boolean;
  readonly because: string | null;
}

/**
 * Throws `PayrunError` 5 where payments of the batch may not be sent now. A person's word that it may be late is recorded with the batch
 * before anything is sent.
 */
export async function checkRetryTimes(session: Session, record: BatchRecord, times: RetryTimes): Promise<void> {
  const { project, system, ledger, by } = session;
  const { id, file, notBefore, notAfter = null } = record.header;
  const now = system.clock.now();
  const holds = (last: number | null): readonly string[] =>
    holdsAt(
      times.accounts.map((account) => {
        const hours = project.config.accounts.get(account)?.hours ?? null;
        return { header: { id, file, notBefore, notAfter: last }, account, hours, now };
      }),
    ).map(({ text }) => text);
  const isLate = notAfter !== null && now > notAfter;
  if (isLate && !times.isLateAllowed) {
    const message =
      `Batch ${id} was to be sent until ${new Date(notAfter).toISOString()} (not_after), and nothing was retried. To send it all the same: ` +
      `payrun retry ${id} --allow-late --because TEXT`;
    throw new PayrunError(5, 'not-after', message);
  }
  const held = holds(times.isLateAllowed ? null : notAfter);
  if (held.length > 0) throw new PayrunError(5, 'held', `${held.join(' ')} Nothing was retried.`);
  if (notAfter === null || !times.isLateAllowed) return;
  const who = { by: personText(system.who), because: times.because ?? '', at: now };
  const override = { flag: 'allow-late' as const, ids: [], ...who };
  await ledger.changeTimes({ batch: id, notBefore, notAfter, override, at: now, by });
}
