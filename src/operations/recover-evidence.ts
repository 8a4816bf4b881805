import type { Evidence } from '../domain/outcome.ts';
import { foldId } from '../domain/reference.ts';
import type { LedgerPayment } from '../ledger/records.ts';
import type { StoredReport, ReportRow } from '../report/read.ts';
import type { Session } from './session/session.ts';

/** Statuses of a report that end a payment; every other one leaves it unknown. */
const REPORTED_ENDS = ['paid', 'failed', 'cancelled', 'returned'] as const;

type ReportedEnd = (typeof REPORTED_ENDS)[number];

/**
 * Records what a report that was written before the recovery says of payments that are unknown since. A report is a record of what
 * this ledger, or the one that was lost, knew. Returns how many payments it ended.
 */
export async function applyStoredReport(session: Session, report: StoredReport): Promise<number> {
  let applied = 0;
  for (const row of report.rows) {
    const end = REPORTED_ENDS.find((status) => status === row.status);
    const named = { batch: report.batch, idKey: foldId(row.id), generation: row.generation };
    const payment = await atGeneration(session, named, 'the report before the recovery');
    if (payment === null || end === undefined || payment.reference !== row.reference || !isOpen(payment)) continue;
    if (await recordEnd(session, row, end)) applied += 1;
  }
  return applied;
}

/**
 * Brings a payment to a generation that a report or a statement shows: the generations before it have failed. Null where the ledger
 * has no such payment, and the payment as it is where it cannot be retried: a person looks at it.
 */
export async function atGeneration(
  session: Session,
  { batch, idKey, generation }: { readonly batch: string; readonly idKey: string; readonly generation: number },
  shownBy: string,
): Promise<LedgerPayment | null> {
  const { ledger, system, by } = session;
  let last = 0;
  for (;;) {
    const payment = (await ledger.lookup(batch, [idKey])).get(idKey) ?? null;
    if (payment === null || payment.generation >= generation || payment.generation === last) return payment;
    last = payment.generation;
    if (isOpen(payment)) {
      const reason = `It failed and was retried as generation ${payment.generation + 1}, says ${shownBy}.`;
      const report = { kind: 'failed', evidence: { code: 'recovered', reason } } as const;
      const { reference } = payment;
      await ledger.recordReport({ reference, report, source: 'report', at: system.clock.now(), by });
    }
    await ledger.retry({ batch, idKeys: [idKey], accounts: [payment.account], at: system.clock.now(), by });
  }
}

async function recordEnd(session: Session, row: ReportRow, end: ReportedEnd): Promise<boolean> {
  const { ledger, system, by } = session;
  const evidence: Evidence = {
    ...evidenceOf(row, row.reason === '' ? `It was ${end}` : row.reason),
    ...(row.providerReference === '' ? {} : { providerReference: row.providerReference }),
    ...(row.receipt === '' ? {} : { receipt: row.receipt }),
  };
  const result = await ledger.recordReport({
    reference: row.reference,
    report: { kind: end, evidence },
    source: 'report',
    at: system.clock.now(),
    by,
  });
  return result.kind === 'moved';
}

/** A payment that a report shows as corrected by a batch which neither the ledger nor the recovery knows. */
export interface LostCorrection {
  /** `BATCH/ID`. */
  readonly payment: string;
  readonly reference: string;
  /** `BATCH/ID` of the correction; '' where the report does not name it. */
  readonly correction: string;
}

/** As the ledger words it: {@link ReplacementEvent}. */
const REPLACED_BY = /\bReplaced by ([a-z0-9][a-z0-9._-]*)(\/.+?)\. Before: /;

/** @param known ids of the batches that the ledger has, or has after the recovery. */
export function lostCorrections(reports: readonly StoredReport[], known: ReadonlySet<string>): LostCorrection[] {
  return reports.flatMap(({ batch, rows }) =>
    rows.flatMap(({ status, id, reference, reason }) => {
      if (status !== 'replaced') return [];
      const [, by = '', row = ''] = REPLACED_BY.exec(reason) ?? [];
      return known.has(by) ? [] : [{ payment: `${batch}/${id}`, reference, correction: `${by}${row}` }];
    }),
  );
}

/**
 * A correction that is not known may have been paid: the payment becomes unknown, and displays why, so that a person looks for the
 * correction before anything is sent again.
 */
export async function noteLostCorrection(
  { ledger, system, by }: Session,
  { reference, correction }: LostCorrection,
): Promise<void> {
  const payment = await ledger.byReference(reference);
  if (payment === null) return;
  const other = correction === '' ? 'another payment' : correction;
  const reason = `It was corrected by ${other}, which this ledger lacks: name its file, payrun recover FILE.`;
  const evidence = { code: 'contradiction', reason };
  // The debt of a payment that ended unpaid may have been paid all the same, by its correction.
  const kind = payment.status === 'failed' || payment.status === 'cancelled' ? 'paid' : 'unknown';
  await ledger.recordReport({ reference, report: { kind, evidence }, source: 'report', at: system.clock.now(), by });
}

function evidenceOf({ line }: ReportRow, reason: string): Evidence {
  return { code: 'report', reason: `${reason} (from the report before the recovery, line ${line}).` };
}

function isOpen({ status }: LedgerPayment): boolean {
  return status === 'unknown' || status === 'pending';
}
