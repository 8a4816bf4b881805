import { describe, expect, it } from 'vitest';
import type { AccountRules, DestinationReading } from '../../../src/domain/rules.ts';
import { mpesaOpenapi } from '../../../src/providers/index.ts';
import type { Environment } from '../../../src/providers/port.ts';

function rules(
  market: string,
  currency: string,
  environment: Environment | null = 'live',
  options: Record<string, unknown> = {},
): AccountRules {
  return mpesaOpenapi.rules({
    account: 'wages',
    currency,
    environment,
    options: { market, service_provider_code: '900123', ...options },
    maxAmountMinor: null,
  });
}

function mobile(market: string, currency: string, text: string, environment?: Environment): DestinationReading {
  const reading = rules(market, currency, environment).destinations.mobile?.normalise({ mobile: text });
  if (reading === undefined) throw new Error('no mobile');
  return reading;
}

describe('a mobile', () => {
  it.each([
    ['tanzania', 'TZS', '+255744000111', '+255744000111'],
    ['vodacomTZN', 'TZS', '0744 000 111', '+255744000111'],
    ['tanzania', 'TZS', '744000111', '+255744000111'],
    ['tanzania', 'TZS', '255-744-000-111', '+255744000111'],
    ['ghana', 'GHS', '(020) 400.0111', '+233204000111'],
    ['vodafoneGHA', 'GHS', '233504000111', '+233504000111'],
    // Eleven digits in all, whatever the portal's pattern says.
    ['lesotho', 'LSL', '+26658000111', '+26658000111'],
    ['vodacomLES', 'LSL', '58000111', '+26658000111'],
    ['drc', 'USD', '+243820000111', '+243820000111'],
    ['vodacomDRC', 'CDF', '0820000111', '+243820000111'],
    ['mozambique', 'MZN', '258840000111', '+258840000111'],
    ['vodacomMOZ', 'MZN', '850000111', '+258850000111'],
  ])('of %s (%s), %s is %s', (market, currency, text, phone) => {
    expect(mobile(market, currency, text)).toEqual({ ok: true, destination: { kind: 'mobile', phone } });
  });

  it.each([
    ['', 'mobile-missing'],
    ['+254712000111', 'mobile-foreign'],
    ['+2550744000111', 'mobile-extra-zero'],
    ['2550744000111', 'mobile-extra-zero'],
    ['+25574400011', 'mobile-too-short'],
    ['+2557440001112', 'mobile-too-long'],
    ['254712000111', 'mobile-too-long'],
    ['07440001', 'mobile-too-short'],
    ['00254744000111', 'mobile-foreign'],
    ['0025574400011', 'mobile-too-short'],
    ['000255744000111', 'mobile-foreign'],
    ['7.44E+08', 'mobile-syntax'],
    ['2.55744E+11', 'mobile-syntax'],
    ['０７４４０００１１１', 'mobile-syntax'],
  ])('of Tanzania is not %j: %s', (text, code) => {
    const reading = mobile('tanzania', 'TZS', text);
    expect(reading).toMatchObject({ ok: false, fault: { field: 'mobile', code } });
    if (!reading.ok && text.length > 6) expect(reading.fault.message).not.toContain(text);
  });

  it('has no zero in front where people write none', () => {
    expect(mobile('lesotho', 'LSL', '058000111').ok).toBe(false);
    expect(mobile('mozambique', 'MZN', '0840000111').ok).toBe(false);
  });

  it.each([
    // National although it begins like the country code.
    ['ghana', 'GHS', '233744000', '+233233744000'],
    ['ghana', 'GHS', '0244000111', '+233244000111'],
    ['tanzania', 'TZS', '0684123456', '+255684123456'],
    ['tanzania', 'TZS', '0714123456', '+255714123456'],
    ['lesotho', 'LSL', '62123456', '+26662123456'],
    ['drc', 'USD', '0992345678', '+243992345678'],
    ['drc', 'USD', '0842345678', '+243842345678'],
    ['mozambique', 'MZN', '820000111', '+258820000111'],
  ])("of %s (%s), %s is another operator's, which is a warning: numbers move", (market, currency, text, phone) => {
    expect(mobile(market, currency, text)).toMatchObject({
      ...{ ok: true, destination: { phone } },
      warning: { field: 'mobile', code: 'mobile-other-network' },
    });
  });

  it.each([
    ['tanzania', 'TZS', '0744000111'],
    ['tanzania', 'TZS', '0754000111'],
    ['tanzania', 'TZS', '0764000111'],
    ['tanzania', 'TZS', '0794000111'],
    ['lesotho', 'LSL', '51234567'],
    ['drc', 'USD', '0810000111'],
    ['drc', 'USD', '0820000111'],
    ['drc', 'USD', '0830000111'],
    ['drc', 'USD', '0860000111'],
    ['mozambique', 'MZN', '840000111'],
  ])("of %s (%s), %s is the operator's own", (market, currency, text) => {
    expect(Object.keys(mobile(market, currency, text))).toEqual(['ok', 'destination']);
  });

  it.each([
    ['tanzania', 'TZS', '0222123456'],
    ['ghana', 'GHS', '0302123456'],
    ['lesotho', 'LSL', '22123456'],
    ['drc', 'USD', '0122345678'],
    ['mozambique', 'MZN', '211234567'],
  ])('of %s (%s) is no landline: %s', (market, currency, text) => {
    expect(mobile(market, currency, text)).toMatchObject({ ok: false, fault: { code: 'mobile-not-mobile' } });
  });

  it('in a block that nobody is known to have is a warning', () => {
    expect(mobile('tanzania', 'TZS', '0642123456')).toMatchObject({ ok: true, warning: { code: 'mobile-unlikely' } });
  });

  it('of the sandbox is kept as given, in the sandbox only', () => {
    expect(mobile('tanzania', 'TZS', '000000000001', 'sandbox')).toEqual({
      ok: true,
      destination: { kind: 'mobile', phone: '000000000001' },
    });
    expect(mobile('tanzania', 'TZS', '000000000001').ok).toBe(false);
    expect(mobile('tanzania', 'TZS', '000000000011', 'sandbox').ok).toBe(false);
  });
});

describe('a business', () => {
  const { till, paybill } = rules('tanzania', 'TZS').destinations;

  it('is paid by its short code, as a till or as a paybill without an account', () => {
    expect(till?.normalise({ till: '400200' })).toEqual({ ok: true, destination: { kind: 'till', till: '400200' } });
    expect(paybill?.normalise({ paybill: '000001', paybill_account: '' })).toEqual({
      ok: true,
      destination: { kind: 'paybill', paybill: '000001', account: '' },
    });
    expect(paybill?.optional).toEqual(['paybill_account']);
  });

  it.each(['', '123', '1234567890123', '40-200', '40 200', '400200\n'])('has no short code like %j', (code) => {
    expect(till?.normalise({ till: code })).toMatchObject({ ok: false, fault: { field: 'till', code: 'till-syntax' } });
    expect(paybill?.normalise({ paybill: code })).toMatchObject({ ok: false, fault: { field: 'paybill' } });
  });

  it('has no account inside it', () => {
    expect(paybill?.normalise({ paybill: '400200', paybill_account: 'INV-1' })).toMatchObject({
      ok: false,
      fault: { field: 'paybill_account', code: 'paybill-account-unsupported' },
    });
  });
});

describe('an account', () => {
  it("pays in the market's currency only", () => {
    expect(rules('tanzania', 'TZS').currencies).toEqual(['TZS']);
    expect(rules('tanzania', 'KES').currencies).toEqual(['TZS']);
    expect(rules('drc', 'CDF').currencies).toEqual(['CDF']);
    expect(rules('drc', 'USD').currencies).toEqual(['USD']);
    expect(rules('drc', 'KES').currencies).toEqual(['USD', 'CDF']);
  });

  it('finds its market by its currency where it names none', () => {
    const unnamed = mpesaOpenapi.rules({
      ...{ account: 'demo', currency: 'LSL', environment: null, options: {}, maxAmountMinor: null },
    });
    expect(unnamed.currencies).toEqual(['LSL']);
  });

  it('pays whole shillings in Tanzania, and hundredths elsewhere', () => {
    expect(rules('tanzania', 'TZS').destinations.mobile?.stepMinor).toBe(100n);
    expect(rules('tanzania', 'TZS').destinations.till?.stepMinor).toBe(100n);
    expect(rules('ghana', 'GHS').destinations.mobile?.stepMinor).toBe(1n);
  });

  it('has the limits that its options give, and none otherwise', () => {
    expect(rules('ghana', 'GHS').destinations.mobile).toMatchObject({ minAmountMinor: null, maxAmountMinor: null });
    expect(rules('ghana', 'GHS', 'live', { min_amount: '1', max_amount: '5000.50' }).destinations.till).toMatchObject({
      minAmountMinor: 1_00n,
      maxAmountMinor: 5000_50n,
    });
  });
});

describe('settling', () => {
  it('queries at the ages of the specification, or of the options', () => {
    expect(mpesaOpenapi.polling?.({})).toEqual({
      agesMs: [15_000, 30_000, 60_000, 120_000, 300_000, 600_000],
      everyMs: 900_000,
      untilMs: 86_400_000,
    });
    expect(mpesaOpenapi.polling?.({ poll: ['2s', '1s'], poll_every: '5s', poll_until: '1m' })).toEqual({
      agesMs: [1_000, 2_000],
      everyMs: 5_000,
      untilMs: 60_000,
    });
  });
});
