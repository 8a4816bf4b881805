import type { BookEntry } from '../kit/book.ts';
import { currencies, type BitpesaCurrency } from './amounts.ts';

/**
 * The balance of every payer, per currency. Money is taken when a transaction is funded and given back when it is refunded,
 * so the balance changes before the book has an entry.
 */
export class BitpesaBalances {
  private readonly startCents: bigint;
  private readonly takenMinor = new Map<string, bigint>();

  /** @param booked payouts from before a restart. */
  constructor(startCents: bigint, booked: readonly BookEntry[]) {
    this.startCents = startCents;
    for (const { payer, currency, amountMinor } of booked) {
      const known = currencies.get(currency);
      if (known !== undefined) this.take(payer, known, amountMinor);
    }
  }

  /** Minor units of ISO 4217. */
  of(payer: string, currency: BitpesaCurrency): bigint {
    const start = currency.isoDecimals === 2 ? this.startCents : this.startCents / 100n;
    return start - (this.takenMinor.get(`${payer} ${currency.code}`) ?? 0n);
  }

  take(payer: string, currency: BitpesaCurrency, minor: bigint): void {
    const key = `${payer} ${currency.code}`;
    this.takenMinor.set(key, (this.takenMinor.get(key) ?? 0n) + minor);
  }

  giveBack(payer: string, currency: BitpesaCurrency, minor: bigint): void {
    this.take(payer, currency, -minor);
  }
}
