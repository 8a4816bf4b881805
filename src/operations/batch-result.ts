import type { BatchSummary } from '../domain/batch.ts';
import { destinationMasked } from '../domain/destination.ts';
import { formatAmount } from '../domain/money.ts';
import type { Payment, StatusTally } from '../domain/payment.ts';
import type { PayrunError, Problem } from '../domain/problem.ts';
import type { Status } from '../domain/status.ts';
import { countsByStatus, sumTexts } from '../domain/totals.ts';
import type { Plan } from '../plan/plan.ts';

/** What became of one batch in one command; every command that has batches answers with these. */
export interface BatchResult {
  readonly batch: string | null;
  readonly file: string | null;
  readonly refused: boolean;
  readonly digest: string | null;
  readonly count: number;
  /** From the ledger; for what only checks a file, everything `planned`. */
  readonly tallies: readonly StatusTally[];
  /** Path of report.csv, or null when none was written. */
  readonly report: string | null;
  /** Path of errors.csv, or null. */
  readonly errors: string | null;
  readonly problems: readonly Problem[];
  /** Why payments that could be sent were not, one sentence each. */
  readonly notes: readonly string[];
  readonly plan: Plan | null;
  readonly rows: readonly PaymentRow[];
  /** What kept this batch from being worked on at all, where the others of a sweep went on. */
  readonly error: PayrunError | null;
}

/** A payment as screens and `--rows` show it: the destination is masked. */
export interface PaymentRow {
  readonly line: number;
  readonly id: string;
  readonly name: string;
  readonly amount: string;
  readonly currency: string;
  readonly destination: string;
  readonly status: Status;
  readonly reference: string;
  readonly reason: string;
  readonly nextAction: string;
}

/** Nothing of a file was sent, as far as this command goes; results are made from it. */
export function unsent(checked: {
  readonly file: string;
  readonly batchId?: string | null;
  readonly count?: number;
  readonly summary?: BatchSummary | null;
  readonly problems?: readonly Problem[];
}): BatchResult {
  return {
    batch: checked.batchId ?? null,
    file: checked.file,
    refused: false,
    digest: checked.summary?.digest ?? null,
    count: checked.count ?? 0,
    tallies: [],
    report: null,
    errors: null,
    problems: checked.problems ?? [],
    notes: [],
    plan: null,
    rows: [],
    error: null,
  };
}

/** Whether a run could still send payments of this tally. */
export function isSendable({ status, count }: StatusTally): boolean {
  return count > 0 && (status === 'planned' || status === 'submitting');
}

/** The one place where a payment becomes something to look at, and its destination is masked. */
export function paymentRow(
  payment: Payment & { readonly status: Status; readonly reference: string; readonly reason: string },
  nextAction: string,
): PaymentRow {
  const { line, id, name, currency, status, reference, reason } = payment;
  const amount = formatAmount(payment.amountMinor, currency);
  return {
    line,
    id,
    name,
    amount,
    currency,
    destination: destinationMasked(payment.destination),
    status,
    reference,
    reason,
    nextAction,
  };
}

export type Exit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 130;

/** Of several exits the most serious: the first in this order. */
const SEVERITY: readonly Exit[] = [130, 1, 6, 2, 3, 5, 4, 0];

export function worstExit(exits: readonly Exit[]): Exit {
  return SEVERITY.find((exit) => exits.includes(exit)) ?? 0;
}

/** What a batch's state means for the process that asked for it to be finished. */
export function finishedExit(result: BatchResult): Exit {
  if (result.error !== null) return result.error.exit;
  if (result.refused) return 3;
  const present = new Set(result.tallies.filter((tally) => tally.count > 0).map((tally) => tally.status));
  return worstExit([...present].map(statusExit));
}

/** For commands that only look at a file. */
export function checkedExit(result: BatchResult): Exit {
  if (result.error !== null) return result.error.exit;
  return result.refused ? 3 : 0;
}

export function statusExit(status: Status): Exit {
  switch (status) {
    case 'paid':
      return 0;
    case 'failed':
    case 'cancelled':
    case 'returned':
      return 4;
    case 'planned':
    case 'submitting':
    case 'pending':
    case 'unknown':
      return 5;
  }
}

/** The one document that `--json` prints. */
export function document(
  exit: Exit,
  results: readonly BatchResult[],
  failure: PayrunError | null,
  rows: boolean,
): object {
  return {
    version: 1,
    exit,
    ...(failure === null ? {} : { error: { code: failure.code, message: failure.message } }),
    batches: results.map((result) => ({
      batch: result.batch,
      file: result.file,
      refused: result.refused,
      digest: result.digest,
      count: result.count,
      counts: Object.fromEntries(countsByStatus(result.tallies)),
      sums: sumTexts(result.tallies),
      report: result.report,
      errors: result.errors,
      issues: result.problems.map(({ severity, file, line, column, field, code, message }) => {
        return { severity, file, line, column, field, code, message };
      }),
      notes: result.error === null ? result.notes : [...result.notes, result.error.message],
      ...(result.plan === null ? {} : { plan: planDocument(result.plan) }),
      ...(rows
        ? {
            payments: result.rows.map(({ line, id, amount, currency, destination, status, reference }) => {
              return { line, id, amount, currency, destination, status, reference };
            }),
          }
        : {}),
    })),
  };
}

function planDocument(plan: Plan): object {
  const part = (totals: Plan['fresh']): object[] =>
    totals.map(({ account, currency, kind, count, sumMinor }) => {
      return { account, currency, kind, count, sum: formatAmount(sumMinor, currency) };
    });
  return {
    version: plan.version,
    action: plan.action,
    new: part(plan.fresh),
    resumed: part(plan.resumed),
    skipped: part(plan.skipped),
    blocked: part(plan.blocked),
    held_until: plan.heldUntil === null ? null : new Date(plan.heldUntil).toISOString(),
    balances: plan.balances.map(({ account, currency, availableMinor, neededMinor, leftMinor }) => ({
      account,
      currency,
      available: availableMinor === null ? null : formatAmount(availableMinor, currency),
      needed: formatAmount(neededMinor, currency),
      left: leftMinor === null ? null : formatAmount(leftMinor, currency),
    })),
  };
}
