import type { BatchResult, DisplayedPayment } from '../operations/index.ts';
import { alignedLines } from './tables.ts';
import type { Terminal } from './terminal.ts';
import { dayText } from './time-text.ts';
import { plainLine, wrapped } from './wrap.ts';

/** What `--rows` gives of every payment, under the names of the JSON document and in its order. */
const ROW_COLUMNS: readonly (readonly [name: string, text: (row: DisplayedPayment) => string])[] = [
  ['line', (row) => String(row.line)],
  ['id', (row) => row.id],
  ['name', (row) => row.name],
  ['amount', (row) => row.amount],
  ['currency', (row) => row.currency],
  ['destination', (row) => row.destination],
  ['account', (row) => row.account],
  ['status', (row) => row.status],
  ['reference', (row) => row.reference],
  ['provider_reference', (row) => row.providerReference],
  ['receipt', (row) => row.receipt],
  ['sent_at', (row) => row.sentAt],
  ['settled_at', (row) => row.settledAt],
  ['reason', (row) => row.reason],
  ['next_action', (row) => row.nextAction],
];

/** Numbers stand at the right. */
const RIGHT_COLUMNS = [0, 3];

/** Every payment of a result that carries all of them: a table, and on a terminal, where that is too wide, a few lines for each. */
export function printAllRows({ rows, hasAllRows }: BatchResult, terminal: Terminal): void {
  if (hasAllRows !== true) return;
  const lines = terminal.width === null ? rowTable(rows) : rows.flatMap((row) => onePaymentLines(row, terminal.width));
  for (const line of lines) terminal.data(line);
}

/** Rows as aligned plain text, one line each, under a heading. */
export function rowTable(rows: readonly DisplayedPayment[]): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => ROW_COLUMNS.map(([, text]) => plainLine(text(row))));
  return alignedLines([ROW_COLUMNS.map(([name]) => name), ...cells], RIGHT_COLUMNS);
}

/** All that is known of one payment. @param width columns of the terminal; null: each text is one line. */
export function onePaymentLines(row: DisplayedPayment, width: number | null): string[] {
  const { id, name, amount, currency, destination, account, status, reference, providerReference, receipt } = row;
  const thisYear = new Date().getFullYear();
  const facts = [
    `line ${row.line}`,
    `account ${account}`,
    `reference ${reference}`,
    ...(providerReference === '' ? [] : [`provider reference ${providerReference}`]),
    ...(receipt === '' ? [] : [`receipt ${receipt}`]),
    ...(row.sentAt === '' ? [] : [`sent ${dayText(row.sentAt, thisYear)}`]),
    ...(row.settledAt === '' ? [] : [`ended ${dayText(row.settledAt, thisYear)}`]),
  ];
  const head = `${[id, name].filter((text) => text !== '').join(' ')}, ${amount} ${currency} to ${destination}: ${status}`;
  const texts = [facts.join(', '), row.reason, row.nextAction].filter((text) => text !== '');
  return [...wrapped(plainLine(head), width, ''), ...texts.flatMap((text) => wrapped(plainLine(text), width, '  '))];
}
