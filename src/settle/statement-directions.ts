import type { StatementRow } from '../domain/statement.ts';
import type { PaymentRows, RowMatch } from './statement-match.ts';

/** Which way the money of each row went, as far as the whole statement shows it. */
export interface Directions {
  isMoneyOut(row: StatementRow): boolean;
  isMoneyIn(row: StatementRow): boolean;
}

const PLUS = 1;
const MINUS = 2;

export function signOf({ isNegative }: StatementRow): number {
  return isNegative ? MINUS : PLUS;
}

/**
 * In a column of money out some statements write a minus and some do not; in a column of both directions a minus is money out. Either
 * is believed only where all payments that the statement names have one sign: then the other sign, in a reversal, is not taken for a
 * payment. Payments of which rows have both signs, and reversals by their words, do not count.
 */
export function directionsOf(rows: readonly StatementRow[], matches: readonly (RowMatch | null)[]): Directions {
  const byPayment = new Map<PaymentRows, number>();
  let hasMinus = false;
  rows.forEach((row, at) => {
    if (row.side === 'signed' && row.isNegative) hasMinus = true;
    const match = matches[at];
    if (match?.kind !== 'payment' || !row.isPaid || row.amountMinor === 0n) return;
    if (row.side !== 'signed' && row.side !== 'column-out') return;
    const { of, words } = match.named;
    const { payment } = of;
    if (row.amountMinor !== payment.amountMinor || words.isBack) return;
    byPayment.set(of, (byPayment.get(of) ?? 0) | signOf(row));
  });
  let signs = 0;
  for (const one of byPayment.values()) if (one !== (PLUS | MINUS)) signs |= one;
  const isUniform = signs !== (PLUS | MINUS);
  return {
    isMoneyOut: (row) => {
      if (row.side === 'out') return true;
      if (row.side === 'column-out') return isUniform;
      return row.side === 'signed' && row.isNegative && isUniform;
    },
    isMoneyIn: ({ side, isNegative }) => side === 'in' || (side === 'signed' && !isNegative && hasMinus && isUniform),
  };
}
