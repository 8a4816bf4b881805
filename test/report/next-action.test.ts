import { describe, expect, it } from 'vitest';
import { STATUSES } from '../../src/domain/status.ts';
import { defaultNextAction } from '../../src/report/next-action.ts';
import { payment } from './batch.ts';

describe('the next step', () => {
  it('is there for every status that needs one, and never invites to pay twice', () => {
    const step = Object.fromEntries(
      STATUSES.map((status) => [status, defaultNextAction(payment({ status, attempts: 0 }), null)]),
    );
    expect(step['paid']).toBe('');
    expect(step['cancelled']).toContain('payrun retry payroll --id EMP-1');
    expect(defaultNextAction(payment({ status: 'cancelled', isCancelledByPerson: true }), null)).toBe('');
    expect(step['planned']).toContain('payrun run');
    expect(step['submitting']).toContain('payrun status');
    expect(step['pending']).toContain('payrun settle');
    expect(step['failed']).toContain('payrun retry payroll --id EMP-1');
    expect(step['unknown']).toContain('payrun resolve ABCDEFGH0123456789XY');
    expect(step['unknown']).not.toContain('retry');
    expect(step['returned']).toContain('new batch');
    for (const status of STATUSES) {
      const contradicted = defaultNextAction(payment({ status, code: 'contradiction' }), null);
      expect([status, contradicted]).toEqual([status, expect.stringContaining('contradict')]);
      expect(contradicted).not.toContain('No money moved');
    }
  });

  it('names what the provider advises to look for', () => {
    const manualCheck = 'Look for TXN-1 in the Sellapay statement.';
    for (const status of ['unknown', 'pending'] as const) {
      const step = defaultNextAction(payment({ status }), manualCheck);
      expect(step).toContain(manualCheck);
      expect(step).toContain('payrun resolve ABCDEFGH0123456789XY --as paid');
      expect(step).not.toContain('payrun settle');
    }
  });

  it('differs between a payment that was never tried and one that was refused', () => {
    expect(defaultNextAction(payment({ status: 'planned', attempts: 0, reason: '' }), null)).toContain('Not sent yet');
    expect(defaultNextAction(payment({ status: 'planned', reason: 'No balance.' }), null)).toContain('Mend');
  });

  it('can be pasted into a shell whatever the id is', () => {
    const step = defaultNextAction(payment({ status: 'failed', id: "a b; rm -rf 'x'" }), null);
    expect(step).toContain(`--id 'a b; rm -rf '\\''x'\\'''.`);
  });
});
