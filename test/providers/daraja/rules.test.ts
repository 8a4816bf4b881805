import { describe, expect, it } from 'vitest';
import type { DestinationRule } from '../../../src/domain/rules.ts';
import { CallbackAddresses } from '../../../src/providers/daraja/callback-address.ts';
import { daraja } from '../../../src/providers/index.ts';
import { ADDRESS, payment, PAYBILL, TILL } from './payments.ts';

function rule(kind: 'mobile' | 'paybill' | 'till', options: Record<string, unknown> = {}): DestinationRule {
  const rules = daraja.rules({
    account: 'salaries',
    currency: 'KES',
    environment: null,
    options,
    maxAmountMinor: null,
  });
  const found = rules.destinations[kind];
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
}

describe('what can be paid', () => {
  it('is whole shillings, and to phones from 10 to 250,000 or as the account says', () => {
    expect(rule('mobile')).toMatchObject({ minAmountMinor: 10_00n, maxAmountMinor: 250_000_00n, stepMinor: 100n });
    expect(rule('mobile', { min_amount: '50', max_amount: '70000' })).toMatchObject({
      minAmountMinor: 50_00n,
      maxAmountMinor: 70_000_00n,
    });
    expect(rule('paybill')).toMatchObject({ minAmountMinor: 1_00n, maxAmountMinor: null, stepMinor: 100n });
    expect(rule('till')).toMatchObject({ minAmountMinor: 1_00n, maxAmountMinor: null, stepMinor: 100n });
  });

  it.each(['+254711222333', '0711222333', '254711222333', '711 222 333'])('%s is a phone', (mobile) => {
    expect(rule('mobile').normalise({ mobile })).toEqual({
      ok: true,
      destination: { kind: 'mobile', phone: '+254711222333' },
    });
  });

  it.each(['+255711222333', '0811222333', '07112223', ''])('%j is none', (mobile) => {
    expect(rule('mobile').normalise({ mobile })).toMatchObject({ ok: false, fault: { field: 'mobile' } });
  });

  it.each([
    ['888880', 'INV-2211', 'ok'],
    ['88888', 'a', 'ok'],
    ['8888801', '1234567890123', 'ok'],
    ['8888', 'a', 'paybill-syntax'],
    ['88888012', 'a', 'paybill-syntax'],
    ['88888x', 'a', 'paybill-syntax'],
    ['888880', '', 'paybill-account-syntax'],
    ['888880', '12345678901234', 'paybill-account-syntax'],
    ['888880', 'a&b', 'paybill-account-syntax'],
  ])('the paybill %j with the account %j is %s', (paybill, paybill_account, code) => {
    const reading = rule('paybill').normalise({ paybill, paybill_account });
    expect(reading.ok ? 'ok' : reading.fault.code).toBe(code);
    if (!reading.ok && paybill_account.length > 3) expect(reading.fault.message).not.toContain(paybill_account);
  });

  it.each([
    ['765432', 'ok'],
    ['1234', 'till-syntax'],
    ['12765432', 'till-syntax'],
    ['12 345', 'till-syntax'],
  ])('the till %j is %s', (till, code) => {
    const reading = rule('till').normalise({ till });
    expect(reading.ok ? 'ok' : reading.fault.code).toBe(code);
  });
});

describe('an address for callbacks', () => {
  it.each(['mpesa', 'M-Pesa', 'SAFARICOM', 'exe', 'Exec', 'cmd', 'SQL', 'query'])(
    'with %s in it is refused, and the word is named',
    (word) => {
      const fault = daraja.addressFault?.(`https://pay.example.org/${word}s/callbacks/0123`);
      expect(fault?.toLowerCase()).toContain(`"${word.toLowerCase()}"`);
      expect(fault).toMatch(/\.$/);
    },
  );

  it('of the ordinary kind is fine, and so is everything that is put behind it', () => {
    expect(daraja.addressFault?.(ADDRESS)).toBeNull();
    const segments = new CallbackAddresses('secret');
    for (let at = 0; at < 500; at++) {
      const reference = `EXECMDSQ${at}`.padEnd(20, 'X');
      const all = [
        segments.write({ kind: 'r', reference }),
        segments.write({ kind: 't', reference }),
        segments.write({ kind: 'q', reference, query: at }),
        segments.write({ kind: 'u', reference, query: at }),
        segments.write({ kind: 'b', nonce: at.toString(16) }),
        segments.write({ kind: 'v', nonce: at.toString(16) }),
      ];
      for (const segment of all) {
        expect(segment).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(daraja.addressFault?.(`${ADDRESS}/${segment}`)).toBeNull();
      }
    }
  });

  it('ends in a code that only who was given it can write', () => {
    const segments = new CallbackAddresses('secret');
    const reference = '0123456789ABCDEFGHJK';
    const result = segments.write({ kind: 'r', reference });
    const question = segments.write({ kind: 'q', reference, query: 12 });
    expect(segments.read(result)).toEqual({ kind: 'r', reference });
    expect(segments.read(question)).toEqual({ kind: 'q', reference, query: 12 });
    expect(new CallbackAddresses('another').read(result)).toBeNull();
    const forged = [
      '',
      '-',
      'r',
      result.slice(0, -1),
      `t${result.slice(1)}`,
      question.replace('-12-', '-13-'),
      'r-00-00',
    ];
    for (const text of forged) expect(segments.read(text)).toBeNull();
  });
});

describe('the manual check', () => {
  it('names the reference and the amount, and no whole number of the recipient', () => {
    for (const more of [{}, PAYBILL, TILL]) {
      const text = daraja.manualCheck?.(payment(more), 'unknown', { shortcode: '600981' }) ?? '';
      expect(text).toContain('0123456789ABCDEFGHJK');
      expect(text).toContain('KES 1500.00');
      for (const whole of ['711222333', 'INV-2211', '765432']) expect(text).not.toContain(whole);
    }
  });
});

describe('when to ask', () => {
  it('is after 1, 2, 5, 15 and 60 minutes, then hourly for a day, or as the account says', () => {
    const minutes = [1, 2, 5, 15, 60].map((minute) => minute * 60_000);
    expect(daraja.polling?.({})).toEqual({ agesMs: minutes, everyMs: 3_600_000, untilMs: 86_400_000 });
    expect(daraja.polling?.({ poll: ['2s', '500ms'], poll_every: '1s', poll_until: '1m' })).toEqual({
      agesMs: [500, 2_000],
      everyMs: 1_000,
      untilMs: 60_000,
    });
  });
});
