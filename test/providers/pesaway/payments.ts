import type { Destination } from '../../../src/domain/destination.ts';
import type { PaymentInstruction } from '../../../src/domain/payment.ts';
import type { CallbackPayment, KnownPayment } from '../../../src/providers/port.ts';

export const REFERENCE = '0123456789ABCDEFGHJK';
export const TRANSACTION = 'PHY7C1A20B44D';

export const MOBILE: Destination = { kind: 'mobile', phone: '+254712345678' };
export const BANK: Destination = { kind: 'bank', code: '68', account: '0110000777' };
export const PAYBILL: Destination = { kind: 'paybill', paybill: '888880', account: '' };
export const TILL: Destination = { kind: 'till', till: '522533' };

export const NEWEST = { region: 'ke', merchant_code: 'ACME.01' };

export function payment(more: Partial<PaymentInstruction> = {}): PaymentInstruction {
  return {
    reference: REFERENCE,
    batch: 'payroll-2026-03',
    id: 'EMP-001',
    name: 'Jane Wanjiku',
    destination: MOBILE,
    amountMinor: 1500_00n,
    currency: 'KES',
    narrative: 'March stipend',
    details: {},
    ...more,
  };
}

export function callbackPayment(more: Partial<CallbackPayment> = {}): CallbackPayment {
  return { ...payment(), status: 'pending', providerReference: TRANSACTION, requestId: '', ...more };
}

export function known(more: Partial<KnownPayment> = {}): KnownPayment {
  return { status: 'unknown', providerReference: '', requestId: '', sentAt: SENT_AT, queries: 0, ...more };
}

/** 2026-03-02 08:14:00 in Nairobi. */
export const SENT_AT = Date.parse('2026-03-02T05:14:00Z');
