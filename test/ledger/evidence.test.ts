import { describe, expect, it } from 'vitest';
import { canMove, STATUSES } from '../../src/domain/status.ts';
import { earlierVerdictOf, guarded, lateVerdictOf, verdictOf } from '../../src/ledger/evidence.ts';

const SAID = ['paid', 'failed', 'cancelled', 'returned', 'pending', 'unknown', 'not-found'] as const;

describe('what is said about a payment', () => {
  it('moves it only as the table of moves allows', () => {
    for (const status of STATUSES) {
      for (const said of SAID) {
        for (const isFresh of [true, false]) {
          const verdict = verdictOf(status, said, isFresh);
          const to = verdict.kind === 'keep' ? null : verdict.to;
          if (to !== null) expect([status, to, canMove(status, to)]).toEqual([status, to, true]);
        }
      }
    }
  });

  it('never makes a payment fit to be sent again, but by a failure', () => {
    for (const status of STATUSES) {
      for (const said of SAID) {
        const verdict = verdictOf(status, said, true);
        if (verdict.kind === 'keep') continue;
        expect(verdict.to).not.toBe('planned');
        expect(verdict.to).not.toBe('submitting');
        if (verdict.to === 'failed') expect(said).toBe('failed');
      }
    }
  });

  it('takes what was paid where none should be out of the reach of every retry', () => {
    for (const status of ['planned', 'failed'] as const) {
      expect(verdictOf(status, 'paid', false)).toEqual({ kind: 'contradict', to: 'unknown' });
      expect(earlierVerdictOf(status, 'paid')).toEqual({ kind: 'contradict', to: 'unknown' });
    }
    expect(verdictOf('failed', 'pending', true)).toEqual({ kind: 'contradict', to: 'unknown' });
    expect(verdictOf('planned', 'pending', false)).toEqual({ kind: 'contradict', to: 'unknown' });
    // An old callback that was under way for long is not what the provider says now.
    expect(verdictOf('failed', 'pending', false)).toEqual({ kind: 'keep' });
  });

  it('lets the first final word stand against a later one', () => {
    expect(verdictOf('paid', 'failed', true)).toEqual({ kind: 'contradict', to: null });
    expect(verdictOf('paid', 'returned', true)).toEqual({ kind: 'move', to: 'returned' });
    expect(verdictOf('cancelled', 'paid', true)).toEqual({ kind: 'contradict', to: 'unknown' });
    expect(earlierVerdictOf('paid', 'paid')).toEqual({ kind: 'contradict', to: null });
    expect(earlierVerdictOf('planned', 'failed')).toEqual({ kind: 'keep' });
  });

  it('never makes a payment fit to be sent again while an earlier presentation counts as paid', () => {
    for (const to of ['planned', 'failed', 'cancelled'] as const) {
      expect(guarded({ kind: 'move', to }, true)).toEqual({ kind: 'doubt', to: 'unknown' });
      expect(guarded({ kind: 'move', to }, false)).toEqual({ kind: 'move', to });
    }
    expect(guarded({ kind: 'move', to: 'paid' }, true)).toEqual({ kind: 'move', to: 'paid' });
  });

  it('as a late answer, says that an acceptance after a failure was another request only when it was', () => {
    expect(lateVerdictOf('failed', 'pending', false)).toEqual({ kind: 'keep' });
    expect(lateVerdictOf('failed', 'pending', true)).toEqual({ kind: 'contradict', to: 'unknown' });
    expect(lateVerdictOf('unknown', 'planned', false)).toEqual({ kind: 'keep' });
  });
});
