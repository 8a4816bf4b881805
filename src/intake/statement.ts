import type { Problem } from '../domain/problem.ts';
import type { StatementForm, StatementRow } from '../domain/statement.ts';
import { isWorkbookFile, otherSpreadsheet } from './batch-files.ts';
import { CsvSource } from './csv-file.ts';
import type { CsvFault } from './csv-splitter.ts';
import { readTable } from './header-row.ts';
import { ProblemList, wholeFile } from './problem-list.ts';
import type { RecordSource } from './record-source.ts';
import { knownHeaders, statementHeader } from './statement-columns.ts';
import { StatementRows } from './statement-rows.ts';

export interface ReadStatement {
  /** Every problem of the file; an error among them means that nothing of it may be used. */
  readonly problems: readonly Problem[];
  readonly refused: boolean;
}

/** The account that a statement is of. */
export interface StatementAccount {
  readonly name: string;
  readonly statement: StatementForm;
  /** Of rows that name none. */
  readonly currency: string;
}

/**
 * Reads a provider's statement in the account's form: bytes, delimiters and amounts by the rules of batches. Its rows are handed on page
 * by page; where the file is refused in the end, none of them may be used. Throws `PayrunError` 2 when the file is not there or cannot
 * be read.
 */
export async function readStatement(
  file: string,
  account: StatementAccount,
  take: (rows: readonly StatementRow[]) => Promise<void> | void,
): Promise<ReadStatement> {
  const problems = new ProblemList();
  const { name, statement: form, currency } = account;
  if (form.format !== undefined) {
    const { bankRows } = await import('./bank/bank-statement.ts');
    for await (const rows of bankRows({ file, format: form.format, encoding: form.encoding }, problems))
      await take(rows);
    return { problems: problems.listed(), refused: problems.refused };
  }
  const source = await statementSource(file, form, problems);
  if (problems.refused) return { problems: problems.listed(), refused: true };
  const setting = `accounts.${name}.statement`;
  let reader: StatementRows | null = null;
  for await (const { head, records } of readTable(source, statementHeader(form), problems)) {
    reader ??= new StatementRows({ source, form, currency, setting, problems, isPadded: isWorkbookFile(file) }, head);
    const rows: StatementRow[] = [];
    for (const record of records) {
      const row = reader.read(record);
      if (row !== null) rows.push(row);
    }
    if (rows.length > 0) await take(rows);
  }
  return { problems: problems.listed(), refused: problems.refused };
}

async function statementSource(file: string, form: StatementForm, problems: ProblemList): Promise<RecordSource> {
  const other = otherSpreadsheet(file);
  if (other !== null) {
    const what = `This is ${other}, which payrun does not read. Open it and save it as .xlsx or as "CSV UTF-8", or take the statement as one of these.`;
    problems.error(wholeFile(file), 'file-kind-unknown', what);
  }
  if (isWorkbookFile(file)) {
    const { StatementSheet } = await import('./statement-sheet.ts');
    return new StatementSheet(file, form, problems);
  }
  // Loaded here, because every command would wait for it at its start and one reads statements.
  const { LibrarySplitter } = await import('./csv-library.ts');
  const makeSplitter = (delimiter: string, fault: (fault: CsvFault) => void) => new LibrarySplitter(delimiter, fault);
  return new CsvSource({ file, encoding: form.encoding, mayBeLink: true }, knownHeaders(form), problems, makeSplitter);
}
