import { paymentReference } from '../../domain/reference.ts';
import type { Status } from '../../domain/status.ts';
import { stateAfter } from '../changes.ts';
import { afterEarlierReport, queriedSinceOf } from '../earlier-references.ts';
import { LedgerError } from '../errors.ts';
import type { Change, EventOrigin, LedgerEvent, ReplacementEvent } from '../payment-state.ts';
import type {
  AccountLock,
  AttemptResult,
  Claim,
  ClaimRequest,
  Decision,
  ReportResult,
  ResendRequest,
  RetryRequest,
} from '../records.ts';
import {
  chainEvents,
  concernsChain,
  isNoneSent,
  mayBeRetried,
  replacementCheckOf,
  replacementOf,
  type ChainMember,
} from '../replacement-chain.ts';
import { notNewestAttempt, transition } from '../transitions.ts';
import type { CancelRequest } from '../stops.ts';
import { chainOf, earlierConfirmedAt } from './replacements.ts';
import { letGo, requireBelow } from './brakes.ts';
import { requireNoPause } from './pauses.ts';
import type { MemoryTables, KeptPayment } from './tables.ts';

/** Planned payments in the order of their lines. This and every function of the file needs an open transaction. */
export function claimPlanned(tables: MemoryTables, request: ClaimRequest): Claim[] {
  const { lock, batch, limit, generationFrom = 1, references, at, by } = request;
  const claims: Claim[] = [];
  const mayGo = letGo(tables, batch, lock.account);
  const named = references?.flatMap((reference) => tables.byReference(reference) ?? []);
  for (const stored of named?.filter(({ state }) => state.batch === batch) ?? tables.ofBatch(batch)) {
    if (claims.length >= limit) break;
    const { account, generation } = stored.state;
    if (account !== lock.account || generation < generationFrom || !mayGo(stored)) continue;
    const change = applyEvent(tables, stored, { kind: 'claim', place: lock.key, at, by });
    if (change !== null) claims.push({ ...claimInMemory(stored, change, lock), isResend: false });
  }
  return claims;
}

export function claimUnknown(tables: MemoryTables, request: ResendRequest): Claim[] {
  const { lock, references, limit, at, by } = request;
  const found = references.flatMap((reference) => tables.byReference(reference) ?? []);
  requireNoPause(tables, lock.account, new Set(found.map(({ state }) => state.batch)));
  requireBelow(tables, lock.account, request.stopAt);
  const claims: Claim[] = [];
  for (const reference of references) {
    if (claims.length >= limit) break;
    const stored = tables.byReference(reference);
    if (stored?.state.account !== lock.account) continue;
    const change = applyEvent(tables, stored, { kind: 'resend-claim', reference, place: lock.key, at, by });
    if (change !== null) claims.push({ ...claimInMemory(stored, change, lock), isResend: true });
  }
  return claims;
}

export function recordAnswer(tables: MemoryTables, result: AttemptResult): Status {
  const stored = tables.find(result.claim.key);
  if (stored === undefined) throw new LedgerError('move', notNewestAttempt(result.claim).message);
  const isLockCurrent = tables.epochs.get(stored.state.place ?? '') === result.claim.epoch;
  const event = { kind: 'answer', isLockCurrent, ...result } as const;
  const change = transition(stored.state, event);
  if (change.kind === 'refused') throw new LedgerError('move', change.message);
  write(tables, stored, change, event);
  return change.status;
}

export function applyToReference(tables: MemoryTables, reference: string, event: LedgerEvent): ReportResult {
  const stored = tables.byReference(reference);
  if (stored === undefined) return { kind: 'not-ours' };
  const { batch, status } = stored.state;
  const change = applyEvent(tables, stored, event);
  const earlier = tables.earlier.get(reference);
  if (earlier !== undefined && event.kind === 'status-report') {
    tables.earlier.set(reference, { ...afterEarlierReport(earlier, event), payment: earlier.payment });
  }
  if (change === null) return { kind: 'kept', status, batch };
  if (change.outcome === 'moved') return { kind: 'moved', from: status, to: change.status, batch };
  return { kind: change.outcome, status: change.status, batch };
}

/** Returns the references of before of the payments that are retried, or would be. */
export function retryFailedPayments(tables: MemoryTables, request: RetryRequest, isDryRun = false): string[] {
  const { batch, idKeys, accounts, at, by, person } = request;
  const record = tables.batches.get(batch);
  if (record === undefined) {
    throw new LedgerError('missing', `The ledger in memory has no batch ${batch}. See: payrun status`);
  }
  const retried: string[] = [];
  for (const stored of tables.ofBatch(batch)) {
    const { idKey } = stored.content;
    const { account, generation } = stored.state;
    if (!accounts.includes(account) || idKeys?.includes(idKey) === false) continue;
    const newReference = paymentReference(record.organisation, batch, idKey, generation + 1);
    const others = chainOf(tables, stored.key).filter(({ key }) => key !== stored.key);
    if (!mayBeRetried(others, replacementCheckOf({ at, confirmation: request }))) continue;
    const event: LedgerEvent = {
      ...{ newReference, isNamed: idKeys !== null, at, by },
      kind: 'retry',
      hasUnprocessedCallback: tables.isNamedByUnprocessed(stored),
      queriedSince: queriedSinceOf(request, stored.state),
      ...(person === undefined ? {} : { person }),
      earlierConfirmedAt: earlierConfirmedAt(tables, stored),
    };
    const change = isDryRun ? transition(stored.state, event) : applyEvent(tables, stored, event);
    if (change?.kind === 'change') retried.push(stored.state.reference);
  }
  return retried;
}

/** The payment afterwards; with `isDryRun` as it would be, and nothing changes. */
export function decide(tables: MemoryTables, decision: Decision, isDryRun = false): KeptPayment {
  const stored = tables.byReference(decision.reference);
  if (stored?.state.reference !== decision.reference) {
    throw new LedgerError(
      'missing',
      `The ledger in memory has no payment with reference ${decision.reference}. ` +
        `The report shows the reference of every payment.`,
    );
  }
  const others = chainOf(tables, stored.key).filter(({ key }) => key !== stored.key);
  const event = { kind: 'decision', isCorrectionUnsent: isNoneSent(others), ...decision } as const;
  const change = transition(stored.state, event);
  if (change.kind === 'refused') throw new LedgerError('move', change.message);
  return isDryRun ? { ...stored, state: stateAfter(stored.state, change) } : write(tables, stored, change, event);
}

/** Returns the references of what was cancelled. */
export function cancelPlanned(tables: MemoryTables, { batch, idKeys, because, by, at }: CancelRequest): string[] {
  if (!tables.batches.has(batch)) {
    throw new LedgerError('missing', `The ledger in memory has no batch ${batch}. See: payrun status`);
  }
  const wanted = tables.ofBatch(batch).filter(({ content }) => idKeys?.includes(content.idKey) !== false);
  const cancelled = wanted.filter((stored) => applyEvent(tables, stored, { kind: 'cancel', because, by, at }) !== null);
  return cancelled.map(({ state }) => state.reference);
}

/** Only for the owner of the place's lock, who knows that no living process sends to the place. */
export function recoverPlace(tables: MemoryTables, place: string, origin: EventOrigin): number {
  let recovered = 0;
  for (const stored of tables.payments.values()) {
    if (stored.state.place !== place) continue;
    if (applyEvent(tables, stored, { kind: 'recovery', ...origin }) !== null) recovered += 1;
  }
  return recovered;
}

/** Open payments of an account whose place is not known are of the place that the account sends to now: nothing better is known. */
export function adoptPayments(tables: MemoryTables, account: string, place: string): void {
  for (const stored of [...tables.payments.values()]) {
    const { state } = stored;
    const isOpen = state.status === 'submitting' || state.status === 'pending' || state.status === 'unknown';
    if (isOpen && state.account === account && state.place === null)
      tables.put({ ...stored, state: { ...state, place } });
  }
}

export function assumeLostPast(tables: MemoryTables, origin: EventOrigin): { readonly marked: number } {
  let marked = 0;
  for (const stored of [...tables.payments.values()]) {
    const change = applyEvent(tables, stored, { kind: 'lost-past', at: origin.at, by: origin.by });
    if (change?.outcome === 'moved') marked += 1;
    const now = tables.find(stored.key) ?? stored;
    tables.put({ ...now, state: { ...now.state, restored: 'older' } });
  }
  return { marked };
}

/** Asks the rules what an event does to a payment and stores the answer; null where they refuse it. */
function applyEvent(tables: MemoryTables, stored: KeptPayment, event: LedgerEvent): Change | null {
  const change = transition(stored.state, event);
  if (change.kind === 'refused') return null;
  write(tables, stored, change, event);
  return change;
}

/** Writes a change, and what it does to the payments that stand for the same debt. */
function write(tables: MemoryTables, stored: KeptPayment, change: Change, origin: EventOrigin): KeptPayment {
  const next = writeAlone(tables, stored, change, origin);
  if (!concernsChain(stored.state, change)) return next;
  const chain = chainOf(tables, stored.key);
  const own = chain.find(({ key }) => key === stored.key);
  if (own === undefined || chain.length === 1) return next;
  const others = chain.filter((member) => member !== own);
  for (const { member, event } of chainEvents({ own, before: stored.state, change }, others, origin)) {
    const other = tables.find(member.key);
    const effect = transition(member.state, event);
    if (other !== undefined && effect.kind === 'change') writeAlone(tables, other, effect, origin);
  }
  return next;
}

/** Lets a new payment take the place of others. */
export function replaceInMemory(
  tables: MemoryTables,
  { key, state, content }: KeptPayment,
  chain: readonly ChainMember[],
  origin: EventOrigin & Pick<ReplacementEvent, 'isRecovery' | 'person'>,
): void {
  const newest = chain.at(-1);
  if (newest === undefined) return;
  tables.replacements.set(key, newest.key);
  const replacedBy = `${state.batch}/${content.id}`;
  for (const member of chain) {
    const stored = tables.find(member.key);
    const effect = transition(member.state, replacementOf(member, { replacedBy, queriedSince: null, ...origin }));
    if (stored !== undefined && effect.kind === 'change') writeAlone(tables, stored, effect, origin);
  }
}

/** Writes a change of one payment and nothing else. */
function writeAlone(tables: MemoryTables, stored: KeptPayment, change: Change, { at, by }: EventOrigin): KeptPayment {
  // An entry names who acted, or the transaction fails.
  if (typeof by !== 'string') throw new TypeError('an entry needs a name of who acted');
  const { key, state } = stored;
  if (change.entry !== null) tables.entries.push({ payment: key, at, by, text: change.entry });
  const settledAt = settledAtAfter(stored, change);
  const { fields } = change;
  const isCancelledByPerson =
    fields?.kind === 'moved' ? fields.isCancelledByPerson === true : stored.isCancelledByPerson;
  const next = { ...stored, state: stateAfter(state, change), settledAt, isCancelledByPerson };
  tables.put(next);
  const retired =
    change.fields?.kind === 'new-reference' || change.fields?.kind === 'moved' ? change.fields.retired : null;
  if (retired !== null && retired !== undefined) tables.earlier.set(retired.reference, { ...retired, payment: key });
  const { accountStop } = change;
  if (accountStop !== null) {
    const { code, reason } = accountStop;
    tables.stops.push({ account: state.account, at, evidence: { code, reason } });
  }
  const isReported = (change.entry === null && change.fields === null) || change.isProgress === true;
  if (!isReported) tables.raiseRevision(state.batch);
  return next;
}

function settledAtAfter({ settledAt }: KeptPayment, { fields }: Change): number | null {
  switch (fields?.kind) {
    case undefined:
    case 'claimed':
      return settledAt;
    case 'moved':
      return fields.settledAt;
    case 'new-reference':
      return null;
  }
}

function claimInMemory(
  { key, content, state }: KeptPayment,
  { fields }: Change,
  { epoch }: AccountLock,
): Omit<Claim, 'isResend'> {
  const { id, name, destination, amountMinor, currency, narrative, details } = content;
  const { reference, batch, generation } = state;
  return {
    key,
    attempt: fields?.kind === 'claimed' ? fields.tries : state.tries,
    generation,
    epoch,
    instruction: { reference, batch, id, name, destination, amountMinor, currency, narrative, details },
  };
}
