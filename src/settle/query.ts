import type { Evidence } from '../domain/outcome.ts';
import type { OpenPayment } from '../ledger/records.ts';
import { asOpenPayment, earlierToQuery } from './earlier.ts';
import { mayResend } from './resend.ts';
import { instructionOf, RoundQueries, type QueryRound } from './round-queries.ts';
import { nextQueryAt, queryDueAt } from './schedule.ts';

export interface QueryRoundResult {
  /** Whether a payment changed its status, or a report contradicted one: the reports of the batch are out of date then. */
  readonly isChanged: boolean;
  /** How many answers contradicted what is known of a payment. */
  readonly contradicted: number;
  /** References of `unknown` payments that the provider's rule allows to be sent again. */
  readonly resendable: readonly string[];
  /** When the next query is due, Unix milliseconds; null when none will be. */
  readonly nextDueAt: number | null;
  /** How many payments are open at the end of the round. */
  readonly left: number;
  /** Payments that were to be queried and got no answer; whoever reads the result asks about them later. */
  readonly unanswered: number;
  /** How many payments were queried. */
  readonly queried: number;
  /** Why the round gave up querying; null when it did not. */
  readonly stopped: Evidence | null;
  /** The provider may not be queried again before this moment of the monotonic clock; null: it asked for no pause. */
  readonly pausedUntil: number | null;
  /** Set when a refused query, or a reported failure, would meet every next payment of the account too: nothing may be sent. */
  readonly accountStop: Evidence | null;
}

/** How soon a payment that needs a query is queried again after a query that led to nothing. */
const REQUERY_MS = 1_000;

/**
 * Queries an account's provider about open payments and records every answer. The caller must hold the account's lock: its
 * budgets are spent.
 */
export async function queryOpenPayments(round: QueryRound): Promise<QueryRoundResult> {
  const queries = new RoundQueries(round);
  const due = await duePayments(round);
  if (due.length > 0 && round.provider.query !== undefined) await queries.run(due.slice(0, round.most));
  const { isChanged, contradicted, stopped, accountStop, queried, answered } = queries;
  const pausedUntil = queries.pausedUntil > round.clock.monotonic() ? queries.pausedUntil : null;
  return {
    isChanged,
    contradicted,
    stopped,
    accountStop,
    queried,
    pausedUntil,
    unanswered: due.length - answered,
    ...(await remaining(round)),
  };
}

/** The payments to query now: first those that a callback has reported on, because a query only has to confirm the callback. */
async function duePayments(round: QueryRound): Promise<OpenPayment[]> {
  const { clock, schedule, since, which } = round;
  const due: OpenPayment[] = [];
  for await (const page of openPages(round)) {
    for (const open of page) {
      if (which === 'all' && wasQueriedSince(open, since)) continue;
      const at = queryDueAt(which === 'all' ? 'now' : schedule, open, clock.now());
      if (at !== null && at <= clock.now()) due.push(open);
    }
  }
  const { ledger, account, place, batch } = round;
  const earlier = await earlierToQuery({ ledger, account, place, batch, which, now: clock.now() });
  due.push(...earlier.map(asOpenPayment).filter((open) => which === 'due' || !wasQueriedSince(open, since)));
  const named = due.filter(({ history }) => history.needsQuery);
  const others = due.filter(({ history }) => !history.needsQuery);
  // A round that takes only some begins at another one each time: payments without an answer must not keep out the others.
  const start = round.most === undefined || others.length <= round.most ? 0 : clock.now() % others.length;
  return [...named, ...others.slice(start), ...others.slice(0, start)];
}

function wasQueriedSince({ history }: OpenPayment, since: number | undefined): boolean {
  return since !== undefined && !history.needsQuery && history.queriedAt !== null && history.queriedAt >= since;
}

/** What is open after the round, when a query is due next and what may be sent again: read from the ledger as it is now. */
async function remaining(round: QueryRound): Promise<Pick<QueryRoundResult, 'left' | 'nextDueAt' | 'resendable'>> {
  const { provider, clock, schedule } = round;
  let left = 0;
  let nextDueAt: number | null = null;
  const resendable: string[] = [];
  for await (const page of openPages(round)) {
    for (const open of page) {
      const { payment, history } = open;
      if (payment.status !== 'pending' && payment.status !== 'unknown') continue;
      left += 1;
      const at = history.needsQuery ? clock.now() + REQUERY_MS : nextQueryAt(schedule, open, clock.now());
      nextDueAt = Math.min(nextDueAt ?? at, at);
      if (mayResend(provider.resend(instructionOf(payment)), open, clock.now())) resendable.push(payment.reference);
    }
  }
  return { left, nextDueAt, resendable };
}

function openPages({ ledger, account, place, batch }: QueryRound): AsyncIterable<readonly OpenPayment[]> {
  return ledger.openPayments({ account, place, batch, statuses: ['pending', 'unknown'] });
}
