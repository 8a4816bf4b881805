import type { FieldFault, ReviewedPayment } from '../../domain/rules.ts';
import type { Payout } from './details.ts';
import type { BitpesaSettings } from './settings.ts';

/** A whole row, as the rules check it. */
export interface CheckedRow {
  readonly payment: ReviewedPayment;
  readonly payout: Payout;
  readonly settings: BitpesaSettings;
  readonly account: string;
}

/** One small rule. All rules are applied: a row shows all its faults at once. */
export type RowRule = (seen: CheckedRow) => readonly FieldFault[];

/** The column that a detail comes from. */
export function bitpesaColumnOf(field: string, code: string | null, account = ''): string {
  if (field === code) return 'bank_code';
  if (field === account || field === 'bank_account' || field === 'iban') return 'bank_account';
  return `details.${field}`;
}

export function bitpesaFault(field: string, code: string, message: string): FieldFault {
  return { field, code, message };
}
