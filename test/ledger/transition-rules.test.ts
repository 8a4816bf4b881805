import { describe, expect, it } from 'vitest';
import type { Status } from '../../src/domain/status.ts';
import { stateAfter } from '../../src/ledger/changes.ts';
import {
  NO_HISTORY,
  type LedgerEvent,
  type PaymentHistory,
  type PaymentState,
} from '../../src/ledger/payment-state.ts';
import { transition } from '../../src/ledger/transitions.ts';
import {
  answerOf,
  AT,
  CALLBACK,
  EARLIER,
  effectOf,
  evidenceOf,
  ORIGIN,
  reportOf,
  RETRY,
  stateIn,
  type Effect,
} from './transition-cases.ts';

const WAITING: PaymentHistory = { ...NO_HISTORY, needsQuery: true, unverifiedCallbacks: 1 };

function effectWith(
  status: Status,
  history: Partial<PaymentHistory>,
  event: (state: PaymentState) => LedgerEvent,
): Effect {
  const state = stateIn(status, { history: { ...NO_HISTORY, ...history } });
  return effectOf(state, event(state));
}

describe('an unverified callback that reports a failure', () => {
  const failure = { ...CALLBACK, reference: 'REF-1', reportsFailure: true } as const;
  const after = (status: Status, ...events: LedgerEvent[]): PaymentState =>
    events.reduce((state, event) => {
      const change = transition(state, event);
      return change.kind === 'refused' ? state : stateAfter(state, change);
    }, stateIn(status));

  it('moves nothing and waits for a query', () => {
    for (const status of ['submitting', 'pending', 'unknown'] as const) {
      expect(after(status, failure)).toMatchObject({ status, history: { needsQuery: true, unverifiedFailures: 1 } });
    }
    expect(effectOf(stateIn('failed'), failure)).toBe('-');
    expect(effectOf(stateIn('paid'), failure)).toBe('-');
  });

  it('contradicts no failure that a query, an answer or another callback reports, and forbids a re-send', () => {
    expect(effectOf(after('pending', failure), reportOf('failed', 'query', { unverifiedCallbacks: 0 }))).toBe(
      'failed?',
    );
    expect(effectOf(after('pending', failure), reportOf('failed', 'callback'))).toBe('failed?');
    const sending = after('submitting', failure);
    expect(effectOf(sending, answerOf(sending, 'failed'))).toBe('failed?');
    expect(effectOf(sending, answerOf(sending, 'planned'))).toBe('unknown!?');
    const resend: LedgerEvent = { kind: 'resend-claim', reference: 'REF-1', place: '', ...ORIGIN };
    expect(effectOf(after('unknown', failure, reportOf('not-found', 'query')), resend)).toBe('refused');
  });

  it('beside one that reports a payment leaves the payment open until a newer query', () => {
    const both = after('pending', failure, { ...CALLBACK, reference: 'REF-1' });
    expect(effectOf(both, reportOf('failed', 'query', { unverifiedCallbacks: 1 }))).toBe('unknown!?');
    expect(effectOf(both, reportOf('failed', 'query', { unverifiedCallbacks: 2 }))).toBe('failed');
  });

  it('that is trusted by the payer is queried before a retry', () => {
    const report = { kind: 'failed', evidence: evidenceOf('failed'), isUnverified: true } as const;
    const failed = after('pending', reportOf('failed', 'callback', { report }));
    expect(failed).toMatchObject({ status: 'failed', history: { restsOnPerson: true } });
    expect(effectOf(failed, RETRY)).toBe('refused');
  });
});

describe('a failure that rests on a person', () => {
  const decision: LedgerEvent = {
    ...{ reference: 'REF-1', because: 'seen', providerReference: null, ...ORIGIN },
    kind: 'decision',
    status: 'failed',
  };
  const stateAfterAll = (...events: LedgerEvent[]): PaymentState =>
    events.reduce((state, event) => {
      const change = transition(state, event);
      return change.kind === 'refused' ? state : stateAfter(state, change);
    }, stateIn('unknown'));

  it('is retried only after this very command has queried the provider, which knows of no payment or says that it failed', () => {
    const effectAfter = (...events: LedgerEvent[]): string =>
      effectOf(stateAfterAll(decision, ...events), { ...RETRY, isNamed: true });
    expect(effectAfter()).toBe('refused');
    expect(effectAfter(reportOf('not-found', 'query'))).toBe('planned');
    expect(effectAfter(reportOf('not-found', 'query', { at: AT - 1 }))).toBe('refused');
    expect(effectAfter(reportOf('failed', 'query', { at: AT - 1 }))).toBe('planned');
    expect(effectAfter(reportOf('failed', 'callback', { at: AT - 1 }))).toBe('planned');
    for (const kind of ['pending', 'unknown', 'paid'] as const) {
      expect([kind, effectAfter(reportOf('not-found', 'query'), reportOf(kind, 'query'))]).toEqual([kind, 'refused']);
    }
    expect(stateAfterAll(decision, reportOf('pending', 'query')).status).toBe('unknown');
  });

  it('stands where the provider cannot be queried', () => {
    expect(effectOf(stateAfterAll(decision), { ...RETRY, queriedSince: null })).toBe('planned');
  });

  it('keeps the number of queries, by which the ids of queries differ, and the old reference', () => {
    const state = stateAfterAll(reportOf('unknown', 'query'), decision, reportOf('not-found', 'query'));
    expect(state.history).toMatchObject({ queries: 2, restsOnPerson: true });
    expect(transition(state, RETRY)).toMatchObject({
      fields: {
        retired: { reference: 'REF-1', queries: 2, restsOnPerson: true, report: 'not-found', dueAt: AT + 60_000 },
      },
    });
  });
});

describe('what queries and callbacks left behind', () => {
  const resend = (): LedgerEvent => ({ kind: 'resend-claim', place: 'place-1', reference: 'REF-1', ...ORIGIN });
  const retry = (): LedgerEvent => RETRY;

  it('keeps a payment from every re-send that may have arrived', () => {
    expect(effectWith('unknown', { notFoundCount: 9, notFoundSince: 1 }, resend)).toBe('submitting');
    expect(effectWith('unknown', { notFoundCount: 9, unverifiedCallbacks: 1 }, resend)).toBe('refused');
    expect(effectWith('unknown', { notFoundCount: 9, isConflicting: true }, resend)).toBe('refused');
    expect(effectWith('unknown', { notFoundCount: 9, needsQuery: true }, resend)).toBe('refused');
  });

  it('keeps a failed payment from every retry until a query has confirmed the failure', () => {
    expect(effectWith('failed', { needsQuery: true }, retry)).toBe('refused');
    const state = stateIn('failed', { history: WAITING });
    const confirmed = transition(state, reportOf('failed', 'query', { unverifiedCallbacks: 1 }));
    expect(confirmed).toMatchObject({ outcome: 'kept', history: { needsQuery: false, unverifiedCallbacks: 1 } });
    const unanswered = transition(state, reportOf('unknown', 'query', { unverifiedCallbacks: 1 }));
    expect(unanswered).toMatchObject({ history: { needsQuery: true } });
  });

  it('makes a failed payment unknown that a callback named and the provider does not find', () => {
    expect(effectWith('failed', WAITING, () => reportOf('not-found', 'query'))).toBe('unknown!');
    expect(effectWith('failed', WAITING, () => reportOf('pending', 'query'))).toBe('unknown!');
    const report = { kind: 'unknown', evidence: evidenceOf('unknown', { code: 'contradiction' }) } as const;
    expect(effectWith('failed', WAITING, () => reportOf('unknown', 'query', { report }))).toBe('unknown!?');
  });

  it('lets no failure end a payment that a newer unverified callback names', () => {
    const old = { unverifiedCallbacks: 0 };
    for (const status of ['pending', 'unknown', 'submitting'] as const) {
      const stays = status === 'unknown' ? '!?' : 'unknown!?';
      expect(effectWith(status, WAITING, () => reportOf('failed', 'callback'))).toBe(stays);
      expect(effectWith(status, WAITING, () => reportOf('cancelled', 'query', old))).toBe(stays);
      expect(effectWith(status, WAITING, () => reportOf('failed', 'query', { unverifiedCallbacks: 1 }))).toBe('failed');
      expect(effectWith(status, WAITING, () => reportOf('failed', 'statement'))).toBe('failed?');
    }
  });

  it('takes no answer for a failure after an unverified callback named the payment', () => {
    expect(effectWith('submitting', WAITING, (state) => answerOf(state, 'planned'))).toBe('unknown!?');
    expect(effectWith('submitting', WAITING, (state) => answerOf(state, 'failed'))).toBe('unknown!?');
    expect(effectWith('submitting', WAITING, (state) => answerOf(state, 'paid'))).toBe('paid');
    // As little from an answer that comes late, or under a lock that another owner has followed.
    const lost = { isLockCurrent: false } as const;
    expect(effectWith('submitting', WAITING, (state) => answerOf(state, 'failed', lost))).toBe('unknown!?');
    expect(effectWith('pending', WAITING, (state) => answerOf(state, 'failed'))).toBe('unknown!?');
    expect(effectWith('unknown', WAITING, (state) => answerOf(state, 'failed'))).toBe('n!?');
  });

  it('takes no cancellation for a confirmed failure that is older than an unverified callback', () => {
    const older = { unverifiedCallbacks: 0 };
    expect(effectWith('failed', WAITING, () => reportOf('cancelled', 'cancel', older))).toBe('-?');
    expect(effectWith('failed', WAITING, () => reportOf('cancelled', 'cancel'))).toBe('-');
    expect(effectWith('failed', WAITING, () => reportOf('failed', 'statement'))).toBe('-');
  });

  it('ends no payment as unpaid whose earlier reference was reported as paid, but by a person', () => {
    const paidBefore = { isConflicting: true, earlierReportedPaid: true };
    for (const answered of ['planned', 'failed'] as const) {
      expect(effectWith('submitting', paidBefore, (state) => answerOf(state, answered))).toBe('unknown!');
    }
    expect(effectWith('pending', paidBefore, (state) => answerOf(state, 'failed'))).toBe('unknown!');
    expect(effectWith('unknown', paidBefore, (state) => answerOf(state, 'failed'))).toBe('n!');
    expect(effectWith('pending', paidBefore, () => reportOf('failed', 'query'))).toBe('unknown!');
    expect(effectWith('unknown', paidBefore, () => reportOf('cancelled', 'statement'))).toBe('!');
    const decision = {
      kind: 'decision',
      reference: 'REF-1',
      status: 'failed',
      because: 'refunded',
      ...ORIGIN,
    } as const;
    expect(effectWith('unknown', paidBefore, () => ({ ...decision, providerReference: null }))).toBe('failed');
  });

  it('is over with a new reference and with a decision', () => {
    const history = { ...NO_HISTORY, queries: 3, unverifiedCallbacks: 1 };
    expect(transition(stateIn('failed', { history }), retry())).toMatchObject({ history: NO_HISTORY });
    const decision = { kind: 'decision', reference: 'REF-1', status: 'paid', because: 'seen', ...ORIGIN } as const;
    expect(transition(stateIn('unknown', { history }), { ...decision, providerReference: null })).toMatchObject({
      history: { ...NO_HISTORY, queries: 3 },
    });
  });
});

describe('a replaced payment', () => {
  const open = { kind: 'replacement-failed', replacedBy: 'december/EMP-1', ...ORIGIN } as const;
  const replace = {
    kind: 'replacement',
    replacedBy: 'december/EMP-1',
    hasUnprocessedCallback: false,
    ...ORIGIN,
  } as const;

  it('names its correction, and opens as failed when the correction is not paid', () => {
    expect(transition(stateIn('failed'), replace)).toMatchObject({
      entry: { event: 'replaced', latest: { code: 'old', reason: 'Replaced by december/EMP-1. Before: Before.' } },
      fields: { settledAt: AT },
    });
    expect(transition(stateIn('replaced'), open)).toMatchObject({
      status: 'failed',
      entry: { latest: { reason: 'december/EMP-1, which replaced it, was not paid. Before: Before.' } },
    });
  });

  it.each(['cancelled', 'cancelled-by-person'] as const)('opens as %s again where it was so before', (unpaidEnd) => {
    const state = stateIn('cancelled', { unpaidEnd });
    const replaced = transition(state, replace);
    if (replaced.kind === 'refused') throw new Error(replaced.message);
    const after = stateAfter(state, replaced);
    expect([after.status, after.unpaidEnd]).toEqual(['replaced', unpaidEnd]);
    const opened = transition(after, open);
    if (opened.kind === 'refused') throw new Error(opened.message);
    expect(stateAfter(after, opened)).toMatchObject({ status: 'cancelled', unpaidEnd });
    // What a person has cancelled is sent again only by name.
    expect(effectOf(stateAfter(after, opened), RETRY)).toBe('refused');
    expect(effectOf(stateAfter(after, opened), { ...RETRY, isNamed: true })).toBe('planned');
  });

  it('is recorded as paid by a person where no correction was sent, and else displays a contradiction', () => {
    const paid = {
      kind: 'decision',
      reference: 'REF-1',
      status: 'paid',
      because: 'on the statement',
      providerReference: null,
      ...ORIGIN,
    } as const;
    expect(effectOf(stateIn('replaced'), { ...paid, isCorrectionUnsent: true })).toBe('paid');
    for (const event of [paid, { ...paid, isCorrectionUnsent: false }]) {
      const change = transition(stateIn('replaced'), event);
      expect(change).toMatchObject({ status: 'replaced', history: { isConflicting: true } });
      expect(effectOf(stateIn('replaced'), event)).toBe('!');
    }
    expect(effectOf(stateIn('replaced'), { ...paid, status: 'failed', isCorrectionUnsent: true })).toBe('refused');
  });

  it('is not made of a failed payment that waits for a query', () => {
    expect(effectWith('failed', WAITING, () => replace)).toBe('refused');
    expect(effectWith('cancelled', WAITING, () => replace)).toBe('refused');
  });

  it('opens as unknown where something says that the old reference was paid', () => {
    const events: readonly ((state: PaymentState) => LedgerEvent)[] = [
      () => reportOf('paid', 'callback'),
      () => reportOf('paid', 'statement', EARLIER),
      () => reportOf('pending', 'callback'),
      (state) => answerOf(state, 'paid'),
      () => ({ ...CALLBACK, reference: 'REF-1' }),
      () => ({ ...CALLBACK, ...EARLIER }),
    ];
    for (const event of events) {
      const state = stateIn('replaced');
      const change = transition(state, event(state));
      if (change.kind === 'refused') throw new Error(change.message);
      expect(change.status).toBe('replaced');
      expect(transition(stateAfter(state, change), open)).toMatchObject({ status: 'unknown' });
    }
  });

  it('opens as failed where a query has confirmed the failure after an unverified callback', () => {
    const state = stateIn('replaced', { history: WAITING });
    const confirmed = transition(state, reportOf('failed', 'query', { unverifiedCallbacks: 1 }));
    if (confirmed.kind === 'refused') throw new Error(confirmed.message);
    expect(transition(stateAfter(state, confirmed), open)).toMatchObject({ status: 'failed' });
    // "Not found" confirms nothing.
    expect(effectWith('replaced', WAITING, () => reportOf('not-found', 'query'))).toBe('!');
    expect(effectWith('replaced', WAITING, () => reportOf('pending', 'query'))).toBe('!');
  });
});

describe('what a change writes', () => {
  it('takes the answer of an attempt whose account another owner has locked since for a late one, and ends nothing by it', () => {
    const state = stateIn('submitting');
    for (const status of ['planned', 'unknown'] as const) {
      const change = transition(state, answerOf(state, status, { isLockCurrent: false }));
      expect(change).toMatchObject({ status: 'submitting', fields: null, entry: { event: 'late-answer', sent: null } });
    }
    const paid = transition(state, answerOf(state, 'paid', { isLockCurrent: false }));
    expect(paid).toMatchObject({ status: 'paid', entry: { event: 'late-answer' } });
  });

  it('counts an attempt once, where its request may have left', () => {
    const state = stateIn('submitting', { place: 'place-1' });
    expect(transition(state, answerOf(state, 'pending'))).toMatchObject({
      fields: { attempts: 1, sentAt: 500, settledAt: null },
      entry: { sent: { place: 'place-1', claimedAt: 500 } },
    });
    expect(transition(state, answerOf(state, 'planned', { left: false }))).toMatchObject({
      fields: { attempts: 0, sentAt: null },
      entry: { sent: null },
    });
    const late = stateIn('pending');
    expect(transition(late, answerOf(late, 'paid'))).toMatchObject({ fields: { attempts: 1 }, entry: { sent: null } });
    expect(transition(state, { kind: 'recovery', ...ORIGIN })).toMatchObject({ fields: { attempts: 1, sentAt: 500 } });
  });

  it('sends a reference to one place only, until nothing of it was sent', () => {
    const at = (place: string): LedgerEvent => ({ kind: 'resend-claim', reference: 'REF-1', place, ...ORIGIN });
    const sent = stateIn('unknown', { place: 'place-1' });
    expect(transition(sent, at('place-2'))).toMatchObject({ kind: 'refused' });
    expect(transition(sent, at('place-1'))).toMatchObject({ kind: 'change', fields: { place: 'place-1' } });
    // Sent by a payrun that recorded no places: the account's lock has given it one before any re-send.
    expect(transition(stateIn('unknown'), at('place-2'))).toMatchObject({ fields: { place: 'place-2' } });
    const state = stateIn('submitting', { place: 'place-1' });
    expect(transition(state, answerOf(state, 'planned'))).toMatchObject({ fields: { place: null } });
    expect(transition(state, answerOf(state, 'failed'))).toMatchObject({ fields: { place: 'place-1' } });
    const planned = stateIn('planned', { place: 'place-1' });
    expect(transition(planned, { kind: 'claim', place: 'place-2', ...ORIGIN })).toMatchObject({ kind: 'refused' });
  });

  it('keeps the ids of the provider until others replace them, and none across a new reference', () => {
    const latest = { code: 'a', reason: 'b', providerReference: 'P', receipt: 'TCA1', requestId: 'R', feeMinor: 35n };
    const state = stateIn('submitting', { latest });
    expect(transition(state, answerOf(state, 'failed'))).toMatchObject({
      entry: { latest: { ...latest, code: 'code-failed', reason: 'It is failed.' } },
    });
    const event = RETRY;
    expect(transition(stateIn('failed', { latest }), event)).toMatchObject({
      entry: {
        latest: { code: 'a', providerReference: null, receipt: null, requestId: null, feeMinor: null },
        reference: 'REF-2',
      },
    });
  });

  it('stops the account once for a reason that the next payment would meet too', () => {
    const report = { kind: 'failed', evidence: evidenceOf('failed'), stopsAccount: true } as const;
    const event = reportOf('failed', 'query', { report });
    expect(transition(stateIn('pending'), event)).toMatchObject({ accountStop: report.evidence });
    const latest = { ...stateIn('failed').latest, code: report.evidence.code };
    expect(transition(stateIn('failed', { latest }), event)).toMatchObject({ accountStop: null });
    expect(transition(stateIn('failed'), { ...event, ...EARLIER })).toMatchObject({ accountStop: null });
  });

  it('settles at the time of the event, and only where the status is final', () => {
    expect(transition(stateIn('pending'), reportOf('paid', 'query'))).toMatchObject({ fields: { settledAt: AT } });
    expect(transition(stateIn('unknown'), reportOf('pending', 'query'))).toMatchObject({ fields: { settledAt: null } });
  });

  it('names the payment and the next step where it refuses', () => {
    const refused = transition(stateIn('paid'), { kind: 'claim', place: 'place-1', ...ORIGIN });
    expect(refused).toEqual({
      kind: 'refused',
      message: 'Payment REF-1 is paid and cannot become submitting. Look at the payment with: payrun status --rows',
    });
  });
});
