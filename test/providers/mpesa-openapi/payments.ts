import type { Destination } from '../../../src/domain/destination.ts';
import type { Presentation } from '../../../src/domain/payment.ts';
import type { CalledPayment } from '../../../src/providers/port.ts';

export const REFERENCE = '0123456789ABCDEFGHJK';

export const MOBILE: Destination = { kind: 'mobile', phone: '+255744000111' };
export const TILL: Destination = { kind: 'till', till: '400200' };

export function payment(more: Partial<Presentation> = {}): Presentation {
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

export function called(more: Partial<CalledPayment> = {}): CalledPayment {
  return { ...payment(), status: 'pending', providerReference: '', requestId: 'conversation-of-theirs', ...more };
}
