import { formatAmount } from '../../domain/money.ts';
import { BankStatementFault, bankMinor, entryReference, type TakeEntry } from './entry.ts';
import { Mt940Lines, type Mt940Field } from './mt940-lines.ts';
import { mt940Note } from './mt940-note.ts';

interface Balance {
  readonly minor: bigint;
  readonly currency: string;
  /** Of the first page of a statement, or of its last. */
  readonly isWhole: boolean;
}

/** One page of a statement: between its two balances. */
interface Page {
  readonly line: number;
  readonly account: string;
  /** Statement and page, as field 28 numbers them; page 0 where it does not. */
  readonly number: string;
  readonly page: number;
  readonly opening: Balance;
  closing: Balance | null;
  sum: bigint;
}

const BALANCE = /^([CD])(\d{6})([A-Z]{3})(\d{1,15},\d*)$/;
/**
 * Value date, entry date, mark, funds code, amount, type, the payer's reference, the bank's. `R` before a mark is the reversal of an
 * earlier entry: its money goes the other way.
 */
const ENTRY = /^(\d{6})(\d{4})?(R?[CD])([A-Z])?(\d{1,15},\d*)([A-Z][A-Z0-9]{3})(.*?)(?:\/\/(.*))?$/;

/** The bank's own words for kinds of entries that are no payments. */
const KINDS: Readonly<Record<string, string>> = { CHG: 'charge', COM: 'commission', RTI: 'returned' };

/**
 * Reads SWIFT MT940. A file that is cut, lacks a page, or whose entries are not the difference of its balances is refused: an entry that
 * is not there may be a reversal. Throws {@link BankStatementFault}.
 */
export class Mt940Reader {
  private readonly take: TakeEntry;
  private readonly lines = new Mt940Lines((field) => this.field(field));
  private account = '';
  private number = '';
  private pageNumber = 0;
  private page: Page | null = null;
  /** The page before, where its statement goes on. */
  private unfinished: Page | null = null;
  private entry: Mt940Field | null = null;
  private note: readonly string[] = [];
  private hasStatement = false;

  constructor(take: TakeEntry) {
    this.take = take;
  }

  write(chunk: string): void {
    this.lines.write(chunk);
  }

  end(): void {
    this.lines.end();
    this.endPage(0);
    if (!this.hasStatement) throw new BankStatementFault(0, 'file-empty', 'There is no statement in this file.');
    if (this.unfinished !== null) throw cutFile(`statement ${this.unfinished.number} goes on behind its last page`);
  }

  private field(field: Mt940Field | 'end'): void {
    if (field === 'end') {
      this.endPage(0);
      return;
    }
    const { tag, line, lines } = field;
    const [value = ''] = lines;
    if (tag !== '86') this.endEntry();
    switch (tag) {
      case '20':
        this.endPage(line);
        return;
      case '25':
      case '25P':
        this.account = value.trim();
        return;
      case '28':
      case '28C': {
        const [number = '', page = ''] = value.trim().split('/');
        this.number = number;
        this.pageNumber = Number(page) || 0;
        return;
      }
      case '60F':
      case '60M':
        this.open(line, this.balance(value, line, tag === '60F'));
        return;
      case '61':
        if (this.openPage === null)
          throw new BankStatementFault(line, 'statement-format', 'An entry stands outside of a statement.');
        this.entry = field;
        return;
      case '86':
        if (this.entry !== null) this.note = lines;
        return;
      case '62F':
      case '62M':
        this.close(line, this.balance(value, line, tag === '62F'));
        return;
      default:
        // Available balances and what belongs to the whole statement.
        return;
    }
  }

  private get openPage(): Page | null {
    return this.page?.closing === null ? this.page : null;
  }

  private open(line: number, opening: Balance): void {
    this.endPage(line);
    const { account, number, pageNumber, unfinished } = this;
    if (opening.isWhole ? unfinished !== null : unfinished === null)
      throw new BankStatementFault(
        line,
        'statement-page-missing',
        `A page of statement ${number} is missing before this one. Take all its pages, in one file.`,
      );
    if (unfinished !== null) {
      const isNext = unfinished.page === 0 || pageNumber === unfinished.page + 1;
      const isSame = unfinished.closing?.minor === opening.minor && unfinished.closing.currency === opening.currency;
      if (!isNext || !isSame || unfinished.account !== account || unfinished.number !== number)
        throw new BankStatementFault(
          line,
          'statement-page-missing',
          `This page does not go on where page ${unfinished.page} of statement ${unfinished.number} ends. Take all its pages, in one file.`,
        );
    }
    this.unfinished = null;
    this.page = { line, account, number, page: pageNumber, opening, closing: null, sum: 0n };
    this.hasStatement = true;
  }

  private close(line: number, closing: Balance): void {
    const page = this.openPage;
    if (page === null)
      throw new BankStatementFault(line, 'statement-format', 'A closing balance stands outside of a statement.');
    page.closing = closing;
    const { opening } = page;
    const { currency } = opening;
    const difference = closing.minor - opening.minor - page.sum;
    if (closing.currency !== currency || difference !== 0n) {
      const by =
        closing.currency === currency
          ? `differ by ${formatAmount(difference, currency)} ${currency}`
          : `are in ${currency} and ${closing.currency}`;
      throw new BankStatementFault(
        line,
        'statement-balance',
        `The balances of statement ${page.number} and the sum of its entries ${by}: an entry is missing or was changed. Take the statement from the bank again.`,
      );
    }
    if (!closing.isWhole) this.unfinished = page;
  }

  private endPage(line: number): void {
    this.endEntry();
    if (this.openPage !== null) throw cutFile(`statement ${this.openPage.number} has no closing balance`, line);
    this.page = null;
  }

  private endEntry(): void {
    const { entry, note } = this;
    this.entry = null;
    this.note = [];
    const page = this.openPage;
    if (entry === null || page === null) return;
    const { line, lines } = entry;
    const { currency } = page.opening;
    const [, valueDate = '', entryDate, mark = '', , amount = '', type = '', reference = '', bankReference = ''] =
      ENTRY.exec(lines[0]?.trimEnd() ?? '') ?? [];
    if (mark === '')
      throw new BankStatementFault(
        line,
        'statement-format',
        'This entry (:61:) cannot be read. Take the statement from the bank again.',
      );
    const amountMinor = bankMinor(amount, currency, ',', line);
    const isReversal = mark.startsWith('R');
    const isOut = mark === 'D' || mark === 'RC';
    page.sum += isOut ? -amountMinor : amountMinor;
    const note86 = mt940Note(note);
    // An end-to-end id of the payer is one; the reference of field 61 has room for 16 characters, too few for ours.
    const text = [note86.text, ...lines.slice(1)].join(' ').trim();
    this.take({
      line,
      reference: entryReference([note86.endToEndId, ...note86.ids, reference.trim()], text),
      providerReference: bankReference.trim(),
      linkedReceipt: '',
      amountMinor,
      isNegative: isOut,
      side: isOut ? 'out' : 'in',
      isReversal: isReversal || note86.isReturn,
      currency,
      status: 'BOOK',
      isPaid: true,
      recipient: note86.name,
      reason: KINDS[type.slice(1)] ?? note86.kind,
      time: entryTime(valueDate, entryDate, line),
    });
  }

  private balance(value: string, line: number, isWhole: boolean): Balance {
    const [, mark, , currency = '', amount = ''] = BALANCE.exec(value.trim()) ?? [];
    if (mark === undefined)
      throw new BankStatementFault(
        line,
        'statement-format',
        'This balance cannot be read. Take the statement from the bank again.',
      );
    const minor = bankMinor(amount, currency, ',', line);
    return { minor: mark === 'D' ? -minor : minor, currency, isWhole };
  }
}

function cutFile(what: string, line = 0): BankStatementFault {
  return new BankStatementFault(
    line,
    'statement-cut',
    `The file is cut: ${what}. Take the statement from the bank again.`,
  );
}

const HALF_YEAR_MONTHS = 6;

/** The day of the entry. Its date has no year: that of the value date, or the next one or the one before where the year turns between them. */
export function entryTime(valueDate: string, entryDate: string | undefined, line: number): string {
  let year = 2000 + Number(valueDate.slice(0, 2));
  const valueMonth = Number(valueDate.slice(2, 4));
  const [month, day] = [
    Number((entryDate ?? valueDate.slice(2)).slice(0, 2)),
    Number((entryDate ?? valueDate.slice(2)).slice(2, 4)),
  ];
  if (month - valueMonth > HALF_YEAR_MONTHS) year -= 1;
  else if (valueMonth - month > HALF_YEAR_MONTHS) year += 1;
  const at = new Date(Date.UTC(year, month - 1, day));
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day || valueMonth < 1 || valueMonth > 12)
    throw new BankStatementFault(
      line,
      'statement-date',
      'The date of this entry is none. Take the statement from the bank again.',
    );
  return at.toISOString().slice(0, 10);
}
