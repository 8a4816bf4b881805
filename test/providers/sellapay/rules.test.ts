import { describe, expect, it } from 'vitest';
import type { DestinationReading, DestinationRule } from '../../../src/domain/rules.ts';
import { sellapay } from '../../../src/providers/index.ts';

function rule(kind: 'mobile' | 'wallet' | 'bank', options: Record<string, unknown> = {}): DestinationRule {
  const rules = sellapay.rules({
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

function reader(kind: 'mobile' | 'wallet' | 'bank'): (fields: Readonly<Record<string, string>>) => DestinationReading {
  const found = rule(kind);
  return (fields) => found.normalise(fields);
}

const fault = (reading: DestinationReading): string => (reading.ok ? 'ok' : reading.fault.code);

describe('phones', () => {
  const normalise = reader('mobile');

  it.each([
    '+254712345678',
    '254712345678',
    '0712345678',
    '712345678',
    '+254 712 345 678',
    '0712-345-678',
    '(0712) 345.678',
    '254\u00a0712\u2011345\u2011678',
  ])('%s is +254712345678', (mobile) => {
    expect(normalise({ mobile })).toEqual({ ok: true, destination: { kind: 'mobile', phone: '+254712345678' } });
  });

  it.each(['+254112345678', '0112345678', '112345678', '254112345678'])('%s is +254112345678', (mobile) => {
    expect(normalise({ mobile })).toEqual({ ok: true, destination: { kind: 'mobile', phone: '+254112345678' } });
  });

  it.each([
    ['', 'mobile-missing'],
    ['+255712345678', 'mobile-not-kenyan'],
    ['255712345678', 'mobile-not-kenyan'],
    ['+712345678', 'mobile-not-kenyan'],
    ['00255712345678', 'mobile-not-kenyan'],
    ['000254712345678', 'mobile-not-kenyan'],
    ['0025471234567', 'mobile-too-short'],
    ['002540712345678', 'mobile-extra-zero'],
    ['00712345678', 'mobile-not-kenyan'],
    ['+254 (0)71 234 567', 'mobile-extra-zero'],
    ['07123456', 'mobile-too-short'],
    ['71234567', 'mobile-too-short'],
    ['254712345', 'mobile-too-short'],
    ['+2547123456789', 'mobile-too-long'],
    ['07123456789', 'mobile-too-long'],
    ['7123456789', 'mobile-too-long'],
    ['+2540712345678', 'mobile-extra-zero'],
    ['0202345678', 'mobile-not-mobile'],
    ['812345678', 'mobile-not-mobile'],
    ['0712345678 / 0713', 'mobile-syntax'],
    ['0712E45678', 'mobile-syntax'],
    ['２５４712345678', 'mobile-syntax'],
  ])('%s is refused: %s', (mobile, code) => expect(fault(normalise({ mobile }))).toBe(code));

  it('are not repeated in a fault', () => {
    for (const mobile of ['255712345678', '071234567', '07123456789', '0712x345678']) {
      const reading = normalise({ mobile });
      expect(JSON.stringify(reading).replaceAll('+2547XXXXXXXX', '')).not.toMatch(/\d{4,}/);
    }
  });

  // A search that takes time with the square of the length would not end within this test's time.
  it.each([
    ['0712 ', 'mobile-too-long'],
    ['+', 'mobile-syntax'],
    [' ', 'mobile-missing'],
    ['-x', 'mobile-syntax'],
  ])('are read to an end, also a million of %j', (mark, code) => {
    expect(fault(normalise({ mobile: mark.repeat(1_000_000) }))).toBe(code);
  });
});

describe('banks', () => {
  const { nameRequired, nameMax } = rule('bank');
  const normalise = reader('bank');

  it('are named by three digits, and want the recipient’s name', () => {
    const reading = normalise({ bank_code: '015', bank_account: '0110000777' });
    expect(reading).toEqual({ ok: true, destination: { kind: 'bank', code: '015', account: '0110000777' } });
    expect([nameRequired, nameMax]).toEqual([true, 100]);
  });

  it('that Sellapay does not print are a warning', () => {
    const reading = normalise({ bank_code: '099', bank_account: '0110000777' });
    expect(reading).toMatchObject({ ok: true, warning: { field: 'bank_code', code: 'bank-code-unknown' } });
  });

  it('whose leading zero is lost are refused with the code that was probably meant', () => {
    const reading = normalise({ bank_code: '15', bank_account: '0110000777' });
    expect(reading).toMatchObject({ ok: false, fault: { field: 'bank_code', code: 'bank-code-leading-zero' } });
    if (!reading.ok) expect(reading.fault.message).toContain('015');
  });

  it.each([
    [{ bank_code: 'EQBLKENA', bank_account: '0110000777' }, 'bank-code-syntax'],
    [{ bank_code: '', bank_account: '0110000777' }, 'bank-code-syntax'],
    [{ bank_code: '0155', bank_account: '0110000777' }, 'bank-code-syntax'],
    [{ bank_code: '015', bank_account: '0110' }, 'bank-account-syntax'],
    [{ bank_code: '015', bank_account: '1'.repeat(21) }, 'bank-account-syntax'],
    [{ bank_code: '015', bank_account: '1.1E+10' }, 'bank-account-syntax'],
    [{ bank_code: '015', bank_account: '' }, 'bank-account-syntax'],
  ])('%j is refused: %s', (fields, code) => expect(fault(normalise(fields))).toBe(code));

  it.each(['upstream-2026-02-10', 'examples'])(
    'are named by SWIFT codes in the dialect %s, which has no names',
    (field_dialect) => {
      const swift = rule('bank', { field_dialect });
      const fields = { bank_code: 'eqblkena', bank_account: '0110000777' };
      expect(swift.normalise(fields)).toEqual({
        ok: true,
        destination: { kind: 'bank', code: 'EQBLKENA', account: '0110000777' },
      });
      expect(swift.normalise({ ...fields, bank_code: 'COBAKENAN' })).toMatchObject({ ok: true });
      expect(swift.normalise({ ...fields, bank_code: 'ABCDKENA' })).toMatchObject({
        ok: true,
        warning: { code: 'bank-code-unknown' },
      });
      expect(fault(swift.normalise({ ...fields, bank_code: '015' }))).toBe('bank-code-syntax');
      expect([swift.nameRequired, swift.nameMax]).toEqual([false, null]);
    },
  );
});

describe('wallets', () => {
  const normalise = reader('wallet');

  it('are 1 to 64 letters and digits', () => {
    expect(normalise({ wallet: 'acctSIM0002' })).toEqual({
      ok: true,
      destination: { kind: 'wallet', wallet: 'acctSIM0002' },
    });
    for (const wallet of ['', 'with space', 'a-b', 'x'.repeat(65)])
      expect(fault(normalise({ wallet }))).toBe('wallet-syntax');
  });
});

describe('amounts', () => {
  it('have the documented bounds: from 1 KES, mobiles up to 70,000', () => {
    expect(rule('mobile')).toMatchObject({ minAmountMinor: 1_00n, maxAmountMinor: 70_000_00n, stepMinor: 1n });
    expect(rule('bank')).toMatchObject({ minAmountMinor: 1_00n, maxAmountMinor: null });
    expect(rule('wallet')).toMatchObject({ minAmountMinor: 1_00n, maxAmountMinor: null });
  });

  it('or those of the options', () => {
    const options = { min_amount: '10.50', max_mobile_amount: 150000 };
    expect(rule('mobile', options)).toMatchObject({ minAmountMinor: 10_50n, maxAmountMinor: 150_000_00n });
  });
});

describe('limits', () => {
  it('are the documented ones, and those of the options', () => {
    const limits = sellapay.limits({ authorize_rate: '5/min' });
    expect(limits).toEqual({
      concurrency: 4,
      budgets: [
        { name: 'authorize', scope: 'machine', rates: [{ count: 5, windowMs: 60_000 }] },
        { name: 'business', scope: 'account', rates: [{ count: 90, windowMs: 60_000 }] },
      ],
      payoutBudget: 'business',
      documentedRates: [{ count: 100, windowMs: 60_000 }],
    });
  });
});
