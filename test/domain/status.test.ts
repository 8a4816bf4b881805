import { describe, expect, it } from 'vitest';
import { canMove, isFinal, MOVES, STATUSES, type Status } from '../../src/domain/status.ts';

describe('the moves of a payment', () => {
  it('never lead from a payment that may have been paid back to a send, except by a re-send', () => {
    expect(canMove('unknown', 'planned')).toBe(false);
    expect(canMove('pending', 'planned')).toBe(false);
    expect(canMove('pending', 'submitting')).toBe(false);
    expect(canMove('paid', 'planned')).toBe(false);
    expect(canMove('paid', 'failed')).toBe(false);
  });

  it('reach the wire only through a durable claim', () => {
    const intoPending = STATUSES.filter((status) => canMove(status, 'pending'));
    expect(intoPending).toEqual(['submitting', 'unknown']);
    expect(MOVES.planned).not.toContain('paid');
  });

  it('leave a final status only for a return, a new generation, a correction, or a payment where none should be', () => {
    const ways: Partial<Record<Status, readonly Status[]>> = {
      cancelled: ['planned', 'paid', 'unknown', 'replaced'],
      paid: ['returned'],
      failed: ['planned', 'paid', 'unknown', 'replaced'],
      returned: ['planned'],
      replaced: ['failed', 'cancelled', 'unknown', 'paid'],
    };
    for (const status of STATUSES.filter(isFinal)) expect(MOVES[status]).toEqual(ways[status] ?? []);
  });
});
