import type { BatchHeader, BatchTotal } from '../domain/batch.ts';
import { AgreedRowsDigest, BatchDigest } from '../domain/batch-digest.ts';
import { currencyDecimals, formatMinor, parseAmount } from '../domain/money.ts';
import { EXACT_DECIMALS, exactText, sumBeforeRounding, type RoundedTotal } from '../domain/rounding.ts';
import { paymentDigestBytes, type Payment } from '../domain/payment.ts';
import type { ProblemList, ProblemPlace } from './problem-list.ts';
import type { Control } from './outline.ts';
import type { SumAbove } from './totals-rows.ts';

/** The records of a batch, sound or not, and what was rounded. */
export interface SeenRecords {
  readonly count: number;
  readonly rounded: readonly RoundedTotal[];
}

/** Counts, sums and digest of the payments of a batch, and whether they are what the batch declared. */
export class BatchTotals {
  private readonly payments = new BatchDigest();
  private readonly agreedRows: AgreedRowsDigest | null;
  private readonly totals = new Map<string, Mutable<BatchTotal>>();
  private latest: Mutable<BatchTotal> | null = null;
  private count = 0;
  /** By currency, of rows that are refused for something else. */
  private readonly refused = new Map<string, bigint>();
  private isIncomplete = false;

  /** @param isOnlyChecked whether nothing is planned with the batch, so that nobody asks for the digest which people agree to. */
  constructor(isOnlyChecked: boolean) {
    this.agreedRows = isOnlyChecked ? null : new AgreedRowsDigest();
  }

  add(payment: Payment): void {
    this.count += 1;
    const bytes = paymentDigestBytes(payment);
    this.payments.add(bytes);
    this.agreedRows?.add(bytes);
    const { account, currency } = payment;
    const { kind } = payment.destination;
    let total = this.latest;
    if (total === null || total.kind !== kind || total.currency !== currency || total.account !== account) {
      const key = JSON.stringify([account, currency, kind]);
      total = this.totals.get(key) ?? { account, currency, kind, count: 0, sumMinor: 0n };
      this.totals.set(key, total);
      this.latest = total;
    }
    total.count += 1;
    total.sumMinor += payment.amountMinor;
  }

  /** A row that is no payment as it stands: its amount belongs to the sums of the file all the same. Null: it cannot be read. */
  addRefused(amountMinor: bigint | null, currency: string): void {
    if (amountMinor === null || currencyDecimals(currency) === undefined) this.isIncomplete = true;
    else this.refused.set(currency, (this.refused.get(currency) ?? 0n) + amountMinor);
  }

  /**
   * What the payments so far come to in the file, before rounding.
   *
   * @param fallback the currency where there is no payment yet.
   */
  sumSoFar(rounded: readonly RoundedTotal[], fallback: string): Pick<SumAbove, 'exact' | 'currency'> {
    const sums = new Map(this.refused);
    for (const { currency, sumMinor } of this.totals.values()) {
      sums.set(currency, (sums.get(currency) ?? 0n) + sumMinor);
    }
    const [[currency, sumMinor] = [fallback, 0n] as const, other] = sums;
    if (other !== undefined) return { exact: null, currency: null };
    return { exact: this.isIncomplete ? null : sumBeforeRounding(sumMinor, currency, rounded), currency };
  }

  listed(): readonly BatchTotal[] {
    return [...this.totals.values()];
  }

  digest(): string {
    return this.payments.digest();
  }

  agreedDigest(): string | null {
    return this.agreedRows?.digest() ?? null;
  }

  /** The declared totals in minor units. */
  declared(control: Control): NonNullable<BatchHeader['control']> {
    const { currency } = this.sum();
    const { count, sum } = control;
    if (sum === null || currency === null) return { count, sumMinor: null, currency: currency ?? '' };
    const sumMinor = parseAmount(sum, decimalsOf(currency));
    return { count, sumMinor: typeof sumMinor === 'bigint' ? sumMinor : null, currency };
  }

  /** Compares what was declared with the batch as the file has it, before its amounts were rounded. */
  check(control: Control, seen: SeenRecords, place: (key: string) => ProblemPlace, problems: ProblemList): void {
    if (control.count !== null && control.count !== seen.count) {
      problems.error(
        place('control.count'),
        'control-count-mismatch',
        `${control.count} payments are declared and ${seen.count} were found. Find out which is right before anything is paid.`,
      );
    }
    // A sum over some of the payments would accuse the wrong line.
    if (control.sum === null || this.count !== seen.count || seen.count === 0) return;
    const { currency, sumMinor } = this.sum();
    if (currency === null) {
      problems.error(
        place('control.sum'),
        'control-sum-currencies',
        'A sum is declared, but the payments are in several currencies. Declare only the count, or split the batch.',
      );
      return;
    }
    const before = sumBeforeRounding(sumMinor, currency, seen.rounded);
    if (parseAmount(control.sum, EXACT_DECIMALS) === before) return;
    const isRounded = seen.rounded.length > 0;
    const sumText = isRounded ? exactText(before) : formatMinor(sumMinor, decimalsOf(currency));
    problems.error(
      place('control.sum'),
      'control-sum-mismatch',
      `A sum of ${control.sum} is declared and the payments come to ${sumText} ${currency}${isRounded ? ' before rounding' : ''}. ` +
        'Find out which is right before anything is paid.',
    );
  }

  /** The sum of all payments, when they are in one currency. */
  private sum(): { readonly currency: string | null; readonly sumMinor: bigint } {
    const totals = this.listed();
    const currencies = new Set(totals.map(({ currency }) => currency));
    const [currency = null] = currencies.size === 1 ? currencies : [];
    return { currency, sumMinor: totals.reduce((sum, total) => sum + total.sumMinor, 0n) };
  }
}

/** Only payments in a currency whose decimals are known are added up. */
function decimalsOf(currency: string): number {
  const decimals = currencyDecimals(currency);
  if (decimals === undefined) throw new Error(`payments in ${currency} were added up, whose decimals are not known`);
  return decimals;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
