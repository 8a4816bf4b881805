import { STATEMENT_FIELDS, type StatementField, type StatementForm } from '../domain/statement.ts';
import { foldHeader } from './fields.ts';
import { HEADER_LINES, type HeaderChoice } from './header-row.ts';
import type { Row } from './row.ts';

/** Where each field stands among the cells, from 0; -1 for one that the statement does not have. */
export type StatementPositions = Readonly<Record<StatementField, number>>;

/**
 * Usual headers of fields that only make a row prove less or say more. The fields that a payment is recognised by are never guessed:
 * they are mapped, or have their own names.
 */
const STATEMENT_HEADERS: Readonly<Partial<Record<StatementField, readonly string[]>>> = {
  paid_in: ['paid in', 'money in', 'credit', 'credits', 'credit amount', 'amount credited', 'deposit', 'deposits'],
  linked_receipt: ['linked transaction id', 'linked receipt'],
  direction: ['dr/cr', 'cr/dr', 'debit/credit', 'credit/debit', 'd/c', 'c/d'],
  recipient: ['other party info', 'other party', 'beneficiary', 'beneficiary name', 'payee', 'counterparty'],
  time: ['completion time', 'transaction date', 'transaction time', 'date', 'posting date', 'value date'],
  reason: ['reason type', 'transaction type'],
};

/** Headers of a column that holds money out only. */
const OUT_HEADER =
  /(?<![\p{L}\p{N}])(?:debits?|debited|withdrawn|withdrawals?|paid out|money out|amount out|payments? out|outgoing|outflows?|dr)(?![\p{L}\p{N}])/u;
const IN_HEADER =
  /(?<![\p{L}\p{N}])(?:credits?|credited|paid in|money in|amount in|deposits?|incoming|cr)(?![\p{L}\p{N}])/u;

/** A header as statements are compared by it: a full stop or colon at its end does not count. */
function foldedHeader(header: string): string {
  return foldHeader(header).replace(/[\s.:]+$/, '');
}

/** The headers under which a field may stand, in the order in which they are looked for. */
function headersOf(form: StatementForm, field: StatementField): readonly string[] {
  const mapped = form.columns[field];
  const names = mapped === undefined ? [field, ...(STATEMENT_HEADERS[field] ?? [])] : [mapped];
  return names.map(foldedHeader);
}

/** Whether a header is one that the form reads. */
export function knownHeaders(form: StatementForm): (header: string) => boolean {
  const names = new Set(STATEMENT_FIELDS.flatMap((field) => headersOf(form, field)));
  return (header) => names.has(foldedHeader(header));
}

export function statementPositions(form: StatementForm, cells: readonly string[]): StatementPositions {
  const headers = cells.map(foldedHeader);
  const position = (field: StatementField): number => {
    for (const name of headersOf(form, field)) {
      const at = headers.indexOf(name);
      if (at !== -1) return at;
    }
    return -1;
  };
  return Object.fromEntries(STATEMENT_FIELDS.map((field) => [field, position(field)])) as Record<
    StatementField,
    number
  >;
}

/** How many columns have this header. */
export function columnsNamed(header: string, cells: readonly string[]): number {
  const name = foldedHeader(header);
  return cells.filter((cell) => foldedHeader(cell) === name).length;
}

/** The fields without which no row can be read. */
export function neededFields(form: StatementForm, positions: StatementPositions): readonly StatementField[] {
  return STATEMENT_FIELDS.filter(
    (field) =>
      form.columns[field] !== undefined ||
      field === 'amount' ||
      (field === 'provider_reference' && positions.reference === -1) ||
      (field === 'status' && form.paid.length > 0) ||
      (field === 'direction' && form.out !== null && typeof form.out !== 'string'),
  );
}

/** Whether the amounts of this column are money out, by its header or because money in has a column of its own. */
export function isOutColumn(form: StatementForm, header: string): boolean {
  if (form.columns.paid_in !== undefined) return true;
  const name = foldHeader(header);
  return OUT_HEADER.test(name) && !IN_HEADER.test(name);
}

/** The header of a statement is the first line with the needed columns: organisation, account and period may stand above it. */
export function statementHeader(form: StatementForm): HeaderChoice {
  const isHeader = ({ cells }: Row): boolean => {
    const positions = statementPositions(form, cells);
    return neededFields(form, positions).every((field) => positions[field] !== -1);
  };
  const known = knownHeaders(form);
  const count = ({ cells }: Row): number => cells.filter(known).length;
  return {
    lastLine: HEADER_LINES,
    isCertain: isHeader,
    choose: (records) => {
      const whole = records.find(isHeader);
      if (whole !== undefined) return whole;
      // The line that has most of the headers shows best what is missing.
      return records.reduce<Row | null>((best, row) => (best === null || count(row) > count(best) ? row : best), null);
    },
  };
}
