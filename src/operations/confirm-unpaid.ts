import type { StatusReport } from '../domain/status-report.ts';
import type { OpenPayment, RetryRequest } from '../ledger/records.ts';
import type { PersonsReason } from '../ledger/stops.ts';
import { asOpenPayment } from '../settle/earlier.ts';
import { RoundQueries } from '../settle/round-queries.ts';
import { movedText } from './open-targets.ts';
import type { OpenAccount } from './session/account.ts';
import type { Session } from './session/session.ts';
import { acceptUnverified, notAcceptedText } from './unverified-failures.ts';

/** What a retry asked about references that rest on a person's word, before it plans anything. */
export interface Confirmation extends Required<Pick<RetryRequest, 'queriedSince' | 'unaskable'>> {
  /** Folded ids of payments that are not sent again now. */
  readonly refused: ReadonlySet<string>;
  /** Why, one sentence each. */
  readonly notes: readonly string[];
  /** Who has accepted that the provider cannot be asked about some of them, and why; null where there are none. */
  readonly person: PersonsReason | null;
}

export interface ConfirmRequest {
  readonly batch: string;
  /** Folded ids; null: all that failed. */
  readonly idKeys: readonly string[] | null;
  readonly accounts: ReadonlyMap<string, OpenAccount>;
  /** Pauses that a provider asks for are waited for so long. */
  readonly pausesMs: number;
  /** Why a person has what cannot be confirmed paid again; null: no reason given. */
  readonly because: string | null;
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

/**
 * Queries every reference that a retry would follow with a new one although no verified word of the provider ended it: never by a
 * person's word alone is a payment sent a second time. Answers are recorded, and the ledger decides by them.
 */
export async function confirmUnpaid(session: Session, request: ConfirmRequest): Promise<Confirmation> {
  const queriedSince = session.system.clock.now();
  const unaskable = { accounts: new Set<string>(), references: new Set<string>() };
  const refused = new Map<string, string>();
  const notes: string[] = [];
  let person: PersonsReason | null = null;
  /** What no query can tell rests on a person's word: that person, or another one, has to say so before anything leaves. */
  const accept = async (provider: string, list: readonly Resting[]): Promise<void> => {
    if (list.length === 0) return;
    const failures = list.map(({ id, open: { payment } }) => ({ id, reference: payment.reference }));
    const accepted = await acceptUnverified(session, { provider, failures }, request.because);
    if (accepted === null) {
      for (const { idKey } of list) refused.set(idKey, '');
      notes.push(notAcceptedText(provider, failures));
      return;
    }
    person = accepted;
    for (const { current } of list) unaskable.references.add(current);
  };
  const places = await session.ledger.places();
  for (const [name, account] of request.accounts) {
    const resting = await restingPayments(session, request, name);
    if (account.provider.query === undefined) {
      await accept(account.account.provider, resting);
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
    const unasked = answered.filter(({ idKey }) => {
      return answered.every((payment) => payment.idKey !== idKey || isUnaskable(payment.report));
    });
    await accept(account.account.provider, unasked);
  }
  return { queriedSince, unaskable, refused: new Set(refused.keys()), notes: [...notes, ...firstOf(refused)], person };
}

/**
 * An interrupted retry has planned a new reference: its earlier ones are queried again before it is sent, by the command that sends it.
 * What the provider reports as paid, or still processes, makes the payment `unknown`, and nothing sends it. Returns why nothing may be
 * sent: an earlier reference was not answered, or was sent to another place, which alone knows of it.
 */
export async function earlierFault(
  session: Session,
  account: OpenAccount,
  { batch, queriedSince }: { readonly batch: string; readonly queriedSince: number },
): Promise<string | null> {
  if (account.provider.query === undefined) return null;
  const { name } = account.account;
  const found = await session.ledger.earlierReferences({ account: name, batch, dueBy: null });
  const stale = found.filter(({ payment, earlier: { restsOnPerson, queriedAt } }) => {
    return payment.status === 'planned' && restsOnPerson && (queriedAt ?? Number.NEGATIVE_INFINITY) < queriedSince;
  });
  if (stale.length === 0) return null;
  const reports = await queryNow(session, account, { batch, pausesMs: 0, list: stale.map(asOpenPayment) });
  const open = stale.find(({ earlier: { reference } }) => !isAnswered(reports.get(reference)));
  if (open === undefined) return null;
  const { payment, earlier } = open;
  const place =
    earlier.place === account.lock.key ? undefined : (await session.ledger.places()).get(earlier.place ?? '');
  const why =
    place === undefined
      ? `the provider did not say what became of its earlier reference ${earlier.reference}`
      : `its earlier reference ${earlier.reference} was sent elsewhere. ${movedText(name, place)}`;
  return (
    `Account ${name}: nothing of batch ${batch} was sent, because payment ${payment.id} waits to be sent again and ${why} ` +
    `Run again later, or take it out: payrun cancel ${batch} --id ${payment.id} --because …`
  );
}

/** Paid and pending ones are answered too: the ledger has made the payment unknown. */
function isAnswered(report: StatusReport | undefined): boolean {
  return report !== undefined && (report.kind !== 'unknown' || report.cannotBeAsked === true);
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

function firstOf(refused: ReadonlyMap<string, string>): string[] {
  const texts = [...refused.values()].filter((text) => text !== '');
  const more = texts.length - NAMED_MAX;
  return [...texts.slice(0, NAMED_MAX), ...(more > 0 ? [`${more} more payments were not sent again either.`] : [])];
}
