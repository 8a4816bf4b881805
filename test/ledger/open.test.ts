import { describe, expect, it } from 'vitest';
import { ledgerPlace, openLedger } from '../../src/ledger/open.ts';
import { payments, registration } from './sample.ts';

describe('a ledger URL', () => {
  it('of an unknown scheme is refused with the form that a ledger has, and without the password in it', async () => {
    const opening = openLedger({ url: 'postgres://payer:secret@host/payrun', create: true });
    await expect(opening).rejects.toMatchObject({
      fault: 'unusable',
      message: expect.stringContaining('sqlite:PATH') as string,
    });
    await expect(opening).rejects.toMatchObject({ message: expect.not.stringContaining('secret') as string });
  });

  it('names the file of an SQLite ledger in messages', async () => {
    expect(ledgerPlace('sqlite:/srv/payrun.db')).toBe('/srv/payrun.db');
    const opening = openLedger({ url: 'sqlite:/nowhere/payrun.db', create: false });
    await expect(opening).rejects.toMatchObject({
      fault: 'missing',
      message: expect.stringContaining('no ledger at /nowhere/payrun.db') as string,
    });
  });

  it('opens a fresh ledger in memory each time', async () => {
    const [first, second] = [
      await openLedger({ url: 'memory:', create: true }),
      await openLedger({ url: 'memory:', create: true }),
    ];
    await first.register(registration('november', payments(1)));
    expect([(await first.batches()).length, (await second.batches()).length]).toEqual([1, 0]);
  });
});
