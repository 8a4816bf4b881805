import { describe, expect, it } from 'vitest';
import { canMove, STATUSES, type Status } from '../../src/domain/status.ts';
import {
  consequenceOf,
  earlierConsequenceOf,
  lateConsequenceOf,
  type Consequence,
} from '../../src/ledger/consequences.ts';

const REPORTS = ['paid', 'failed', 'cancelled', 'returned', 'pending', 'unknown', 'not-found'] as const;

/** The status after a report, or null where it stays. */
function statusAfter(consequence: Consequence, reported: (typeof REPORTS)[number]): Status | null {
  switch (consequence) {
    case 'keep':
    case 'conflict':
      return null;
    case 'conflict-unknown':
      return 'unknown';
    case 'move':
      if (reported === 'not-found') throw new Error('a report of "not found" moved a payment');
      return reported;
  }
}

describe('the consequence of a status report', () => {
  it('moves a payment only as the table of moves allows', () => {
    for (const status of STATUSES) {
      for (const report of REPORTS) {
        for (const isAsked of [true, false]) {
          const to = statusAfter(consequenceOf(status, report, isAsked), report);
          if (to !== null) expect([status, to, canMove(status, to)]).toEqual([status, to, true]);
        }
      }
    }
  });

  it('never makes a payment ready to be sent', () => {
    for (const status of STATUSES) {
      for (const report of REPORTS) {
        const to = statusAfter(consequenceOf(status, report, true), report);
        expect(to).not.toBe('planned');
        expect(to).not.toBe('submitting');
        if (to === 'failed') expect(report).toBe('failed');
      }
    }
  });

  it('makes a payment unknown that was paid where none should be, so that no retry takes it', () => {
    for (const status of ['planned', 'failed', 'cancelled'] as const) {
      expect(consequenceOf(status, 'paid', false)).toBe('conflict-unknown');
      expect(earlierConsequenceOf(status, 'paid', false)).toBe('conflict-unknown');
    }
    expect(consequenceOf('failed', 'pending', true)).toBe('conflict-unknown');
    expect(consequenceOf('planned', 'pending', false)).toBe('conflict-unknown');
    // A callback may have been under way since before the payment failed.
    expect(consequenceOf('failed', 'pending', false)).toBe('keep');
  });

  it('lets the first final report stand against a later one', () => {
    expect(consequenceOf('paid', 'failed', true)).toBe('conflict');
    expect(consequenceOf('paid', 'returned', true)).toBe('move');
    expect(earlierConsequenceOf('paid', 'paid', false)).toBe('conflict');
    expect(earlierConsequenceOf('planned', 'failed', false)).toBe('keep');
  });

  it('takes a late acceptance after a failure for another request only when there was one', () => {
    expect(lateConsequenceOf('failed', 'pending', false)).toBe('keep');
    expect(lateConsequenceOf('failed', 'pending', true)).toBe('conflict-unknown');
    expect(lateConsequenceOf('unknown', 'planned', false)).toBe('keep');
  });
});
