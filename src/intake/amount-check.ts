import type { NumberFormat } from '../domain/csv-defaults.ts';
import { formatAmount, formatMinor } from '../domain/money.ts';
import {
  EXACT_DECIMALS,
  exactOfMinor,
  exactText,
  roundExact,
  type RoundedTotal,
  type Rounding,
} from '../domain/rounding.ts';
import type { DestinationRule } from '../domain/rules.ts';
import { amountAdvice, readAmount, type AmountProblem } from './amounts.ts';
import type { Payer } from './payer.ts';
import type { AmountNumber, Row, RowReader } from './row.ts';
import { amountShown, quotable } from './shape.ts';
import { bareAmount, PLAIN_AMOUNTS, WrittenAmounts } from './written-amounts.ts';

/** So many rounded amounts are listed one by one; the rest is counted. */
const ROUNDED_LISTED = 50;

interface AmountSettings {
  readonly numberFormat: NumberFormat | null;
  readonly rounding: Rounding;
}

/** `0.250` and `1.250`: whether the point groups thousands is not guessed, and rounding would hide the question. */
const MAY_BE_GROUPED = /^\d{1,3}\.\d{3}$/;

/** What is wrong with an amount although nothing stands around it. */
const PLAIN_FAULTS: ReadonlySet<AmountProblem> = new Set(['missing', 'zero', 'decimals', 'too-large', 'digits-lost']);

/** Reads the amount of each row, and rounds it where the batch says so. */
export class AmountCheck {
  private readonly reader: RowReader;
  private readonly settings: AmountSettings;
  private readonly position: number;
  private readonly styles: WrittenAmounts;
  private readonly rounded = new Map<string, { count: number; difference: bigint }>();
  private listed = 0;
  private last: Row | null = null;

  constructor(reader: RowReader, settings: AmountSettings) {
    this.reader = reader;
    this.settings = settings;
    this.position = reader.position('amount');
    this.styles = new WrittenAmounts(reader);
  }

  /**
   * The amount in minor units, or null when it cannot be paid, which was reported.
   *
   * @param rule of the row's destination; null where that is not known.
   */
  of(row: Row, payer: Payer, rule: DestinationRule | null): bigint | null {
    const text = this.reader.text(row, this.position);
    const number = row.amountNumber?.text === text ? row.amountNumber : null;
    if (number !== null && number.frame !== '1' && this.refuseFrame(row, number, payer)) return null;
    const amount = readAmount(text, payer.decimals, this.settings.numberFormat);
    if (typeof amount === 'bigint' && this.settings.rounding === 'refuse') return amount;
    const isPlain = typeof amount === 'bigint' || PLAIN_FAULTS.has(amount) || !this.reader.spreadsheetCells;
    const bare = isPlain ? null : bareAmount(text, payer.currency);
    if (bare === null) return this.payable(row, { text, amount, payer, rule });
    if ('problem' in bare) {
      this.refuse(row, bare.problem, `The amount reads ${amountShown(text)}. ${bare.advice}`);
      return null;
    }
    const read = readAmount(bare.text, payer.decimals, this.settings.numberFormat);
    const amountMinor = this.payable(row, { text: bare.text, amount: read, payer, rule });
    if (amountMinor !== null) this.styles.add(row, text, formatMinor(amountMinor, payer.decimals), bare.styles);
    return amountMinor;
  }

  /** Refuses a number whose format shows more around it than the payment's own currency. */
  private refuseFrame(row: Row, { text, frame, displayed }: AmountNumber, payer: Payer): boolean {
    // A zero has no figure around which something could stand, and is refused as such.
    if (/^-|^0*$/.test(text)) return false;
    const bare = bareAmount(frame, payer.currency);
    if (bare !== null && 'text' in bare && bare.text === '1') return false;
    const what = `This cell shows ${quotable(displayed)} and holds ${text}.`;
    if (bare !== null && 'problem' in bare && bare.problem === 'other-currency') {
      this.refuse(row, bare.problem, `${what} ${bare.advice}`);
    } else {
      this.reader.error(row, 'amount', 'cell-shows-other-amount', `${what} ${PLAIN_AMOUNTS}`);
    }
    return true;
  }

  /** @param text the amount as it is read; the messages show it as the file has it. */
  private payable(
    row: Row,
    {
      text,
      amount,
      payer,
      rule,
    }: {
      readonly text: string;
      readonly amount: bigint | AmountProblem;
      readonly payer: Payer;
      readonly rule: DestinationRule | null;
    },
  ): bigint | null {
    const { numberFormat, rounding } = this.settings;
    const isNumber = row.amountNumber?.text === text;
    if (rounding !== 'refuse' && payer.canPay) {
      const stepMinor = rule?.stepOf?.(payer.currency) ?? rule?.stepMinor ?? 1n;
      const isRounded = typeof amount === 'bigint' ? amount % stepMinor !== 0n : amount === 'decimals';
      if (isRounded) return this.round(row, { text, currency: payer.currency, stepMinor, rounding });
    }
    if (typeof amount === 'bigint') return amount;
    const advice =
      amount === 'decimals' && isNumber
        ? decimalsOfNumber(payer.currency, payer.decimals)
        : amountAdvice(amount, payer.currency, payer.decimals, numberFormat);
    const written = this.reader.cell(row, 'amount');
    this.refuse(row, amount, written === '' ? advice : `The amount reads ${amountShown(written)}. ${advice}`);
    return null;
  }

  /** What rounding took off, by currency; complete after the last row. */
  roundedTotals(): readonly RoundedTotal[] {
    return [...this.rounded].map(([currency, { count, difference }]) => ({
      currency,
      count,
      difference: exactText(difference),
    }));
  }

  /** Reports the differences in total. */
  finish(): void {
    this.styles.finish();
    const { rounding } = this.settings;
    const left = [...this.rounded.values()].reduce((sum, { count }) => sum + count, 0) - this.listed;
    for (const total of this.roundedTotals()) {
      if (this.last === null) return;
      const amounts = total.count === 1 ? '1 amount was' : `${total.count} amounts were`;
      const rest = left > 0 ? ` ${left} of them are not listed one by one; report.csv shows both amounts of each.` : '';
      this.reader.fileWarning(
        this.last,
        'amounts-rounded',
        `${amounts} rounded (rounding: ${rounding}): ${differenceText(total.difference, total.currency)} than the file says.${rest}`,
      );
    }
  }

  private round(
    row: Row,
    {
      text,
      currency,
      stepMinor,
      rounding,
    }: {
      readonly text: string;
      readonly currency: string;
      readonly stepMinor: bigint;
      readonly rounding: 'down' | 'half-up';
    },
  ): bigint | null {
    const { numberFormat } = this.settings;
    const exact = readAmount(text, EXACT_DECIMALS, numberFormat);
    const wording = `The amount reads ${amountShown(this.reader.cell(row, 'amount'))}`;
    if (typeof exact !== 'bigint') {
      this.refuse(row, exact, `${wording}. ${amountAdvice(exact, currency, EXACT_DECIMALS, numberFormat)}`);
      return null;
    }
    if (numberFormat === null && MAY_BE_GROUPED.test(text) && row.amountNumber?.text !== text) {
      const advice =
        'The point may group thousands, and which is not guessed. Declare `number_format: "1,250.50"` where it parts decimals, or "1.250,50" where it groups.';
      this.refuse(row, 'decimals', `${wording}. ${advice}`);
      return null;
    }
    const amountMinor = roundExact(exact, currency, stepMinor, rounding);
    if (amountMinor === 0n) {
      this.refuse(
        row,
        'zero',
        `${wording}, and rounded (rounding: ${rounding}) it is zero. Write what is to be paid, or remove the row.`,
      );
      return null;
    }
    const difference = exact - exactOfMinor(amountMinor, currency);
    if (difference !== 0n) this.count(row, { currency, amountMinor, difference, wording });
    return amountMinor;
  }

  private count(
    row: Row,
    {
      currency,
      amountMinor,
      difference,
      wording,
    }: {
      readonly currency: string;
      readonly amountMinor: bigint;
      readonly difference: bigint;
      readonly wording: string;
    },
  ): void {
    const total = this.rounded.get(currency) ?? { count: 0, difference: 0n };
    this.rounded.set(currency, { count: total.count + 1, difference: total.difference + difference });
    this.last = row;
    if (this.listed >= ROUNDED_LISTED) return;
    this.listed += 1;
    const paid = `${formatAmount(amountMinor, currency)} ${currency}`;
    const message = `${wording} and ${paid} is paid: ${differenceText(exactText(difference), currency)} (rounding: ${this.settings.rounding}).`;
    this.reader.warning(row, 'amount', 'amount-rounded', message);
  }

  private refuse(row: Row, problem: AmountProblem | 'other-currency' | 'magnitude', message: string): void {
    // A file without a column of amounts is refused once, for its header.
    if (!this.reader.missing.has('amount')) this.reader.error(row, 'amount', `amount-${problem}`, message);
  }
}

/** @param difference what the file says less what is paid. */
function differenceText(difference: string, currency: string): string {
  return difference.startsWith('-') ? `${difference.slice(1)} ${currency} more` : `${difference} ${currency} less`;
}

function decimalsOfNumber(currency: string, decimals: number): string {
  const has = decimals === 0 ? 'no decimals' : `${decimals} decimals and this number has more`;
  return `${currency} has ${has}. Round it in the sheet, or declare \`rounding: down\` (or half-up).`;
}
