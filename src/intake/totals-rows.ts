import type { NumberFormat } from '../domain/csv-defaults.ts';
import { formatAmount } from '../domain/money.ts';
import { EXACT_DECIMALS, exactOfMinor, exactText } from '../domain/rounding.ts';
import { amountAdvice, readAmount } from './amounts.ts';
import { isGrandTotal } from './line-words.ts';
import { amountShown, headerShown } from './shape.ts';
import { bareAmount } from './written-amounts.ts';

/** What the payments above a line come to. */
export interface SumAbove {
  /** Payments, sound or not. */
  readonly count: number;
  /** As the file has them, before rounding, in units of 10^-18; null where they cannot be added up, which refuses the batch. */
  readonly exact: bigint | null;
  /** ISO 4217; null where the payments are in several. */
  readonly currency: string | null;
}

/** What a totals row says and whether that is right. */
export interface TotalReading {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
}

interface SectionEnd {
  readonly line: number;
  readonly count: number;
  readonly exact: bigint;
}

/** What stands in the place of a formula's result that is not in a workbook. */
export const NO_RESULT = '(no result)';

/**
 * Holds totals rows against the payments above them: all of them, or those below an earlier totals row, as subtotals and the
 * carried sums of printed pages are. A sum that is not that of its payments refuses the batch, because a row may be missing.
 */
export class TotalsRows {
  private readonly header: string;
  private readonly format: NumberFormat | null;
  /** Where the sum of earlier payments stood at each totals row, by that sum; the start of the payments is one. */
  private readonly sections = new Map<bigint, SectionEnd>();
  private latest: SectionEnd;

  /** @param header of the column of amounts. */
  constructor(header: string, headerLine: number, format: NumberFormat | null) {
    this.header = headerShown(header.trim());
    this.format = format;
    this.latest = { line: headerLine, count: 0, exact: 0n };
    this.sections.set(0n, this.latest);
  }

  /** @param text of the amount's cell; '' or words where the line has none. */
  total(line: number, label: string, text: string, above: SumAbove): TotalReading {
    const what = `This line is a totals row${label === '' ? '' : ` (${quoted(label)})`}`;
    if (!/\p{Nd}|^\s*[-–—−]|[-–—−]\s*$/u.test(text)) {
      this.endSection(line, above);
      if (/^\s*#[A-Z/]+[!?]?\s*$/.test(text)) {
        const seen = `${what}, and under "${this.header}" it has ${amountShown(text.trim())}: the sum could not be calculated.`;
        return refused(
          'total-unreadable',
          `${seen} A row or a column of it may be gone. Correct the sum, or take the line out.`,
        );
      }
      if (text.trim() === NO_RESULT) {
        const seen = `${what} with a formula under "${this.header}" that has no result in the file, so that nothing was compared.`;
        return passed('row-total', `${seen} A spreadsheet program that opens and saves the file calculates it.`);
      }
      return passed('row-total', `${what} without an amount under "${this.header}", so that nothing was compared.`);
    }
    const { currency } = above;
    if (currency === null) {
      return refused(
        'total-currencies',
        `${what}, and the payments above it are in several currencies, which have no sum. Take the line out.`,
      );
    }
    const amount = this.read(text, currency);
    if (typeof amount === 'string') {
      return refused('total-unreadable', `${what}, and its amount reads ${amountShown(text.trim())}. ${amount}`);
    }
    if (above.exact === null) {
      return passed('row-total', `${what}. Its amount was not compared, because a line above it cannot be read.`);
    }
    const { latest } = this;
    const start = isGrandTotal(label) ? 0n : above.exact - amount;
    const begin = start === above.exact - amount ? this.sections.get(start) : undefined;
    this.endSection(line, above);
    const money = (exact: bigint): string => moneyText(exact, currency);
    if (begin !== undefined) {
      return passed(
        'row-total',
        `${what}: ${money(amount)} is the sum of ${paymentsSince(begin, above.count)}. It agrees.`,
      );
    }
    const section = above.exact - latest.exact;
    const ofSection =
      latest.count === 0
        ? ''
        : ` (those below line ${latest.line} come to ${money(section)}: ${difference(section - amount, currency)})`;
    return refused(
      'total-differs',
      `${what} with ${money(amount)} under "${this.header}", and the ${paymentsText(above.count)} above it come to ` +
        `${money(above.exact)}: ${difference(above.exact - amount, currency)}${ofSection}. A row may be missing or changed. ` +
        'Find out which is right before anything is paid.',
    );
  }

  /** Whether an amount without a label is the sum of at least two payments: of all, or of those below the latest totals row. */
  isSum(text: string, above: SumAbove): boolean {
    if (above.currency === null || above.exact === null) return false;
    const amount = this.read(text, above.currency);
    if (typeof amount === 'string' || amount === 0n) return false;
    const isOfAll = amount === above.exact && above.count >= 2;
    return isOfAll || (amount === above.exact - this.latest.exact && above.count - this.latest.count >= 2);
  }

  /** Whether a number is that of the payments above, or of those below the latest totals row. */
  isCount(count: number, above: SumAbove): boolean {
    return count === above.count || count === above.count - this.latest.count;
  }

  /** Whether an amount is the sum of payments above. */
  agrees(text: string, above: SumAbove): boolean {
    if (above.currency === null || above.exact === null) return false;
    const amount = this.read(text, above.currency);
    return typeof amount !== 'string' && this.sections.has(above.exact - amount);
  }

  /** Whether an amount is written as zero, or as a dash, which is accounting's zero. */
  isZero(text: string, currency: string): boolean {
    return this.read(text, currency) === 0n;
  }

  /** @param label the cell that says what is counted. */
  count(label: string, count: number | null, above: SumAbove): TotalReading {
    const what = `This line says how many people there are (${quoted(label)})`;
    if (count === null) return passed('row-count', `${what}, without a number to compare.`);
    if (this.isCount(count, above)) {
      return passed('row-count', `${what}: ${count}. It agrees.`);
    }
    return refused(
      'count-differs',
      `${what}: ${count}, and ${above.count === 1 ? '1 payment stands' : `${above.count} payments stand`} above it. ` +
        'A row may be missing or too many. Find out which is right before anything is paid.',
    );
  }

  private endSection(line: number, { count, exact }: SumAbove): void {
    if (exact === null) return;
    this.latest = { line, count, exact };
    if (!this.sections.has(exact)) this.sections.set(exact, this.latest);
  }

  /** In units of 10^-18; what is wrong with it as text. */
  private read(text: string, currency: string): bigint | string {
    const trimmed = text.trim().replace(/^'/, '');
    const plain = readAmount(trimmed, EXACT_DECIMALS, this.format);
    if (plain === 'zero') return 0n;
    if (typeof plain === 'bigint') return plain;
    const bare = bareAmount(trimmed, currency);
    if (bare !== null && 'problem' in bare) return bare.problem === 'zero' ? 0n : bare.advice;
    const amount = bare === null ? plain : readAmount(bare.text, EXACT_DECIMALS, this.format);
    if (amount === 'zero') return 0n;
    return typeof amount === 'bigint' ? amount : amountAdvice(amount, currency, EXACT_DECIMALS, this.format);
  }
}

function passed(code: string, message: string): TotalReading {
  return { severity: 'warning', code, message: `${message} The line is no payment and is passed over.` };
}

function refused(code: string, message: string): TotalReading {
  return { severity: 'error', code, message };
}

function quoted(label: string): string {
  return `"${headerShown(label.trim())}"`;
}

function paymentsText(count: number): string {
  return count === 1 ? '1 payment' : `${count} payments`;
}

function paymentsSince({ line, count }: SectionEnd, countAbove: number): string {
  const payments = paymentsText(countAbove - count);
  return count > 0 ? `the ${payments} below line ${line}` : `the ${payments} above it`;
}

function difference(exact: bigint, currency: string): string {
  return exact < 0n ? `${moneyText(-exact, currency)} less` : `${moneyText(exact, currency)} more`;
}

/** With the currency's decimals, or all of them where there are more. */
function moneyText(exact: bigint, currency: string): string {
  const unit = exactOfMinor(1n, currency);
  return exact % unit === 0n ? formatAmount(exact / unit, currency) : exactText(exact);
}
