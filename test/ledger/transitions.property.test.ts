import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canMove, STATUSES } from '../../src/domain/status.ts';
import type {
  AnswerEvent,
  Change,
  LedgerEvent,
  PaymentState,
  StatusReportEvent,
} from '../../src/ledger/payment-state.ts';
import { stateAfter } from '../../src/ledger/changes.ts';
import type { EarlierReference } from '../../src/domain/query-history.ts';
import { afterEarlierReport, confirmedAt } from '../../src/ledger/earlier-references.ts';
import { transition } from '../../src/ledger/transitions.ts';
import { answerOf, evidenceOf, ORIGIN, reportOf, stateIn } from './transition-cases.ts';

/** One event, still without what depends on the state that it meets. */
type Step = (payment: Payment) => LedgerEvent | null;

/** What an observer knows of one payment who sees every event and believes no status of ours. */
interface Payment {
  state: PaymentState;
  /** References that may have been paid or may still be paid: they were sent, and nothing definite has ended them since. */
  readonly live: Set<string>;
  /** Unverified callbacks about the current reference. */
  callbacks: number;
  /** Whether the newest attempt was a re-send. */
  isResend: boolean;
  /** References that ended by a person's word and by none of the provider's since, each with the newest answer to a query. */
  readonly resting: Map<string, string>;
  /** As a ledger keeps them. */
  readonly earlier: Map<string, EarlierReference>;
}

const STATUSES_ANSWERED = ['planned', 'pending', 'paid', 'failed', 'unknown'] as const;
const REPORTED = ['paid', 'failed', 'cancelled', 'returned', 'pending', 'unknown', 'not-found'] as const;
const SOURCES = ['query', 'query', 'callback', 'statement', 'cancel'] as const;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>(() => ({ kind: 'claim', place: 'place-1', ...ORIGIN })) },
  {
    weight: 3,
    arbitrary: fc.constant<Step>(({ state: { reference } }) => ({
      kind: 'resend-claim',
      place: 'place-1',
      reference,
      ...ORIGIN,
    })),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...STATUSES_ANSWERED), fc.boolean(), fc.nat(4))
      .map<Step>(([status, left, lost]) => ({ state, isResend }) => {
        const change = { isResend, isLockCurrent: lost > 0, left: status !== 'planned' || left };
        return state.tries === 0 ? null : answerOf(state, status, change);
      }),
  },
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom(...REPORTED), fc.constantFrom(...SOURCES), fc.nat(2), fc.nat(3))
      .map<Step>(([kind, source, behind, back]) => (payment) => {
        const unverifiedCallbacks = Math.max(0, payment.callbacks - behind);
        return reportOf(kind, source, {
          reference: referenceBack(payment, back),
          ...(source === 'query' || source === 'cancel' ? { unverifiedCallbacks } : {}),
        });
      }),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.boolean(), fc.nat(3)).map<Step>(([isPlain, back]) => (payment) => ({
      kind: 'unverified-callback',
      reference: referenceBack(payment, back),
      evidence: isPlain ? null : evidenceOf('callback'),
      ...ORIGIN,
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('paid' as const, 'failed' as const), fc.boolean())
      .map<Step>(([status, isCorrectionUnsent]) => ({ state: { reference } }) => ({
        ...{ kind: 'decision', reference, status, because: 'seen', providerReference: null, ...ORIGIN },
        isCorrectionUnsent,
      })),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.boolean(), fc.boolean())
      .map<Step>(([hasUnprocessedCallback, isNamed]) => ({ state, earlier }) => {
        const resting = [...earlier.values()].filter(({ restsOnPerson }) => restsOnPerson);
        const earlierConfirmedAt = resting.length === 0 ? null : Math.min(...resting.map(confirmedAt));
        const event = { hasUnprocessedCallback, isNamed, earlierConfirmedAt, queriedSince: 1 };
        return { kind: 'retry', newReference: `REF-${state.generation + 1}`, ...event, ...ORIGIN };
      }),
  },
  { weight: 1, arbitrary: fc.constant<Step>(() => ({ kind: 'cancel', because: 'left', ...ORIGIN })) },
  { weight: 1, arbitrary: fc.constant<Step>(() => ({ kind: 'recovery', ...ORIGIN })) },
  { weight: 1, arbitrary: fc.constant<Step>(() => ({ kind: 'lost-past', ...ORIGIN })) },
  {
    weight: 2,
    arbitrary: fc.boolean().map<Step>((hasUnprocessedCallback) => () => ({
      ...{ kind: 'replacement', replacedBy: 'december/EMP-1', hasUnprocessedCallback, ...ORIGIN },
    })),
  },
  {
    weight: 2,
    arbitrary: fc.constant<Step>(() => ({ kind: 'replacement-failed', replacedBy: 'december/EMP-1', ...ORIGIN })),
  },
);

/** The current reference, or mostly the current one: an earlier one where the payment has it. */
function referenceBack({ state }: Payment, back: number): string {
  return back === 0 ? `REF-${Math.max(1, state.generation - 1)}` : state.reference;
}

/** Runs the events, and calls `check` for each that was not refused, before and after the observer has learnt from it. */
function play(steps: readonly Step[], check: (payment: Payment, event: LedgerEvent, change: Change) => void): Payment {
  const payment: Payment = {
    state: stateIn('planned'),
    live: new Set(),
    callbacks: 0,
    isResend: false,
    resting: new Map(),
    earlier: new Map(),
  };
  for (const next of steps) {
    const event = next(payment);
    if (event === null) continue;
    const change = transition(payment.state, event);
    if (change.kind === 'refused') continue;
    check(payment, event, change);
    learn(payment, event);
    keepEarlier(payment, event, change);
    payment.state = stateAfter(payment.state, change);
    if (event.kind === 'lost-past') payment.state = { ...payment.state, restored: 'older' };
  }
  return payment;
}

/** What a store keeps of the references before the current one. */
function keepEarlier({ state, earlier }: Payment, event: LedgerEvent, { fields }: Change): void {
  if (fields?.kind === 'new-reference' && fields.retired !== null) earlier.set(state.reference, fields.retired);
  const known = event.kind === 'status-report' ? earlier.get(event.reference) : undefined;
  if (known !== undefined && event.kind === 'status-report')
    earlier.set(event.reference, afterEarlierReport(known, event));
}

/** What the observer concludes from the event itself. */
function learn(payment: Payment, event: LedgerEvent): void {
  const { state, live } = payment;
  const { reference, status } = state;
  switch (event.kind) {
    case 'claim':
    case 'resend-claim':
      live.add(reference);
      payment.isResend = event.kind === 'resend-claim';
      return;
    case 'answer':
      learnAnswer(payment, event);
      return;
    case 'status-report':
      learnReport(payment, event);
      return;
    case 'unverified-callback':
      if (status === 'paid' || status === 'returned') return;
      if (event.reference === reference) payment.callbacks += 1;
      live.add(event.reference);
      return;
    case 'cancel':
    case 'replaced-reported-paid':
      return;
    case 'decision':
      // Beside a correction that was sent, a person's word decides nothing.
      if (status === 'replaced' && event.isCorrectionUnsent !== true) {
        live.add(reference);
        return;
      }
      // A person's word stands for all that was sent.
      live.clear();
      payment.callbacks = 0;
      if (event.status === 'paid') live.add(reference);
      if (event.status === 'paid') payment.resting.delete(reference);
      else payment.resting.set(reference, 'not asked');
      return;
    case 'retry':
      payment.callbacks = 0;
      // What the ledger has lost may have made the same retry.
      if (state.restored === 'older') live.add(event.newReference);
      return;
    case 'lost-past':
      if (status === 'planned' || status === 'submitting') live.add(reference);
      return;
    case 'recovery':
    case 'replacement':
    case 'replacement-failed':
      return;
  }
}

function learnAnswer({ state, live, callbacks }: Payment, { status, claim }: AnswerEvent): void {
  if (status === 'paid' && state.status !== 'returned') live.add(state.reference);
  // A callback that came before the answer may be about money that the answer does not know of.
  if (callbacks > 0) return;
  const movedNothing =
    status === 'failed' || (status === 'planned' && !claim.isResend && state.status === 'submitting');
  if (movedNothing && state.status !== 'paid' && state.status !== 'returned') live.delete(state.reference);
}

function learnReport(payment: Payment, { report, reference, source, unverifiedCallbacks }: StatusReportEvent): void {
  const { state, live, callbacks, resting } = payment;
  // A payment is paid before it comes back: a late word of the payment is no second one.
  const isBack = state.status === 'returned' && reference === state.reference;
  if (report.kind === 'paid' && !isBack) live.add(reference);
  if (['paid', 'failed', 'cancelled', 'returned'].includes(report.kind)) resting.delete(reference);
  else if (source === 'query' && resting.has(reference)) resting.set(reference, report.kind);
  if (reference !== state.reference) return;
  const isStillProcessed = report.kind === 'pending' && source === 'callback';
  if (isStillProcessed && (state.status === 'failed' || state.status === 'replaced' || state.status === 'submitting')) {
    payment.callbacks += 1;
    live.add(reference);
  }
  const knows = source === 'callback' ? 0 : (unverifiedCallbacks ?? callbacks);
  // Money that came back is with the recipient no more.
  const isEnd = report.kind === 'failed' || report.kind === 'cancelled' || report.kind === 'returned';
  const isAfterPayment = state.status === 'paid' || state.status === 'returned';
  if (isEnd && knows >= callbacks && !isAfterPayment) live.delete(reference);
  if (report.kind === 'returned') live.delete(reference);
}

const RUNS = { numRuns: 3_000 };
const steps = fc.array(step, { minLength: 5, maxLength: 40 });

describe('no sequence of events', () => {
  it('sends a reference while another one of the payment may be live', () => {
    fc.assert(
      fc.property(steps, (list) => {
        play(list, ({ state, live }, event) => {
          // What may be live is sent only by a re-send, and then with its own reference.
          if (event.kind === 'retry' || event.kind === 'claim') expect([...live]).toEqual([]);
          // A correction in another batch is a second request to pay.
          if (event.kind === 'replacement') expect([...live]).toEqual([]);
          if (event.kind === 'resend-claim') {
            expect([...live].filter((reference) => reference !== state.reference)).toEqual([]);
          }
        });
      }),
      RUNS,
    );
  });

  it('makes a payment unpaid by a person that the provider has ended', () => {
    fc.assert(
      fc.property(steps, (list) => {
        play(list, ({ state }, event, { status }) => {
          if (event.kind !== 'decision' || event.status === 'paid') return;
          expect([state.status, status]).toEqual([expect.stringMatching(/^(unknown|pending)$/), 'failed']);
        });
      }),
      RUNS,
    );
  });

  it('gives a new reference while one rests on a person, unless the provider was asked and knows of none', () => {
    let met = 0;
    fc.assert(
      fc.property(steps, (list) => {
        play(list, ({ resting }, { kind }) => {
          if (kind !== 'retry') return;
          met += resting.size;
          expect([...resting.values()].filter((answer) => answer !== 'not-found')).toEqual([]);
        });
      }),
      { numRuns: 20_000 },
    );
    expect(met).toBeGreaterThan(0);
  });

  it('gives a new reference to a payment that may still be paid under its own', () => {
    fc.assert(
      fc.property(steps, (list) => {
        play(list, ({ state }, { kind }, change) => {
          if (change.fields?.kind === 'new-reference') {
            expect([kind, ['failed', 'cancelled', 'returned'].includes(state.status)]).toEqual(['retry', true]);
          }
        });
      }),
      RUNS,
    );
  });

  it('re-sends a payment that an unverified callback has named', () => {
    fc.assert(
      fc.property(steps, (list) => {
        play(list, ({ callbacks }, { kind }) => {
          if (kind === 'resend-claim') expect(callbacks).toBe(0);
        });
      }),
      RUNS,
    );
  });

  it('re-sends a payment that a lost ledger may have sent', () => {
    fc.assert(
      fc.property(steps, (list) => {
        play(list, ({ state }, { kind }) => {
          if (kind === 'resend-claim') expect(state.restored).toBe('no');
        });
      }),
      RUNS,
    );
  });

  it('ends a payment without evidence of that end', () => {
    fc.assert(
      fc.property(steps, (list) => {
        play(list, ({ state }, event, change) => {
          if (change.status === state.status) return;
          expect(change.entry?.status).toBe(change.status);
          const { status } = change;
          if (status !== 'paid' && status !== 'failed' && status !== 'cancelled' && status !== 'returned') return;
          expect(wordOf(event, state)).toBe(status);
        });
      }),
      RUNS,
    );
  });

  it('takes a contradiction out of the report once it was displayed', () => {
    fc.assert(
      fc.property(steps, (list) => {
        let isDisplayed = false;
        play(list, (_payment, _event, { entry }) => {
          if (entry === null || entry.latest === null) return;
          if (isDisplayed) expect(entry.latest.code).toBe('contradiction');
          isDisplayed ||= entry.latest.code === 'contradiction';
        });
      }),
      RUNS,
    );
  });

  it('moves a payment outside the table of moves, or counts more attempts than claims', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(steps, (list) => {
        const { state } = play(list, ({ state: before }, _event, change) => {
          if (change.status === before.status) return;
          expect([before.status, change.status, canMove(before.status, change.status)]).toContain(true);
          reached.add(change.status);
        });
        expect(state.attempts).toBeLessThanOrEqual(state.tries);
      }),
      RUNS,
    );
    // The sequences are worth nothing unless they come everywhere.
    expect([...reached].sort()).toEqual([...STATUSES].sort());
  });
});

/** The status that the event names, or null where it names none. */
function wordOf(event: LedgerEvent, { unpaidEnd }: PaymentState): string | null {
  switch (event.kind) {
    case 'answer':
    case 'decision':
      return event.status;
    case 'status-report':
      return event.report.kind;
    case 'claim':
    case 'resend-claim':
    case 'unverified-callback':
    case 'cancel':
      return 'cancelled';
    case 'retry':
    case 'recovery':
    case 'lost-past':
    case 'replaced-reported-paid':
      return null;
    case 'replacement':
      return 'replaced';
    case 'replacement-failed':
      return unpaidEnd === 'failed' ? 'failed' : 'cancelled';
  }
}
