import { currencyDecimals } from '../domain/money.ts';
import { hasFigure } from './line-text.ts';
import type { ProblemPlace } from './problem-list.ts';
import type { Row, RowReader } from './row.ts';
import { amountShown } from './shape.ts';

/** What may stand around an amount besides its digits, and is read: the payment's own currency, and `/=` or `/-` for "only". */
export type AmountStyle = 'currency' | 'only';

/** An amount without what stood around it, or why that leaves no amount that can be paid. */
export type BareAmount =
  | { readonly text: string; readonly styles: readonly AmountStyle[] }
  | { readonly problem: 'zero' | 'negative' | 'other-currency' | 'magnitude'; readonly advice: string };

/** How currencies are written besides their ISO codes. A word of several currencies is read where one of them is the payment's. */
const CURRENCY_WORDS: Readonly<Record<string, readonly string[]>> = {
  ksh: ['KES'], kshs: ['KES'], tsh: ['TZS'], tshs: ['TZS'], ush: ['UGX'], ushs: ['UGX'], sh: ['KES', 'TZS', 'UGX', 'SOS'],
  shs: ['KES', 'TZS', 'UGX', 'SOS'], frw: ['RWF'], rf: ['RWF'], fbu: ['BIF'], br: ['ETB'], birr: ['ETB'], fc: ['CDF'],
  zk: ['ZMW'], k: ['ZMW', 'MWK'], mk: ['MWK'], mt: ['MZN'], mtn: ['MZN'], m: ['LSL'], r: ['ZAR'], p: ['BWP'], kz: ['AOA'],
  '₦': ['NGN'], n: ['NGN'], naira: ['NGN'], '₵': ['GHS'], 'gh₵': ['GHS'], 'gh¢': ['GHS'], ghc: ['GHS'], fcfa: ['XOF', 'XAF'],
  cfa: ['XOF', 'XAF'], le: ['SLE', 'EGP'], 'e£': ['EGP'], dh: ['MAD', 'AED'], ar: ['MGA'], '$': ['USD'], 'us$': ['USD'],
  '€': ['EUR'], '£': ['GBP'], '₹': ['INR'], rs: ['INR', 'MUR', 'SCR'], '¥': ['CNY', 'JPY'],
}; // prettier-ignore

/** A text longer than this is no amount, and not worth taking apart. */
const AMOUNT_TEXT_MAX = 64;

const DASHES = /^[-–—−]+$/;
const WORD_BEFORE = /^([\p{L}\p{Sc}¢][\p{L}\p{Sc}¢.]*)\s*(.*)$/su;
const WORD_BEHIND = /^(.*?)\s*([\p{L}\p{Sc}¢][\p{L}\p{Sc}¢.]*)$/su;
const ONLY_BEHIND = /^(.*[\d\-–—−])\s*\/[=-]$/s;

/**
 * Takes off an amount what people and spreadsheets write around it, where that leaves no doubt about its value; null where nothing
 * stands around it, or something that is not known.
 */
export function bareAmount(text: string, currency: string): BareAmount | null {
  if (text.length > AMOUNT_TEXT_MAX) return null;
  const { body, words, isOnly, isNegative, hasLetterBehind } = strip(text);
  if (hasLetterBehind) return { problem: 'magnitude', advice: LETTER_BEHIND };
  const currencies = new Set(words.map((word) => currencyOf(word, currency)));
  if (currencies.size > 1 || currencies.has(null)) return null;
  const [written] = currencies;
  if (typeof written === 'string' && written !== currency) {
    return { problem: 'other-currency', advice: otherCurrency(written, currency) };
  }
  if (DASHES.test(body)) return { problem: 'zero', advice: DASH };
  if (isNegative && /[1-9]/.test(body)) return { problem: 'negative', advice: NEGATIVE };
  if (written === undefined && !isOnly && !isNegative) return null;
  const styles: AmountStyle[] = [];
  if (written !== undefined) styles.push('currency');
  if (isOnly) styles.push('only');
  return { text: body, styles };
}

/** What to do about an amount of a workbook that shows another figure than the one that is stored, or words beside it. */
export const PLAIN_AMOUNTS =
  'Format the column as a plain number (without %, thousands left out or words), look whether these are the amounts to be paid, correct them, and save.';

const NEGATIVE = 'The amount is negative. Only amounts greater than zero are paid; correct or remove the row.';
const LETTER_BEHIND =
  'A single letter behind the digits may stand for thousands or millions, or for a currency, and which is not guessed. Write the amount with all its digits, such as 5000000.';
const DASH =
  'A dash stands for zero in the accounting format of spreadsheets, and zero is not paid. Write what is to be paid, or remove the row.';

function otherCurrency(other: string, currency: string): string {
  return `It is written in ${other}, and this payment is in ${currency}. Find out which is meant; write the amount without a currency, and another currency in a column \`currency\`.`;
}

interface Stripped {
  readonly body: string;
  /** Words before and behind the amount, lower case and without points. */
  readonly words: readonly string[];
  readonly isOnly: boolean;
  readonly isNegative: boolean;
  /** Whether one letter stands behind the digits, as in `5M` and `12k`: in front of them it is a currency, behind them a factor to most. */
  readonly hasLetterBehind: boolean;
}

/** Takes off what stands around the digits: brackets, signs, words, and the sign for "only". */
function strip(text: string): Stripped {
  const words: string[] = [];
  let body = text.trim();
  let isOnly = false;
  let isNegative = false;
  let hasLetterBehind = false;
  for (let before = ''; before !== body;) {
    before = body;
    if (DASHES.test(body)) break;
    const [, inBrackets] = /^\((.*)\)$/s.exec(body) ?? [];
    const [, withoutOnly] = ONLY_BEHIND.exec(body) ?? [];
    const [, firstWord, behind] = WORD_BEFORE.exec(body) ?? [];
    const [, ahead, lastWord] = WORD_BEHIND.exec(body) ?? [];
    const [, unsigned] = /^[-–—−]\s*(.+)$/s.exec(body) ?? /^(.*\d)\s*[-–—−]$/s.exec(body) ?? [];
    if (inBrackets !== undefined) {
      isNegative = true;
      body = inBrackets.trim();
    } else if (withoutOnly !== undefined && !isOnly) {
      isOnly = true;
      body = withoutOnly;
    } else if (firstWord !== undefined && behind !== undefined) {
      words.push(firstWord);
      body = behind;
    } else if (lastWord !== undefined && ahead !== undefined) {
      words.push(lastWord);
      hasLetterBehind ||= /^\p{L}\.*$/u.test(lastWord) && /\p{Nd}/u.test(ahead);
      body = ahead;
    } else if (unsigned !== undefined) {
      isNegative = true;
      body = unsigned;
    }
  }
  return {
    body,
    words: words.map((word) => word.replaceAll('.', '').toLowerCase()),
    isOnly,
    isNegative,
    hasLetterBehind,
  };
}

/** The currency that a word names: the payment's own where the word may mean that; null for a word that names none. */
function currencyOf(word: string, own: string): string | null {
  const code = word.toUpperCase();
  if (currencyDecimals(code) !== undefined) return code;
  const currencies = Object.hasOwn(CURRENCY_WORDS, word) ? (CURRENCY_WORDS[word] ?? []) : [];
  return currencies.includes(own) ? own : (currencies[0] ?? null);
}

/** Whether a cell holds a number and nothing else but a currency or a sign: an amount, a phone, an account; no day and no time. */
export function isBareFigure(cell: string): boolean {
  if (cell.length > AMOUNT_TEXT_MAX || !hasFigure(cell)) return false;
  const [, before = '', behind = ''] = BARE_FIGURE.exec(cell.trim()) ?? ['', '?'];
  return [before, behind].every((word) => {
    const name = word.replaceAll('.', '').toLowerCase();
    return name === '' || Object.hasOwn(CURRENCY_WORDS, name) || currencyDecimals(name.toUpperCase()) !== undefined;
  });
}

const BARE_FIGURE = /^'?\s*([\p{L}\p{Sc}¢.]{0,8})\s*[+(-]?\p{Nd}[\p{Nd}\s.,'’()/=-]*?\s*([\p{L}\p{Sc}¢.]{0,8})$/u;

/** Counts the amounts of a file that were not written plainly, and keeps the first ones as examples. */
export class WrittenAmounts {
  private readonly reader: RowReader;
  private readonly seen = new Map<
    AmountStyle,
    { count: number; readonly place: ProblemPlace; readonly examples: string[] }
  >();

  constructor(reader: RowReader) {
    this.reader = reader;
  }

  add(row: Row, text: string, amount: string, styles: readonly AmountStyle[]): void {
    for (const style of styles) {
      let seen = this.seen.get(style);
      if (seen === undefined) {
        seen = { count: 0, place: { ...this.reader.placeOf(row, 'amount'), line: 0 }, examples: [] };
        this.seen.set(style, seen);
      }
      seen.count += 1;
      if (seen.examples.length < 3) seen.examples.push(`${amountShown(text)} on line ${row.line} is ${amount}`);
    }
  }

  /** Warns once of each style. */
  finish(): void {
    for (const [style, { count, place, examples }] of this.seen) {
      const amounts = count === 1 ? '1 amount is' : `${count} amounts are`;
      const message = `${amounts} written with ${STYLES[style]}, which was left out: ${examples.join('; ')}.`;
      this.reader.warningAt(place, `amount-with-${style}`, message);
    }
  }
}

const STYLES: { readonly [Style in AmountStyle]: string } = {
  currency: "the payment's own currency",
  only: '/= or /- for "only"',
};
