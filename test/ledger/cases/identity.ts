import { describe, expect, it } from 'vitest';
import type { Bench } from '../conformance.ts';
import { payments, registration } from '../sample.ts';

export function identityCases({ ledger }: Bench): void {
  describe('the identity of a ledger', () => {
    it('keeps its id, and its counter rises with every change and with nothing else', async () => {
      const { id, counter } = await ledger().identity();
      expect(id).toMatch(/^[0-9a-f-]{32,36}$/);
      await ledger().register(registration('november', payments(2)));
      const registered = await ledger().identity();
      expect(registered).toMatchObject({ id, organisation: null });
      expect(registered.counter).toBe(counter + 1);
      await ledger().tallies('november');
      expect((await ledger().identity()).counter).toBe(counter + 1);
    });

    it('names every batch', async () => {
      expect(await ledger().batchIds()).toEqual(new Set());
      await ledger().register(registration('november', payments(1)));
      await ledger().register(registration('december', payments(1), { refuseCopiesSince: null }));
      expect(await ledger().batchIds()).toEqual(new Set(['november', 'december']));
    });

    it('has the first organisation that was recorded', async () => {
      expect(await ledger().recordOrganisation('acme-ke')).toBe('acme-ke');
      expect(await ledger().recordOrganisation('other-ke')).toBe('acme-ke');
      expect((await ledger().identity()).organisation).toBe('acme-ke');
    });

    it('has the organisation of its batches where none was recorded', async () => {
      await ledger().register(registration('november', payments(1)));
      expect(await ledger().recordOrganisation('other-ke')).toBe('acme-ke');
    });
  });
}
