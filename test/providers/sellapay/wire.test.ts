import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountText } from '../../../src/providers/kit/request-text.ts';
import { readSellapaySettings } from '../../../src/providers/sellapay/settings.ts';
import { sellapayPayoutRequest } from '../../../src/providers/sellapay/wire.ts';
import { BANK, MOBILE, payment, SWIFT, WALLET } from './payments.ts';

const settings = (options: Record<string, unknown> = {}) => readSellapaySettings(options);
const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

describe('the seed dialect', () => {
  it.each([
    [
      MOBILE,
      '/sendFundsToMobile',
      '{"phone":"712000111","amount":1250.5,"reference":"0123456789ABCDEFGHJK","narrative":"March stipend"}',
    ],
    [
      WALLET,
      '/sendFundsToSellapay',
      `{"account":"fbsotk4jH1L7FiO2z2qkqsPiqVHJSaVmpgBu8a7iMWGaba97RH","amount":1250.5,"reference":"0123456789ABCDEFGHJK","narrative":"March stipend"}`,
    ],
    [
      BANK,
      '/sendFundsToLocalBank',
      '{"bank_code":"015","account_number":"0110000777","amount":1250.5,"account_name":"Amina Otieno","reference":"0123456789ABCDEFGHJK"}',
    ],
  ])('asks in JSON with the documented fields: %j', (destination, path, body) => {
    expect(sellapayPayoutRequest(payment({ destination }), settings())).toEqual({ path, contentType: JSON_TYPE, body });
  });

  it('leaves out a narrative that is empty and cuts a long one by whole characters', () => {
    expect(sellapayPayoutRequest(payment({ narrative: '' }), settings()).body).not.toContain('narrative');
    const { body } = sellapayPayoutRequest(payment({ narrative: '💸'.repeat(120) }), settings());
    expect(JSON.parse(body)).toMatchObject({ narrative: '💸'.repeat(100) });
  });

  it('keeps quotes, line ends and foreign letters of names inside their texts', () => {
    const name = 'Zoë "Z"\n\\ },"amount":1';
    const { body } = sellapayPayoutRequest(payment({ destination: BANK, name }), settings());
    expect(JSON.parse(body)).toMatchObject({ account_name: name, amount: 1250.5 });
  });
});

describe('the dialect of 2026-02-10', () => {
  const options = settings({ field_dialect: 'upstream-2026-02-10' });

  it('asks a bank in a form, with the reference at the head of the note', () => {
    expect(sellapayPayoutRequest(payment({ destination: SWIFT, narrative: 'Mär & Co' }), options)).toEqual({
      path: '/sendFundsToLocalBank',
      contentType: FORM_TYPE,
      body: 'swift_code=EQBLKENA&bank_account=0110000777&amount=1250.5&note=0123456789ABCDEFGHJK+M%C3%A4r+%26+Co',
    });
  });

  it('asks mobiles and wallets as the seed does', () => {
    for (const destination of [MOBILE, WALLET]) {
      expect(sellapayPayoutRequest(payment({ destination }), options)).toEqual(
        sellapayPayoutRequest(payment({ destination }), settings()),
      );
    }
  });
});

describe('the dialect of the example clients', () => {
  it('asks in forms', () => {
    const options = settings({ field_dialect: 'examples' });
    const note = 'note=0123456789ABCDEFGHJK+March+stipend';
    expect(sellapayPayoutRequest(payment(), options)).toMatchObject({
      contentType: FORM_TYPE,
      body: `amount=1250.5&phone=712000111&${note}`,
    });
    expect(sellapayPayoutRequest(payment({ destination: WALLET }), options).body).toMatch(
      /^amount=1250.5&to_account=fbso\w+&note=0123/,
    );
    expect(sellapayPayoutRequest(payment({ destination: SWIFT }), options).body).toMatch(
      /^swift_code=EQBLKENA&bank_account=0110000777&amount=1250.5&note=0123/,
    );
  });

  it('or in JSON', () => {
    const options = settings({ field_dialect: 'examples', examples_encoding: 'json' });
    expect(sellapayPayoutRequest(payment(), options)).toEqual({
      path: '/sendFundsToMobile',
      contentType: JSON_TYPE,
      body: '{"amount":1250.5,"phone":"712000111","note":"0123456789ABCDEFGHJK March stipend"}',
    });
  });

  it('never cuts the reference in the note', () => {
    const note = (narrative: string, more = {}): unknown => {
      const options = settings({ field_dialect: 'examples', examples_encoding: 'json', ...more });
      return (JSON.parse(sellapayPayoutRequest(payment({ narrative }), options).body) as { note: unknown }).note;
    };
    expect(note('x'.repeat(200))).toBe(`0123456789ABCDEFGHJK ${'x'.repeat(79)}`);
    expect(note('long', { narrative_max: '10' })).toBe('0123456789ABCDEFGHJK');
    expect(note('')).toBe('0123456789ABCDEFGHJK');
  });
});

describe('an amount on the wire', () => {
  it.each([
    [1n, '0.01'],
    [10n, '0.1'],
    [1_00n, '1'],
    [1250_50n, '1250.5'],
    [9000_00n, '9000'],
    [100_00n, '100'],
    [9_007_199_254_740_993n, '90071992547409.93'],
  ])('%s is %s', (minor, text) => expect(amountText(minor, 2)).toBe(text));

  it('stands in the body as that text, with digits that a JavaScript number would lose', () => {
    for (const [field_dialect, text] of [
      ['seed', '"amount":90071992547409.93,'],
      ['examples', 'amount=90071992547409.93&'],
    ]) {
      const { body } = sellapayPayoutRequest(
        payment({ amountMinor: 9_007_199_254_740_993n }),
        settings({ field_dialect }),
      );
      expect(body).toContain(text);
    }
  });

  it('is decimal text of exactly that amount, whatever the amount', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 15n }), (minor) => {
        const text = amountText(minor, 2);
        expect(text).toMatch(/^(0|[1-9]\d*)(\.\d{1,2})?$/);
        const [integer = '', fraction = ''] = text.split('.');
        expect(BigInt(integer + fraction.padEnd(2, '0'))).toBe(minor);
      }),
    );
  });
});
