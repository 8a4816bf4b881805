import type { BankFormat, StatementRow } from '../../domain/statement.ts';
import { readText } from '../bytes.ts';
import { wholeFile, type ProblemList } from '../problem-list.ts';
import { BankStatementFault, type TakeEntry } from './entry.ts';

/** Rows are handed on when so many were read. */
const ENTRIES_PAGE = 500;

interface BankReader {
  write(chunk: string): void;
  end(): void;
}

/** A bank's statement in a format of its own, which says by itself what each part is. */
export interface BankFile {
  readonly file: string;
  readonly format: BankFormat;
  readonly encoding: 'windows-1252' | null;
}

/** Reads a bank's statement page by page. What makes it unusable is reported as the only problem, and the reading ends. */
export async function* bankRows(
  { file, format, encoding }: BankFile,
  problems: ProblemList,
): AsyncGenerator<readonly StatementRow[], void, undefined> {
  let rows: StatementRow[] = [];
  try {
    const reader = await readerOf(format, (row) => rows.push(row));
    for await (const text of readText({ file, encoding, mayBeLink: true }, problems)) {
      if (problems.refused) return;
      reader.write(text);
      if (rows.length < ENTRIES_PAGE) continue;
      yield rows;
      rows = [];
    }
    reader.end();
    if (rows.length > 0) yield rows;
  } catch (error) {
    if (!(error instanceof BankStatementFault)) throw error;
    problems.error({ ...wholeFile(file), line: error.line }, error.code, error.message);
  }
}

async function readerOf(format: BankFile['format'], take: TakeEntry): Promise<BankReader> {
  switch (format) {
    case 'mt940':
      return new (await import('./mt940.ts')).Mt940Reader(take);
    case 'camt053':
      return new (await import('./camt053.ts')).Camt053Reader(take);
  }
}
