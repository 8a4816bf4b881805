import { randomUUID } from 'node:crypto';
import { rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One payment of a generated batch, with what is known of it beforehand. */
export interface Row {
  readonly id: string;
  /** Physical line in the file that holds it. */
  readonly line: number;
  readonly name: string;
  readonly kind: 'mobile' | 'bank' | 'wallet' | 'missing';
  /** As a report prints it; no two rows share destination and amount. */
  readonly destination: string;
  readonly amountMinor: bigint;
}

export interface BatchFile {
  /** In the drop folder. */
  readonly file: string;
  readonly batch: string;
  readonly rows: readonly Row[];
}

type Draft = Omit<Row, 'line'>;
type Form = 'csv' | 'csv-semicolon' | 'yaml' | 'yaml-rows';

const FORMS: readonly Form[] = ['csv', 'yaml', 'csv-semicolon', 'yaml-rows'];

/** Payments for people who are never paid the same amount twice, so that money that moves twice cannot hide. */
export function draftRows(from: number, count: number): Draft[] {
  return Array.from({ length: count }, (_, at) => draftRow(from + at));
}

function draftRow(serial: number): Draft {
  // Kept away from the simulator's magic amounts, phones and accounts.
  const amountMinor = 1_000_00n + BigInt(serial) * 101n;
  const common = { id: `EMP-${String(serial).padStart(5, '0')}`, name: `Person ${serial}`, amountMinor };
  switch (serial % 20) {
    case 3:
    case 8:
    case 13:
      return { ...common, kind: 'bank', destination: `015/01${String(serial).padStart(6, '0')}77` };
    case 5:
    case 15:
      return { ...common, kind: 'wallet', destination: `acctCrash${serial}` };
    case 19:
      return { ...common, kind: 'missing', destination: 'acctMISSING' };
    default:
      return { ...common, kind: 'mobile', destination: `+2547${String(serial).padStart(6, '0')}99` };
  }
}

/** Drops a batch file (and the CSV that it names) whole, as if it had lain there for a while. */
export async function dropBatch(
  folder: string,
  name: string,
  drafts: readonly Draft[],
  at: number,
): Promise<BatchFile> {
  const form = FORMS[at % FORMS.length] ?? 'csv';
  const csv = csvText(drafts, form === 'csv-semicolon' ? ';' : ',');
  const rows = (first: number): Row[] => drafts.map((draft, index) => ({ ...draft, line: first + index }));
  switch (form) {
    case 'csv':
    case 'csv-semicolon':
      await drop(folder, `${name}.csv`, csv);
      return { file: `${name}.csv`, batch: name, rows: rows(2) };
    case 'yaml': {
      const { text, firstLine } = yamlText(name, drafts);
      await drop(folder, `${name}.yaml`, text);
      return { file: `${name}.yaml`, batch: name, rows: rows(firstLine) };
    }
    case 'yaml-rows':
      await drop(folder, `${name}-rows.csv`, csv);
      await drop(folder, `${name}.yaml`, `batch: ${name}\naccount: demo\ncurrency: KES\nrows: ${name}-rows.csv\n`);
      return { file: `${name}.yaml`, batch: name, rows: rows(2) };
  }
}

function csvText(drafts: readonly Draft[], delimiter: string): string {
  const columns = ['id', 'name', 'amount', 'mobile', 'bank_code', 'bank_account', 'wallet', 'Team'];
  const lines = drafts.map((draft) => {
    const place = placeOf(draft);
    const { mobile = '', code = '', account = '', wallet = '' } = place;
    return [draft.id, draft.name, amountText(draft.amountMinor), mobile, code, account, wallet, 'blue'].join(delimiter);
  });
  return `${[columns.join(delimiter), ...lines].join('\n')}\n`;
}

function yamlText(batch: string, drafts: readonly Draft[]): { text: string; firstLine: number } {
  const head = [`batch: ${batch}`, 'account: demo', 'currency: KES', 'payments:'];
  const lines = drafts.map((draft) => {
    const { mobile, code, account, wallet } = placeOf(draft);
    const to =
      mobile !== undefined
        ? `mobile: "${mobile}"`
        : wallet !== undefined
          ? `wallet: ${wallet}`
          : `bank: { code: "${code ?? ''}", account: "${account ?? ''}" }`;
    return `  - { id: ${draft.id}, name: ${draft.name}, amount: ${amountText(draft.amountMinor)}, ${to} }`;
  });
  return { text: `${[...head, ...lines].join('\n')}\n`, firstLine: head.length + 1 };
}

interface Place {
  readonly mobile?: string;
  readonly code?: string;
  readonly account?: string;
  readonly wallet?: string;
}

function placeOf({ kind, destination }: Draft): Place {
  switch (kind) {
    case 'mobile':
      return { mobile: `0${destination.slice('+254'.length)}` };
    case 'bank':
      return { code: destination.slice(0, 3), account: destination.slice(4) };
    case 'wallet':
    case 'missing':
      return { wallet: destination };
  }
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
