import { describe, expect, it } from 'vitest';
import type { Destination } from '../../../src/domain/destination.ts';
import type { PaymentInstruction } from '../../../src/domain/payment.ts';
import { Redactor } from '../../../src/providers/kit/redaction.ts';

const REFERENCE = '0123456789ABCDEFGHJK';

function paymentTo(destination: Destination): PaymentInstruction {
  return {
    reference: REFERENCE,
    batch: 'payroll-2026-11',
    id: 'EMP-001',
    name: 'Amina Wekesa',
    destination,
    amountMinor: 45_000_50n,
    currency: 'KES',
    narrative: '',
    details: {},
  };
}

const MOBILE = paymentTo({ kind: 'mobile', phone: '+254711222333' });
const BANK = paymentTo({ kind: 'bank', code: '01', account: '12345' });

function redacted(text: string, payment?: PaymentInstruction): string {
  return new Redactor(['the-api-secret']).text(text, payment);
}

describe('a text of a provider keeps', () => {
  it.each([
    'receipt TE1234567F',
    'receipts TE12345678 and QK4T7ZP2M1',
    'the amount 45000.50',
    'amounts 45000.50 and 1234567.00',
    '45000.50 100.00',
    'KES 4500000',
    'KES4500000.50 of UGX 12000000',
    'minimum 10.00, maximum 250000.00.',
  ])('%j as it is', (text) => {
    expect(redacted(text)).toBe(text);
  });

  it('our own reference, however many digits stand in a row', () => {
    const text = `${REFERENCE} was used before (${REFERENCE})`;
    expect(redacted(text, MOBILE)).toBe(text);
  });
});

describe('a text of a provider loses', () => {
  it.each([
    'the-api-secret',
    '254711222333',
    '+254 711 222 333',
    '0711-222-333',
    '(0711) 222.333',
    '07.11.22.23.33',
    '711.22.23.33',
    '254711222333.00',
    '0711222333.00',
    '0711 222333.50',
    '12345678901234',
    'ACC 12345678',
    'ACC12345678',
    'AK1234567',
    'phone254711222333',
    'te1234567f',
    'DE89370400440532013000',
    'eyJhbGciOiJIUzI1NiJ9.eyJhY2NvdW50IjoiYWNjdCJ9.mo3qIWYtePP2ZUjc7plPqfSI2JTyU',
  ])('%j', (text) => {
    const clean = redacted(`about ${text}, again`);
    expect(clean).toContain('[hidden]');
    expect(clean).not.toContain(text);
    expect(clean).not.toMatch(/\d{4}/);
  });

  it('the account and the phone of the payment, however short', () => {
    expect(redacted('account 12345 is closed', BANK)).toBe('account [hidden] is closed');
    expect(redacted('no 711222333 here', MOBILE)).toBe('no [hidden] here');
  });

  it('an amount that is the account of the payment', () => {
    const odd = paymentTo({ kind: 'bank', code: '01', account: '45000.50' });
    expect(redacted('account 45000.50 is closed', odd)).toBe('account [hidden] is closed');
  });
});

describe('a long text of a provider', () => {
  it('is cut to one line of 200 characters', () => {
    const clean = redacted(`long\n${'word '.repeat(200_000)}`);
    expect(clean).toHaveLength(200);
    expect(clean).toMatch(/^long word .*…$/);
  });

  // A search that takes time with the square of the length would not end within this test's time.
  it.each(['a-', '-', '.', '1(', '1 ', ' ', '(', 'abcdefgh.', 'KES ', 'A1'])(
    'of %j alone is read to an end',
    (mark) => {
      expect(redacted(mark.repeat(1_000_000)).length).toBeLessThanOrEqual(200);
    },
  );

  it('shows no beginning of a secret on which the cut falls', () => {
    const secret = `s3cret-${'x'.repeat(300)}`;
    const redactor = new Redactor([secret]);
    for (let before = 1_800; before <= 2_400; before++) {
      // The blanks in front become one, so that the end of what is searched would be shown.
      expect(redactor.text(`a${' '.repeat(before)}${secret} ${'b'.repeat(5_000)}`)).not.toContain('s3c');
    }
  });
});
