import type { Destination } from '../../../src/domain/destination.ts';
import type { PaymentInstruction } from '../../../src/domain/payment.ts';

export const MOBILE: Destination = { kind: 'mobile', phone: '+254712000111' };
export const WALLET: Destination = { kind: 'wallet', wallet: 'fbsotk4jH1L7FiO2z2qkqsPiqVHJSaVmpgBu8a7iMWGaba97RH' };
export const BANK: Destination = { kind: 'bank', code: '015', account: '0110000777' };
export const SWIFT: Destination = { kind: 'bank', code: 'EQBLKENA', account: '0110000777' };

export function payment(more: Partial<PaymentInstruction> = {}): PaymentInstruction {
  return {
    reference: '0123456789ABCDEFGHJK',
    batch: 'payroll-2026-11',
    id: 'EMP-001',
    name: 'Amina Otieno',
    destination: MOBILE,
    amountMinor: 125050n,
    currency: 'KES',
    narrative: 'March stipend',
    details: {},
    ...more,
  };
}
