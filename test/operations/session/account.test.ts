import { describe, expect, it } from 'vitest';
import type { AccountConfig } from '../../../src/config/config.ts';
import type { BatchRecord } from '../../../src/ledger/records.ts';
import { checkProvider, isLive } from '../../../src/operations/session/account.ts';

const account: AccountConfig = {
  name: 'salaries',
  provider: 'sellapay',
  endpoint: null,
  environment: 'live',
  currency: 'KES',
  credentials: {},
  options: {},
  callbackToken: null,
  callbackSources: [],
  hasMagic: false,
  canary: null,
  stopWhen: null,
  hours: null,
  onShort: 'hold',
  statement: { columns: {}, paid: [], out: null, encoding: null, numberFormat: null },
  limits: { rates: null, concurrency: null, maxAmountMinor: null },
};

describe('an account', () => {
  it('that was given to another provider pays nothing that was registered for the old one', () => {
    const record = { header: { id: 'november' }, providers: { salaries: 'pesaway' } } as unknown as BatchRecord;
    expect(() => checkProvider(record, account)).toThrow(/november.*pesaway.*salaries.*sellapay/);
    expect(() => checkProvider(record, { ...account, provider: 'pesaway' })).not.toThrow();
    expect(() => checkProvider(record, { ...account, name: 'added-later' })).not.toThrow();
  });

  it.each([
    [{ environment: 'live' }, true],
    [{ environment: 'live', endpoint: 'simulator' }, false],
    [{ environment: 'sandbox', endpoint: 'https://pay.example.org' }, false],
    [{ environment: null, endpoint: 'https://pay.example.org' }, true],
    [{ environment: null, endpoint: 'http://127.0.0.1:8790/api/v1' }, false],
    [{ environment: null, endpoint: 'http://[::1]:8790' }, false],
    [{ environment: null, endpoint: 'https://127.0.0.1.example.org' }, true],
  ] as const)('with %j asks before it pays: %s', (change, live) => {
    expect(isLive({ ...account, ...change })).toBe(live);
  });
});
