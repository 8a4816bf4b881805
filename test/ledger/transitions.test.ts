import { describe, expect, it } from 'vitest';
import { canMove, STATUSES, type Status } from '../../src/domain/status.ts';
import type { LedgerEvent, PaymentState } from '../../src/ledger/payment-state.ts';
import { transition } from '../../src/ledger/transitions.ts';
import {
  answerOf,
  CALLBACK,
  EARLIER,
  effectOf,
  ORIGIN,
  reportOf,
  RETRY,
  stateIn,
  type Effect,
} from './transition-cases.ts';

/** By name: the event, and what it leads to in each status, in the order of {@link STATUSES}. */
const TABLE: Readonly<
  Record<string, readonly [(state: PaymentState) => LedgerEvent, Readonly<Record<Status, Effect>>]>
> = {
  claim: [
    () => ({ kind: 'claim', place: 'place-1', ...ORIGIN }),
    row('submitting refused refused refused refused refused refused refused refused'),
  ],
  'resend-claim': [
    () => ({ kind: 'resend-claim', place: 'place-1', reference: 'REF-1', ...ORIGIN }),
    row('refused refused refused submitting refused refused refused refused refused'),
  ],
  'resend-claim of an earlier reference': [
    () => ({ kind: 'resend-claim', place: 'place-1', ...EARLIER, ...ORIGIN }),
    row('refused refused refused refused refused refused refused refused refused'),
  ],
  'answer paid': [(state) => answerOf(state, 'paid'), row('unknown! paid paid paid n unknown! unknown! n n!')],
  'answer pending': [(state) => answerOf(state, 'pending'), row('unknown! pending n pending n n n n n')],
  'answer failed': [(state) => answerOf(state, 'failed'), row('n failed failed failed n! n n n n')],
  'answer unknown': [(state) => answerOf(state, 'unknown'), row('n unknown n n n n n n n')],
  'answer that nothing moved': [(state) => answerOf(state, 'planned'), row('n planned n n n n n n n')],
  'answer to a re-send: pending': [
    (state) => answerOf(state, 'pending', { isResend: true }),
    row('unknown! pending n pending n unknown! n n n!'),
  ],
  'answer to a re-send: nothing moved': [
    (state) => answerOf(state, 'planned', { isResend: true }),
    row('n unknown n n n n n n n'),
  ],
  'answer to another attempt': [
    (state) => {
      const event = answerOf(state, 'paid');
      return { ...event, claim: { ...event.claim, attempt: state.tries + 1 } };
    },
    row('refused refused refused refused refused refused refused refused refused'),
  ],
  'answer to an earlier reference': [
    (state) => answerOf({ ...state, reference: 'REF-0' }, 'paid'),
    row('refused refused refused refused refused refused refused refused refused'),
  ],
  'query: paid': [() => reportOf('paid', 'query'), row('unknown! paid paid paid - unknown! unknown! - !')],
  'query: failed': [() => reportOf('failed', 'query'), row('- failed failed failed ! - - - -')],
  'query: cancelled': [() => reportOf('cancelled', 'query'), row('- cancelled cancelled cancelled ! - - - -')],
  'query: returned': [() => reportOf('returned', 'query'), row('unknown! returned returned returned returned ! ! - !')],
  'query: pending': [() => reportOf('pending', 'query'), row('unknown! n n pending - - - - -')],
  'query: unknown': [() => reportOf('unknown', 'query'), row('- n n n - - - - -')],
  'query: not found': [() => reportOf('not-found', 'query'), row('- n n n - - - - -')],
  'callback: paid': [() => reportOf('paid', 'callback'), row('unknown! paid paid paid - unknown! unknown! - !')],
  'callback: failed': [() => reportOf('failed', 'callback'), row('- failed failed failed ! - - - -')],
  'callback: cancelled': [() => reportOf('cancelled', 'callback'), row('- cancelled cancelled cancelled ! - - - -')],
  'callback: returned': [
    () => reportOf('returned', 'callback'),
    row('unknown! returned returned returned returned ! ! - !'),
  ],
  'callback: pending': [() => reportOf('pending', 'callback'), row('unknown! n? n pending - -? - - -?')],
  'callback: unknown': [() => reportOf('unknown', 'callback'), row('- n n n - - - - -')],
  'callback: not found': [() => reportOf('not-found', 'callback'), row('- n n n - - - - -')],
  'statement: paid': [() => reportOf('paid', 'statement'), row('unknown! paid paid paid - unknown! unknown! - !')],
  'statement: failed': [() => reportOf('failed', 'statement'), row('- failed failed failed ! - - - -')],
  'cancellation: cancelled': [() => reportOf('cancelled', 'cancel'), row('- cancelled cancelled cancelled ! - - - -')],
  'report about an earlier reference: paid': [
    () => reportOf('paid', 'query', EARLIER),
    row('unknown! ! ! ! ! unknown! unknown! ! !'),
  ],
  'report about an earlier reference: failed': [() => reportOf('failed', 'query', EARLIER), row('- - - - - - - - -')],
  'report about an earlier reference: pending': [
    () => reportOf('pending', 'query', EARLIER),
    row('unknown! - - - - unknown! unknown! - -'),
  ],
  'callback about an earlier reference: pending': [
    () => reportOf('pending', 'callback', EARLIER),
    row('- - - - - - - - -'),
  ],
  'unverified-callback': [
    () => ({ ...CALLBACK, reference: 'REF-1' }),
    row('unknown!? n? n? n? - unknown!? unknown!? - !?'),
  ],
  'unverified-callback without evidence': [
    () => ({ ...CALLBACK, evidence: null, reference: 'REF-1' }),
    row('unknown!? -? -? -? - unknown!? unknown!? - !?'),
  ],
  'unverified-callback about an earlier reference': [
    () => ({ ...CALLBACK, ...EARLIER }),
    row('unknown! ! ! ! - unknown! unknown! - !'),
  ],
  'decision: paid': [
    () => ({
      kind: 'decision',
      reference: 'REF-1',
      status: 'paid',
      because: 'seen',
      providerReference: null,
      ...ORIGIN,
    }),
    row('refused refused paid paid refused paid paid refused !'),
  ],
  'decision: failed': [
    () => ({
      kind: 'decision',
      reference: 'REF-1',
      status: 'failed',
      because: 'seen',
      providerReference: 'X',
      ...ORIGIN,
    }),
    row('refused refused failed failed refused refused refused refused refused'),
  ],
  'decision about an earlier reference': [
    () => ({ kind: 'decision', ...EARLIER, status: 'failed', because: 'seen', providerReference: null, ...ORIGIN }),
    row('refused refused refused refused refused refused refused refused refused'),
  ],
  retry: [() => RETRY, row('refused refused refused refused refused planned refused refused refused')],
  'retry by name': [
    () => ({ ...RETRY, isNamed: true }),
    row('refused refused refused refused refused planned planned planned refused'),
  ],
  'retry while an earlier reference rests on a person and was not queried': [
    () => ({ ...RETRY, isNamed: true, earlierConfirmedAt: 0 }),
    row('refused refused refused refused refused refused refused refused refused'),
  ],
  'retry with an unprocessed callback': [
    () => ({ ...RETRY, hasUnprocessedCallback: true, isNamed: true }),
    row('refused refused refused refused refused refused refused refused refused'),
  ],
  cancel: [
    () => ({ kind: 'cancel', because: 'left the company', ...ORIGIN }),
    row('cancelled refused refused refused refused refused refused refused refused'),
  ],
  recovery: [
    () => ({ kind: 'recovery', ...ORIGIN }),
    row('refused unknown refused refused refused refused refused refused refused'),
  ],
  'lost-past': [() => ({ kind: 'lost-past', ...ORIGIN }), row('unknown unknown - - - - - - -')],
  replacement: [
    () => ({ kind: 'replacement', replacedBy: 'december/EMP-1', hasUnprocessedCallback: false, ...ORIGIN }),
    row('refused refused refused refused refused replaced replaced refused refused'),
  ],
  'replacement with an unprocessed callback': [
    () => ({ kind: 'replacement', replacedBy: 'december/EMP-1', hasUnprocessedCallback: true, ...ORIGIN }),
    row('refused refused refused refused refused refused refused refused refused'),
  ],
  'replaced-reported-paid': [
    () => ({ kind: 'replaced-reported-paid', replaced: 'december/EMP-1', ...ORIGIN }),
    row('unknown! n! n! n! n! n! n! n! n!'),
  ],
  'replacement-failed': [
    () => ({ kind: 'replacement-failed', replacedBy: 'december/EMP-1', ...ORIGIN }),
    row('refused refused refused refused refused refused refused refused failed'),
  ],
};

function row(effects: string): Readonly<Record<Status, Effect>> {
  const list = effects.split(' ');
  if (list.length !== STATUSES.length)
    throw new Error(`${list.length} effects for ${STATUSES.length} statuses: ${effects}`);
  return Object.fromEntries(STATUSES.map((status, index) => [status, list[index]])) as Record<Status, Effect>;
}

describe('every event in every status', () => {
  for (const [name, [event, effects]] of Object.entries(TABLE)) {
    it(`${name}: has the effect of the table`, () => {
      const actual = Object.fromEntries(
        STATUSES.map((status) => [status, effectOf(stateIn(status), event(stateIn(status)))]),
      );
      expect(actual).toEqual(effects);
    });
  }

  it('is in the table, for every kind of event', () => {
    // The record fails to compile when a kind of event is missing from it.
    const kinds: Readonly<Record<LedgerEvent['kind'], true>> = {
      claim: true,
      'resend-claim': true,
      answer: true,
      'status-report': true,
      'unverified-callback': true,
      decision: true,
      cancel: true,
      retry: true,
      recovery: true,
      'lost-past': true,
      replacement: true,
      'replacement-failed': true,
      'replaced-reported-paid': true,
    };
    const inTable = new Set(Object.values(TABLE).map(([event]) => event(stateIn('unknown')).kind));
    expect([...inTable].sort()).toEqual(Object.keys(kinds).sort());
  });

  it('moves a payment only as the table of moves allows, with an entry that says why', () => {
    for (const [event] of Object.values(TABLE)) {
      for (const status of STATUSES) {
        const state = stateIn(status);
        const change = transition(state, event(state));
        if (change.kind === 'refused' || change.status === status) continue;
        expect([status, change.status, canMove(status, change.status)]).toEqual([status, change.status, true]);
        expect(change.entry?.status).toBe(change.status);
      }
    }
  });
});
