import type { Destination } from '../../../src/domain/destination.ts';
import type { PaymentInstruction } from '../../../src/domain/payment.ts';

export const BANK: Destination = { kind: 'bank', code: '058', account: '1234567800' };
export const MOBILE: Destination = { kind: 'mobile', phone: '+233241234500' };
export const REFERENCE = '0123456789ABCDEFGHJK';

export const SENDER = {
  type: 'business',
  name: 'Acme Relief Ltd',
  country: 'GB',
  trading_country: 'GB',
  city: 'Leeds',
  street: '4 Canal Row',
  postal_code: 'LS1 4AA',
  email: 'ops@acme.example',
  phone_number: '+441130000000',
  external_id: 'snd-acme-1',
};

export function payment(more: Partial<PaymentInstruction> = {}): PaymentInstruction {
  return {
    reference: REFERENCE,
    batch: 'payroll-2026-11',
    id: 'EMP-001',
    name: 'Ngozi Ade',
    destination: BANK,
    amountMinor: 15_000_00n,
    currency: 'NGN',
    narrative: 'March stipend',
    details: {},
    ...more,
  };
}

export type Json = Readonly<Record<string, unknown>>;

/** A transaction as the documentation's sample shows it. */
export function transaction(more: Json = {}, recipient: Json = {}): Json {
  return {
    id: '0d9a6c1e-52f4-4f7e-8a53-6f2f5f0b7c11',
    external_id: REFERENCE,
    state: 'approved',
    input_amount: 15000,
    input_currency: 'NGN',
    paid_amount: 0,
    due_amount: 15000,
    sender: { id: 'sender-1', state: 'approved' },
    recipients: [
      {
        id: '7b1f2c9e-1f64-4a5c-9f51-2c0f0a9d3e44',
        transaction_id: '0d9a6c1e-52f4-4f7e-8a53-6f2f5f0b7c11',
        transaction_external_id: REFERENCE,
        state: 'initial',
        may_cancel: true,
        requested_amount: 15000,
        requested_currency: 'NGN',
        payout_method: { type: 'NGN::Bank', details: { bank_code: '058', bank_account: '1234567800' } },
        ...recipient,
      },
    ],
    expires_at: new Date(NOW + 3_600_000).toISOString(),
    ...more,
  };
}

/** Funded, and the recipient in this state. */
export function funded(state: string, recipientState: string, recipient: Json = {}): Json {
  return transaction({ state, paid_amount: 15000, due_amount: 0 }, { state: recipientState, ...recipient });
}

export const NOW = 1_770_727_500_000;
