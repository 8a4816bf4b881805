import type { StatementRow } from '../domain/statement.ts';
import type { PaymentIndex } from './payment-index.ts';
import type { RowMatch } from './statement-match.ts';

/** Which way the money of each row went, as far as the whole statement shows it. */
export interface Directions {
  isMoneyOut(row: StatementRow): boolean;
  isMoneyIn(row: StatementRow): boolean;
}

/**
 * In a column of money out some statements write a minus and some do not; in a column of both directions a minus is money out. Either
 * is believed only where all payments that the statement names by our reference have one sign: then the other sign, in a reversal, is
 * not taken for a payment. Payments of which rows have both signs, and reversals by their words, do not count.
 */
export class DirectionSigns {
  private hasMinus = false;

  /** To be called for every row. */
  add(row: StatementRow, match: RowMatch | null): void {
    const { side, isNegative } = row;
    if (side !== 'signed' && side !== 'column-out') return;
    if (side === 'signed' && isNegative) this.hasMinus = true;
    if (match?.kind !== 'payment' || !row.isPaid || row.amountMinor === 0n) return;
    const { of, words } = match.named;
    if (row.amountMinor !== of.payment.amountMinor || words.isBack) return;
    of.note(isNegative ? 'directionMinus' : 'directionPlus');
  }

  directions(index: PaymentIndex): Directions {
    const isUniform = this.isUniform(index);
    const { hasMinus } = this;
    return {
      isMoneyOut: (row) => {
        if (row.side === 'out') return true;
        if (row.side === 'column-out') return isUniform;
        return row.side === 'signed' && row.isNegative && isUniform;
      },
      isMoneyIn: ({ side, isNegative }) => side === 'in' || (side === 'signed' && !isNegative && hasMinus && isUniform),
    };
  }

  private isUniform(index: PaymentIndex): boolean {
    let [isPlus, isMinus] = [false, false];
    for (const of of index.payments()) {
      const [plus, minus] = [of.is('directionPlus'), of.is('directionMinus')];
      if (plus === minus) continue;
      isPlus ||= plus;
      isMinus ||= minus;
    }
    return !(isPlus && isMinus);
  }
}
