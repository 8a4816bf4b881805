import { describe, expect, it } from 'vitest';
import { canBeRecovered, pastFault, pastMessage, type KnownPast } from '../../src/ledger/past-rules.ts';

const ID = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);

function known(changes: Partial<KnownPast> = {}): KnownPast {
  const seen = { id: ID, counter: 10, writtenAt: 0 };
  const copy = { ...seen, file: `/state/${ID}`, ledgerPath: '/pay/payrun.db', usedProvider: true };
  return { ledger: { id: ID, counter: 10, checkpointed: 5, isRecovering: false }, mark: seen, copy, ...changes };
}
const mark = (counter: number, id = ID): KnownPast['mark'] => ({ id, counter, writtenAt: 0 });

describe('the past of a ledger', () => {
  it('is right where ledger, mark and copy agree, and where the ledger is newer than its marks', () => {
    expect(pastFault(known())).toBeNull();
    expect(pastFault(known({ mark: mark(9), file: { id: ID, counter: 5 } }))).toBeNull();
    expect(pastFault(known({ copy: null }))).toBeNull();
    expect(pastFault(known({ mark: null }))).toBeNull();
  });

  it('is wrong in one way for each thing that differs', () => {
    const { ledger } = known();
    const cases: readonly (readonly [string, Partial<KnownPast>])[] = [
      ['behind', { mark: mark(11) }],
      ['behind', { mark: null, copy: { ...known().copy, counter: 11 } as KnownPast['copy'] }],
      ['other', { mark: mark(3, OTHER) }],
      ['unmarked', { mark: null, copy: null }],
      ['older-file', { file: { id: ID, counter: 4 } }],
      ['older-file', { file: null }],
      ['older-log', { file: { id: ID, counter: 11 } }],
      ['foreign-log', { file: { id: OTHER, counter: 5 } }],
      ['lost', { ledger: null }],
      ['recovering', { ledger: ledger === null ? null : { ...ledger, isRecovering: true } }],
    ];
    for (const [kind, changes] of cases) expect([changes, pastFault(known(changes))?.kind]).toEqual([changes, kind]);
  });

  it('is none of a new ledger, nor of one that only the simulator paid from', () => {
    const ledger = { id: ID, counter: 0, checkpointed: 0, isRecovering: false };
    expect(pastFault({ ledger, mark: null, copy: null })).toBeNull();
    const copy = { ...(known().copy as NonNullable<KnownPast['copy']>), usedProvider: false };
    expect(pastFault({ ledger: null, mark: null, copy })).toBeNull();
  });

  it('is said with place, counters and the next step, and never opened where log and file do not belong together', () => {
    const fault = pastFault(known({ mark: mark(12) }));
    if (fault === null) throw new Error('no fault');
    expect(pastMessage('/pay/payrun.db', fault)).toMatch(
      /\/pay\/payrun\.db .*10 changes.*\/pay\/payrun\.db\.mark.*12.*recover/,
    );
    expect(canBeRecovered(fault)).toBe(true);
    for (const file of [null, { id: ID, counter: 11 }, { id: OTHER, counter: 5 }]) {
      const wrong = pastFault(known({ file }));
      if (wrong === null) throw new Error('no fault');
      expect(canBeRecovered(wrong)).toBe(false);
      expect(pastMessage('/pay/payrun.db', wrong)).toContain('/pay/payrun.db-wal');
    }
  });
});
