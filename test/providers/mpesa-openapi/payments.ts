import type { Destination } from '../../../src/domain/destination.ts';
import type { PaymentInstruction } from '../../../src/domain/payment.ts';
import type { CallbackPayment } from '../../../src/providers/port.ts';

export const REFERENCE = '0123456789ABCDEFGHJK';

export const MOBILE: Destination = { kind: 'mobile', phone: '+255744000111' };
export const TILL: Destination = { kind: 'till', till: '400200' };

export function payment(more: Partial<PaymentInstruction> = {}): PaymentInstruction {
  return {
    reference: REFERENCE,
    batch: 'payroll-2026-06',
    id: 'EMP-001',
    name: 'Amina Mushi',
    destination: MOBILE,
    amountMinor: 2500_00n,
    currency: 'TZS',
    narrative: 'June wages',
    details: {},
    ...more,
  };
}

export function called(more: Partial<CallbackPayment> = {}): CallbackPayment {
  return { ...payment(), status: 'pending', providerReference: '', requestId: 'conversation-of-theirs', ...more };
}
