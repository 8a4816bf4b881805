import type { PaymentInstruction } from '../../../src/domain/payment.ts';
import type { CallbackPayment, KnownPayment } from '../../../src/providers/port.ts';
import { SCRIPT_START } from '../scripted.ts';
import { CERTIFICATE } from './certificate.ts';

export const ADDRESS = 'https://pay.example.org/callbacks/c0ffee00c0ffee00c0ffee00c0ffee00';
export const REFERENCE = '0123456789ABCDEFGHJK';

export const CREDENTIALS = {
  consumer_key: 'the-consumer-key',
  consumer_secret: 'the-consumer-secret',
  initiator_name: 'the-initiator',
  initiator_password: 'the-Pa55word#',
  certificate: CERTIFICATE,
} as const;

/** 1500 shillings to a phone. */
export function payment(more: Partial<PaymentInstruction> = {}): PaymentInstruction {
  return {
    reference: REFERENCE,
    batch: 'payroll-2026-11',
    id: 'EMP-001',
    name: 'Amina Wekesa',
    destination: { kind: 'mobile', phone: '+254711222333' },
    amountMinor: 1500_00n,
    currency: 'KES',
    narrative: 'June stipend',
    details: {},
    ...more,
  };
}

export const PAYBILL: Partial<PaymentInstruction> = {
  destination: { kind: 'paybill', paybill: '888880', account: 'INV-2211' },
};
export const TILL: Partial<PaymentInstruction> = { destination: { kind: 'till', till: '765432' } };

export function callbackPayment(more: Partial<CallbackPayment> = {}): CallbackPayment {
  return { ...payment(), status: 'pending', providerReference: '', requestId: '', ...more };
}

export function known(more: Partial<KnownPayment> = {}): KnownPayment {
  return {
    status: 'unknown',
    providerReference: '',
    requestId: '',
    sentAt: SCRIPT_START - 600_000,
    queries: 0,
    ...more,
  };
}
