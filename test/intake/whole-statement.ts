import type { StatementRow } from '../../src/domain/statement.ts';
import { readStatement, type ReadStatement, type StatementAccount } from '../../src/intake/statement.ts';

/** Reads a statement with all its rows, as far as they can be read. */
export async function readWholeStatement(
  file: string,
  account: StatementAccount,
): Promise<ReadStatement & { readonly rows: readonly StatementRow[] }> {
  const rows: StatementRow[] = [];
  const read = await readStatement(file, account, (page) => void rows.push(...page));
  return { ...read, rows };
}
