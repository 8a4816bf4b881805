import type { StatementRow } from '../../src/domain/statement.ts';
import type { ComparedPayment } from '../../src/ledger/compared-payments.ts';
import { standsAsReference } from '../../src/settle/statement-match.ts';
import { rowWords, type RowWords } from '../../src/settle/statement-words.ts';

/** A row with everything that is known of it, as one object. */
interface PlainRow {
  readonly row: StatementRow;
  payments: readonly ComparedPayment[];
  isOtherBatch: boolean;
  naming: 'reference' | 'note' | 'receipt' | 'linked' | 'mentioned' | 'none';
  words: RowWords;
}

/**
 * Compares rows with payments by the rules of docs/statements.md, in plain lists and by searching them: far too slow for a statement,
 * and short enough to be read. Without money outside payrun. One text for each finding, in the order of the comparison.
 */
export function plainComparison(
  payments: readonly ComparedPayment[],
  rows: readonly StatementRow[],
  others: ReadonlySet<string>,
): string[] {
  const plain = rows.map((row) => byReference(row, payments, others));
  const receipts = receiptOwners(payments, plain);
  const ownersOf = (receipt: string): (ComparedPayment | 'other')[] =>
    receipt === '' ? [] : [...(receipts.get(receipt) ?? [])];
  const signs = payments.map((payment) => {
    const own = plain.filter((one) => one.payments.length === 1 && one.payments[0] === payment && showsDirection(one));
    const found = new Set(own.map(({ row }) => row.isNegative));
    return found.size === 1 ? [...found][0] : undefined;
  });
  const isUniform = !(signs.includes(true) && signs.includes(false));
  const hasMinus = rows.some(({ side, isNegative }) => side === 'signed' && isNegative);
  const isOut = ({ side, isNegative }: StatementRow): boolean =>
    side === 'out' || (isUniform && (side === 'column-out' || (side === 'signed' && isNegative)));
  const isIn = ({ side, isNegative }: StatementRow): boolean =>
    side === 'in' || (isUniform && hasMinus && side === 'signed' && !isNegative);
  for (const one of plain) if (one.naming === 'none') byReceipt(one, ownersOf);

  const roleOf = ({ row, words, naming, payments: [payment] }: PlainRow): string => {
    if (payment === undefined) return 'none';
    if (words.isCharge && row.amountMinor !== payment.amountMinor && payment.status === 'paid') return 'charge';
    if (words.isBack || isIn(row) || (words.mayBeBack && !isOut(row))) return 'back';
    if (!row.isPaid) return 'not-made';
    if (words.isCharge) return 'charge';
    if (row.amountMinor === 0n) return 'unclear';
    const isBeside = naming === 'linked' || naming === 'mentioned';
    return isBeside && row.amountMinor < payment.amountMinor ? 'charge' : 'payment';
  };
  const isShared = ({ providerReference }: StatementRow): boolean => ownersOf(providerReference).length > 1;
  const isExact = ({ row, payments: [payment] }: PlainRow): boolean =>
    row.amountMinor === payment?.amountMinor && row.currency === payment.currency;
  const loose = new Set(
    plain.filter((one) => isLoose(one, isIn)).map(({ row }) => `${row.amountMinor} ${row.currency}`),
  );

  const kindOf = (one: PlainRow): string | null => {
    const { row, words, payments: of } = one;
    const [payment] = of;
    if (of.length > 1 || (of.length === 1 && one.isOtherBatch)) return 'ambiguous';
    if (one.isOtherBatch) return 'other-batch';
    if (payment === undefined) {
      if (isLoose(one, isIn)) return 'came-back';
      if (row.amountMinor === 0n || isIn(row)) return null;
      return row.isPaid && words.isCharge ? 'charge' : 'not-ours';
    }
    const all = plain.filter(
      (other) => other.payments.length === 1 && !other.isOtherBatch && other.payments[0] === payment,
    );
    const money = all.filter((other) => roleOf(other) === 'payment');
    const seen = new Set(
      money.filter(({ row: { side } }) => side === 'column-out' || side === 'signed').map((m) => m.row.isNegative),
    );
    const cameBack = all.some((other) => roleOf(other) === 'back') || seen.size > 1;
    const back = payment.status === 'returned' ? 'agrees' : 'came-back';
    switch (roleOf(one)) {
      case 'charge':
        return 'charge';
      case 'not-made':
        if (payment.status === 'paid') return 'not-paid';
        return ['pending', 'unknown', 'submitting'].includes(payment.status) ? 'open' : 'agrees';
      case 'back':
        return back;
      case 'unclear':
        return 'ambiguous';
    }
    if (cameBack) return back;
    if (isShared(row)) return 'ambiguous';
    const ranked = money
      .filter((other) => other.naming === 'reference' || other.naming === 'note' || !isShared(other.row))
      .toSorted(
        (a, b) =>
          Number(isExact(b)) - Number(isExact(a)) ||
          RANK[b.naming] - RANK[a.naming] ||
          Number(b.row.amountMinor - a.row.amountMinor) ||
          Number(isShared(a.row)) - Number(isShared(b.row)),
      );
    const [principal] = ranked;
    if (principal === undefined) return 'ambiguous';
    if (principal !== one) {
      const isSmaller = row.amountMinor < principal.row.amountMinor;
      const isSame = row.providerReference !== '' && row.providerReference === principal.row.providerReference;
      if (isSmaller && (isSame || (one.naming !== 'reference' && one.naming !== 'note'))) return 'charge';
      return isExact(one) || !isExact(principal) ? 'paid-twice' : 'amount-differs';
    }
    if (!isExact(one)) return 'amount-differs';
    if (!isOut(row)) return 'ambiguous';
    const proof = one.naming === 'reference' && !words.mayBeBack ? '!' : '';
    if (payment.status === 'paid' || payment.status === 'returned') return `agrees${proof}`;
    const isDoubtful =
      words.isNotMade ||
      all.some((other) => roleOf(other) === 'unclear' || (roleOf(other) === 'not-made' && other.words.isNotMade));
    if (isDoubtful || loose.has(`${payment.amountMinor} ${payment.currency}`)) return 'ambiguous';
    const isOpen = ['unknown', 'pending', 'submitting'].includes(payment.status);
    return `${isOpen ? 'paid-but-unknown' : 'paid-but-failed'}${proof}`;
  };

  const found = plain.flatMap((one) => {
    const kind = kindOf(one);
    return kind === null ? [] : [`${one.row.line} ${kind} ${one.payments[0]?.id ?? ''}`];
  });
  const without = payments.flatMap((payment) => {
    const isNamed = plain.some(
      (one) =>
        one.payments.includes(payment) && (one.payments.length > 1 || one.isOtherBatch || roleOf(one) !== 'charge'),
    );
    const kind = isNamed ? undefined : WITHOUT_ROW[payment.status];
    return kind === undefined ? [] : [`- ${kind} ${payment.id}`];
  });
  return [...found, ...without];
}

const RANK = { reference: 4, note: 3, receipt: 2, linked: 1, mentioned: 0, none: -1 };

const WITHOUT_ROW: Readonly<Record<string, string>> = {
  ...{ paid: 'missing', returned: 'missing', unknown: 'open', pending: 'open', submitting: 'open' },
  ...{ failed: 'agrees', cancelled: 'agrees', replaced: 'agrees' },
};

function byReference(row: StatementRow, payments: readonly ComparedPayment[], others: ReadonlySet<string>): PlainRow {
  const words = row.reference.toUpperCase().split(/[^0-9A-Z]+/);
  const of = [...new Set(words)].flatMap((word) => payments.find(({ reference }) => reference === word) ?? []);
  const [first] = of;
  const isReference = first !== undefined && standsAsReference(row.reference, first.reference);
  const naming = first === undefined ? 'none' : isReference ? 'reference' : 'note';
  const isOtherBatch = words.some((word) => others.has(word));
  return {
    row,
    payments: of,
    isOtherBatch,
    naming: isOtherBatch && naming === 'none' ? 'note' : naming,
    words: rowWords(row, first ?? null),
  };
}

function receiptOwners(
  payments: readonly ComparedPayment[],
  rows: readonly PlainRow[],
): Map<string, Set<ComparedPayment | 'other'>> {
  const owners = new Map<string, Set<ComparedPayment | 'other'>>();
  const add = (receipt: string, owner: ComparedPayment | 'other'): void => {
    if (receipt !== '') owners.set(receipt, (owners.get(receipt) ?? new Set()).add(owner));
  };
  for (const payment of payments)
    for (const receipt of [payment.providerReference, payment.receipt]) add(receipt, payment);
  for (const { row, payments: of, isOtherBatch } of rows) {
    const [payment] = of;
    if (payment !== undefined && of.length === 1 && !isOtherBatch) add(row.providerReference, payment);
    else if (of.length === 0 && isOtherBatch) add(row.providerReference, 'other');
  }
  return owners;
}

function byReceipt(one: PlainRow, ownersOf: (receipt: string) => readonly (ComparedPayment | 'other')[]): void {
  const { row, words } = one;
  const readsNote = row.side === 'in' || row.side === 'none' || words.isBack || words.mayBeBack || words.isCharge;
  const named = [
    ['receipt', row.providerReference],
    ['linked', row.linkedReceipt],
    ...(readsNote
      ? row.reference
          .split(/[^0-9A-Za-z-]+/)
          .filter((word) => word.length >= 6)
          .map((word) => ['mentioned', word])
      : []),
  ] as const;
  for (const [naming = 'none', receipt = ''] of named) {
    const [owner, another] = ownersOf(receipt);
    if (owner === undefined || another !== undefined) continue;
    one.naming = naming as PlainRow['naming'];
    if (owner === 'other') one.isOtherBatch = true;
    else {
      one.payments = [owner];
      one.words = rowWords(row, owner);
    }
    return;
  }
}

function showsDirection({ row, words, payments: [payment], isOtherBatch }: PlainRow): boolean {
  if (row.side !== 'column-out' && row.side !== 'signed') return false;
  return (
    !isOtherBatch && row.isPaid && row.amountMinor !== 0n && row.amountMinor === payment?.amountMinor && !words.isBack
  );
}

/** A reversal that does not say of what. */
function isLoose({ row, words, payments, isOtherBatch }: PlainRow, isIn: (row: StatementRow) => boolean): boolean {
  if (payments.length > 0 || isOtherBatch || !row.isPaid || row.linkedReceipt !== '' || words.isCharge) return false;
  return words.isBack || ((words.mayBeBack || words.isNotMade) && isIn(row));
}
