import { isUnpaid } from './consequences.ts';
import { queriedSinceOf } from './earlier-references.ts';
import type { Change, EventOrigin, LedgerEvent, PaymentState, ReplacementEvent } from './payment-state.ts';
import type { Registration } from './records.ts';
import type { PersonsReason } from './stops.ts';
import { transition } from './transitions.ts';

/**
 * One of the payments of different batches that stand for the same debt: a payment, its correction, the correction of that one. At
 * most one of them may be sent or have been paid; the others are failed, cancelled or replaced.
 */
export interface ChainMember {
  readonly key: number;
  /** `BATCH/ID`. */
  readonly name: string;
  readonly state: PaymentState;
  /** A stored callback about any reference of the payment waits to be processed. */
  readonly hasUnprocessedCallback: boolean;
  /** As in {@link RetryEvent}. */
  readonly earlierConfirmedAt: number | null;
}

/** When a replacement is asked for, and since when the caller has queried what rests on no verified word of the provider. */
export interface ReplacementCheck {
  readonly at: number;
  /** {@link RetryEvent.queriedSince} of each payment. */
  readonly queriedSince: (payment: PaymentState) => number | null;
  /** {@link Registration.isRecovery}. */
  readonly isRecovery?: boolean;
  /** {@link RetryRequest.person}. */
  readonly person?: PersonsReason;
}

/** What a caller asks who sends nothing: the queries come before anything is sent. */
export const BEFORE_QUERIES = (at: number): ReplacementCheck => ({ at, queriedSince: () => null });

/** By mere omission no person's word stands. */
export function replacementCheckOf({
  at,
  confirmation,
  isRecovery = false,
}: Pick<Registration, 'at' | 'confirmation' | 'isRecovery'>): ReplacementCheck {
  const person = confirmation?.person === undefined ? {} : { person: confirmation.person };
  return { at, queriedSince: (payment) => queriedSinceOf(confirmation ?? {}, payment), isRecovery, ...person };
}

/** Why a payment may not be replaced. `chain`: it and all that stand for the same debt, oldest first. Null: it may. */
export function replacementRefusal(
  named: ChainMember,
  chain: readonly ChainMember[],
  check: ReplacementCheck,
): string | null {
  // What the lost ledger had allowed stands, whatever the restored one knows of the payment: only so is no second one ever sent.
  if (check.isRecovery === true) return null;
  const newest = chain.at(-1) ?? named;
  const active = chain.find(isActive);
  if (active !== undefined && active.key === named.key) {
    return `${named.name} is ${active.state.status}, and only a failed or cancelled payment can be replaced.`;
  }
  if (active !== undefined) {
    const correction = `${named.name} was corrected already: ${active.name} stands for it and is ${active.state.status}.`;
    return `${correction} Pay nothing again before that one has failed; then name the newest row, ${newest.name}.`;
  }
  const waiting = chain.find((member) => !isReplaceable(member, check));
  if (waiting === undefined) return null;
  if (waiting.state.history.restsOnPerson && isReplaceable(waiting, BEFORE_QUERIES(check.at))) {
    return (
      `That ${waiting.name} was not paid rests on no verified word of the provider, which has not confirmed it. Ask the provider, or look ` +
      'into its statement.'
    );
  }
  const { batch, restored } = waiting.state;
  if (restored === 'older' && isUnpaidEnd(waiting.state.status)) {
    const id = waiting.name.slice(batch.length + 1);
    return (
      `${waiting.name} is ${waiting.state.status}, and the ledger was recovered since: what it had lost may have sent it again already. ` +
      `First: payrun retry ${batch} --id ${id}. That sends nothing; the reference of that retry is asked about, and when it has failed, ` +
      'the row can be corrected.'
    );
  }
  return `${waiting.name} is ${waiting.state.status}, and what is known of it waits to be confirmed. First: payrun settle`;
}

/** Whether a payment may be sent again although others stand for the same debt: none of them may have been paid. */
export function mayBeRetried(others: readonly ChainMember[], check: ReplacementCheck): boolean {
  return !others.some(isActive) && others.every((member) => isReplaceable(member, check));
}

/** Whether none of the payments that stand for the same debt was sent since, so that no money can have moved for it twice. */
export function isNoneSent(others: readonly ChainMember[]): boolean {
  return others.every((member) => !isActive(member) || member.state.status === 'planned');
}

/** Whether a change of a payment matters to the others that stand for the same debt. */
export function concernsChain(
  { status: from, history: before, restored }: PaymentState,
  { status: to, history }: Change,
): boolean {
  if (from === 'replaced') return to === 'paid' || (history?.isConflicting === true && !before.isConflicting);
  // Only a recovery leaves several payments of one debt open at once.
  const isRestoredPaid = to === 'paid' && restored !== 'no';
  return from !== to && (isUnpaidEnd(from) || isUnpaidEnd(to) || isRestoredPaid);
}

/**
 * What a change of a payment does to all that stand for the same debt:
 *
 * - It ended unpaid: they are open again, as what they were.
 * - It is sent again, or was paid after all: they are replaced by it.
 * - It was replaced, and a person records that it was paid: what was to be sent in its place is cancelled.
 * - It was replaced, and something says that it was paid: what replaces it is not sent.
 *
 * Only after a recovery may several of them be open at once: the lost ledger had ended one before it sent the other. One that turns
 * out to have ended unpaid is then replaced by the other; where both turn out to be paid, both display a contradiction.
 */
export function chainEvents(
  { own, before, change }: { readonly own: ChainMember; readonly before: PaymentState; readonly change: Change },
  others: readonly ChainMember[],
  { at, by }: EventOrigin,
): { readonly member: ChainMember; readonly event: LedgerEvent }[] {
  const { name } = own;
  if (before.status === 'replaced') {
    const active = others.filter(isActive);
    if (change.status === 'paid') {
      const because = `${name}, which it corrects, was paid.`;
      return active.map((member) => ({ member, event: { kind: 'cancel', because, at, by } }));
    }
    return active.map((member) => ({ member, event: { kind: 'replaced-reported-paid', replaced: name, at, by } }));
  }
  if (isUnpaidEnd(change.status)) {
    if (isUnpaidEnd(before.status)) return [];
    const active = others.find(isActive);
    if (active !== undefined) {
      const event = { replacedBy: active.name, queriedSince: null, isRecovery: true, at, by };
      return [{ member: own, event: replacementOf(own, event) }];
    }
    const replaced = others.filter(({ state }) => state.status === 'replaced');
    return replaced.map((member) => ({ member, event: { kind: 'replacement-failed', replacedBy: name, at, by } }));
  }
  const open = others.filter(({ state }) => isUnpaidEnd(state.status));
  // What waits to be confirmed has kept the other from being sent; where that was paid, nothing is sent.
  const ended = open.map((member) => ({
    member,
    event: replacementOf(member, { replacedBy: name, queriedSince: null, at, by }),
  }));
  const paid = change.status === 'paid' ? others.filter(({ state }) => state.status === 'paid') : [];
  const both = paid.flatMap((member) => [
    { member, event: { kind: 'replaced-reported-paid', replaced: name, at, by } as const },
    { member: own, event: { kind: 'replaced-reported-paid', replaced: member.name, at, by } as const },
  ]);
  return [...ended, ...both];
}

function isUnpaidEnd(status: PaymentState['status']): boolean {
  return isUnpaid(status) && status !== 'planned';
}

/** May be sent, or may have been paid. */
function isActive({ state: { status } }: ChainMember): boolean {
  return !isUnpaidEnd(status) && status !== 'replaced';
}

function isReplaceable(member: ChainMember, { at, queriedSince, isRecovery = false }: ReplacementCheck): boolean {
  const { state } = member;
  if (state.status === 'replaced') return true;
  const event = replacementOf(member, { replacedBy: '', queriedSince: queriedSince(state), isRecovery, at, by: '' });
  return transition(state, event).kind === 'change';
}

/** What makes a member of a chain `replaced`. */
export function replacementOf(
  { hasUnprocessedCallback, earlierConfirmedAt }: ChainMember,
  event: Omit<ReplacementEvent, 'kind' | 'hasUnprocessedCallback' | 'earlierConfirmedAt'>,
): ReplacementEvent {
  return { ...event, kind: 'replacement', hasUnprocessedCallback, earlierConfirmedAt };
}
