import { randomUUID } from 'node:crypto';
import { rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Draft, Payer } from './payers.ts';

/** One payment of a generated batch. */
export interface Row extends Draft {
  /** Physical line in the file that holds it. */
  readonly line: number;
}

export interface BatchFile {
  /** In the drop folder. */
  readonly file: string;
  readonly batch: string;
  readonly rows: readonly Row[];
}

type Form = 'csv' | 'csv-semicolon' | 'yaml' | 'yaml-rows';

const FORMS: readonly Form[] = ['csv', 'yaml', 'csv-semicolon', 'yaml-rows'];

/** Payments for people who are never paid the same amount twice, so that money that moves twice cannot hide. */
export function draftRows(payer: Payer, from: number, count: number): Draft[] {
  return Array.from({ length: count }, (_, at) => payer.draft(from + at));
}

/** Drops a batch file (and the CSV that it names) whole, as if it had lain there for a while. */
export async function dropBatch(
  payer: Payer,
  folder: string,
  name: string,
  drafts: readonly Draft[],
  at: number,
): Promise<BatchFile> {
  const form = FORMS[at % FORMS.length] ?? 'csv';
  const csv = csvText(payer, drafts, form === 'csv-semicolon' ? ';' : ',');
  const rows = (first: number): Row[] => drafts.map((draft, index) => ({ ...draft, line: first + index }));
  switch (form) {
    case 'csv':
    case 'csv-semicolon':
      await drop(folder, `${name}.csv`, csv);
      return { file: `${name}.csv`, batch: name, rows: rows(2) };
    case 'yaml': {
      const { text, firstLine } = yamlText(payer, name, drafts);
      await drop(folder, `${name}.yaml`, text);
      return { file: `${name}.yaml`, batch: name, rows: rows(firstLine) };
    }
    case 'yaml-rows':
      await drop(folder, `${name}-rows.csv`, csv);
      await drop(
        folder,
        `${name}.yaml`,
        `batch: ${name}\naccount: demo\ncurrency: ${payer.currency}\nrows: ${name}-rows.csv\n`,
      );
      return { file: `${name}.yaml`, batch: name, rows: rows(2) };
  }
}

function csvText(payer: Payer, drafts: readonly Draft[], delimiter: string): string {
  const columns = ['id', 'name', 'amount', ...payer.columns, 'Team'];
  const lines = drafts.map((draft) => {
    const places = payer.columns.map((column) => draft.fields[column] ?? '');
    return [draft.id, draft.name, amountText(draft.amountMinor), ...places, 'blue'].join(delimiter);
  });
  return `${[columns.join(delimiter), ...lines].join('\n')}\n`;
}

/** Columns that are one block in YAML. */
const BLOCKS: Readonly<Record<string, readonly [block: string, key: string]>> = {
  bank_code: ['bank', 'code'],
  bank_account: ['bank', 'account'],
  paybill: ['paybill', 'code'],
  paybill_account: ['paybill', 'account'],
};

function yamlText(payer: Payer, batch: string, drafts: readonly Draft[]): { text: string; firstLine: number } {
  const head = [`batch: ${batch}`, 'account: demo', `currency: ${payer.currency}`, 'payments:'];
  const lines = drafts.map((draft) => {
    const payment: Record<string, unknown> = { id: draft.id, name: draft.name, amount: amountText(draft.amountMinor) };
    for (const [column, value] of Object.entries(draft.fields)) {
      const parts: readonly string[] = BLOCKS[column] ?? column.split('.');
      const [block = column, key] = parts;
      if (key === undefined) payment[block] = value;
      else payment[block] = { ...(payment[block] as object | undefined), [key]: value };
    }
    // JSON is YAML.
    return `  - ${JSON.stringify(payment)}`;
  });
  return { text: `${[...head, ...lines].join('\n')}\n`, firstLine: head.length + 1 };
}

export function amountText(amountMinor: bigint): string {
  return `${amountMinor / 100n}.${String(amountMinor % 100n).padStart(2, '0')}`;
}

export async function drop(folder: string, file: string, text: string): Promise<void> {
  const writing = join(folder, `.${randomUUID()}`);
  await writeFile(writing, text);
  // A sweep leaves files alone that were written a moment ago.
  const rested = new Date(Date.now() - 60_000);
  await utimes(writing, rested, rested);
  await rename(writing, join(folder, file));
}
