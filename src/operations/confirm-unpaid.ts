import type { StatusReport } from '../domain/status-report.ts';
import type { OpenPayment, RetryRequest } from '../ledger/records.ts';
import { asOpenPayment } from '../settle/earlier.ts';
import { RoundQueries } from '../settle/round-queries.ts';
import { movedText } from './open-targets.ts';
import type { OpenAccount } from './session/account.ts';
import type { Session } from './session/session.ts';

/** What a retry asked about references that rest on a person's word, before it plans anything. */
export interface Confirmation extends Required<Pick<RetryRequest, 'queriedSince' | 'unaskable'>> {
  /** Folded ids of payments that are not sent again now. */
  readonly refused: ReadonlySet<string>;
  /** Why, one sentence each, and whose word stands without a query. */
  readonly notes: readonly string[];
}

export interface ConfirmRequest {
  readonly batch: string;
  /** Folded ids; null: all that failed. */
  readonly idKeys: readonly string[] | null;
  readonly accounts: ReadonlyMap<string, OpenAccount>;
  /** Pauses that a provider asks for are waited for so long. */
  readonly pausesMs: number;
}

/** A payment whose end, or the end of an earlier reference of it, rests on a person's word. */
interface Resting {
  readonly idKey: string;
  readonly id: string;
  /** The payment's current reference. */
  readonly current: string;
  /** What is to be queried: the current reference or an earlier one. */
  readonly open: OpenPayment;
}

/** How many payments the notes name. */
const NAMED_MAX = 5;
/** An answer is fresh for so long: a retry has just queried. */
const FRESH_MS = 60_000;

/**
 * Queries every reference that a retry would follow with a new one although no verified word of the provider ended it: never by a
 * person's word alone is a payment sent a second time. Answers are recorded, and the ledger decides by them.
 */
export async function confirmUnpaid(session: Session, request: ConfirmRequest): Promise<Confirmation> {
  const queriedSince = session.system.clock.now();
  const unaskable = { accounts: new Set<string>(), references: new Set<string>() };
  const refused = new Map<string, string>();
  const notes: string[] = [];
  const places = await session.ledger.places();
  for (const [name, account] of request.accounts) {
    const resting = await restingPayments(session, request, name);
    if (account.provider.query === undefined) {
      unaskable.accounts.add(name);
      if (resting.length > 0) notes.push(standsText(account.account.provider, resting));
      continue;
    }
    if (resting.length === 0) continue;
    const reports = await queryNow(session, account, { ...request, list: resting.map(({ open }) => open) });
    const answered = resting.map((payment) => ({ ...payment, report: reports.get(payment.open.payment.reference) }));
    for (const { idKey, id, report, open } of answered) {
      if (isUnaskable(report) || report?.kind === 'not-found' || report?.kind === 'failed') continue;
      if (report?.kind === 'cancelled' || report?.kind === 'returned') continue;
      const sentTo = places.get(open.payment.place ?? '');
      const isElsewhere = sentTo !== undefined && open.payment.place !== account.lock.key;
      refused.set(
        idKey,
        isElsewhere
          ? `Payment ${id} was not sent again. ${movedText(name, sentTo)}`
          : refusalText(id, open.payment.reference, report),
      );
    }
    for (const { current, idKey } of answered) {
      const same = answered.filter((payment) => payment.idKey === idKey);
      if (same.every(({ report }) => isUnaskable(report))) unaskable.references.add(current);
    }
    const standing = answered.filter(({ report }) => isUnaskable(report));
    if (standing.length > 0) notes.push(standsText(account.account.provider, standing));
  }
  return { queriedSince, unaskable, refused: new Set(refused.keys()), notes: [...notes, ...firstOf(refused)] };
}

/**
 * An interrupted retry has planned a new reference: its earlier ones are queried again before it is sent. What the provider reports
 * as paid, or still processes, makes the payment `unknown`, and nothing sends it.
 */
export async function queryEarlierOfPlanned(session: Session, account: OpenAccount, batch: string): Promise<void> {
  if (account.provider.query === undefined) return;
  const now = session.system.clock.now();
  const found = await session.ledger.earlierReferences({ account: account.account.name, batch, dueBy: null });
  const stale = found.filter(({ payment, earlier: { restsOnPerson, queriedAt } }) => {
    const isFresh = queriedAt !== null && Math.abs(now - queriedAt) < FRESH_MS;
    return payment.status === 'planned' && restsOnPerson && !isFresh;
  });
  if (stale.length > 0) await queryNow(session, account, { batch, pausesMs: 0, list: stale.map(asOpenPayment) });
}

/** The payments of an account that a retry would send again, as far as a reference of theirs rests on a person's word. */
async function restingPayments(
  { ledger }: Session,
  { batch, idKeys }: ConfirmRequest,
  account: string,
): Promise<Resting[]> {
  const wanted = idKeys === null ? null : new Set(idKeys);
  const statuses = idKeys === null ? (['failed'] as const) : (['failed', 'cancelled', 'returned'] as const);
  const isWanted = ({ payment: { idKey, status } }: Pick<OpenPayment, 'payment'>): boolean =>
    statuses.some((one) => one === status) && wanted?.has(idKey) !== false;
  const resting: Resting[] = [];
  for await (const page of ledger.openPayments({ account, place: null, batch, statuses })) {
    for (const open of page) {
      const { idKey, id, reference: current } = open.payment;
      if (isWanted(open) && open.history.restsOnPerson) resting.push({ idKey, id, current, open });
    }
  }
  for (const one of await ledger.earlierReferences({ account, batch, dueBy: null })) {
    const { idKey, id, reference: current } = one.payment;
    if (isWanted(one) && one.earlier.restsOnPerson) resting.push({ idKey, id, current, open: asOpenPayment(one) });
  }
  return resting;
}

interface QueryNow {
  readonly batch: string;
  readonly pausesMs: number;
  readonly list: readonly OpenPayment[];
}

/** The answers by reference, each recorded; what got no answer is missing. */
export async function queryNow(
  session: Session,
  { account, lock, provider, halt }: OpenAccount,
  { batch, pausesMs, list }: QueryNow,
): Promise<ReadonlyMap<string, StatusReport>> {
  const { ledger, system, signal, by } = session;
  const { clock } = system;
  const queries = new RoundQueries({
    ...{ ledger, account: account.name, place: lock.key, batch, provider, clock, signal, by },
    endAt: clock.monotonic() + pausesMs,
  });
  await queries.run(list);
  if (queries.accountStop !== null) halt.abort(queries.accountStop);
  return queries.reports;
}

function isUnaskable(report: StatusReport | undefined): boolean {
  return report?.kind === 'unknown' && report.cannotBeAsked === true;
}

function refusalText(id: string, reference: string, report: StatusReport | undefined): string {
  if (report === undefined) return `Payment ${id} was not sent again: the provider did not answer about ${reference}.`;
  return `Payment ${id} was not sent again: the provider says of ${reference}: ${report.evidence.reason}`;
}

function standsText(provider: string, resting: readonly Resting[]): string {
  const ids = [...new Set(resting.map(({ id }) => id))];
  const more = ids.length > NAMED_MAX ? ` and ${ids.length - NAMED_MAX} more` : '';
  return (
    `${provider} cannot be asked about ${ids.slice(0, NAMED_MAX).join(', ')}${more}: that no money moved rests on a person's word. ` +
    'Compare its next statement with: payrun reconcile'
  );
}

function firstOf(refused: ReadonlyMap<string, string>): string[] {
  const texts = [...refused.values()];
  const more = texts.length - NAMED_MAX;
  return [...texts.slice(0, NAMED_MAX), ...(more > 0 ? [`${more} more payments were not sent again either.`] : [])];
}
