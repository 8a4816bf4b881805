import type { StatementRow } from '../domain/statement.ts';

/** The money came back, whatever else the row says. */
const BACK_WORDS = ['reversal', 'reversed', 'reverse', 'reversing', 'chargeback', 'storno', 'unwound'];
/** The money may have come back; a payment may also be a refund to a customer. */
const MAYBE_BACK_WORDS = [
  'refund',
  'refunded',
  'return',
  'returned',
  'returns',
  'recall',
  'recalled',
  'bounced',
  'undo',
  'void',
  'contra',
];
const CHARGE_WORDS = ['charge', 'charges', 'fee', 'fees', 'commission', 'excise', 'levy', 'tariff'];
/** Nothing was moved, or not for good. */
const NOT_MADE_WORDS = [
  ...['failed', 'declined', 'rejected', 'cancelled', 'canceled', 'expired', 'unsuccessful'],
  // What a bank sets aside before it pays.
  ...['hold', 'reserved'],
];

const ANY_WORD =
  /revers|chargeback|charge-back|storno|unwound|refund|return|recall|bounce|undo|void|contra|charge|\bfees?\b|commission|excise|levy|tariff|failed|declined|rejected|cancel|expired|unsuccessful|\bhold\b|reserved/i;

/** What the words of a row say besides its amount. */
export interface RowWords {
  readonly isBack: boolean;
  readonly mayBeBack: boolean;
  readonly isCharge: boolean;
  readonly isNotMade: boolean;
}

const NO_WORDS: RowWords = { isBack: false, mayBeBack: false, isCharge: false, isNotMade: false };
const REVERSAL_WORDS: RowWords = { ...NO_WORDS, isBack: true };

/**
 * The words of a row that change what it means. The name of the recipient does not count: people are called Levy.
 *
 * @param of the payment that the row may be of, with the name of its person; null where there is none.
 */
export function rowWords(row: StatementRow, of: { readonly name: string } | null): RowWords {
  const { reference, status, reason, isReversal } = row;
  const note = reason === '' ? reference : `${reference} ${reason}`;
  if (!ANY_WORD.test(note) && !ANY_WORD.test(status)) return isReversal ? REVERSAL_WORDS : NO_WORDS;
  const names = new Set(wordsOf(of?.name ?? ''));
  const words = new Set(wordsOf(`${note} ${status}`.replace(/charge-backs?/gi, 'chargeback')));
  const has = (list: readonly string[]): boolean => list.some((word) => words.has(word) && !names.has(word));
  // A provider's own word for the kind of the row is clearer than a note, which has names and what the payer wrote.
  const kind = new Set(wordsOf(reason === '' ? note : reason));
  const isCharge = CHARGE_WORDS.some((word) => kind.has(word) && !names.has(word));
  return {
    isBack: isReversal || has(BACK_WORDS),
    mayBeBack: has(MAYBE_BACK_WORDS),
    isCharge,
    isNotMade: has(NOT_MADE_WORDS),
  };
}

/** In lower case, without marks. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
