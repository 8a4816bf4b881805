import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCli } from './harness.ts';

interface Issue {
  readonly severity: 'error' | 'warning';
  readonly line: number;
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** What `payrun validate --json` says of one file, in a folder of its own. */
export interface Validated {
  readonly code: number | null;
  readonly issues: readonly Issue[];
  /**
   * `error field code` of each line of the file, the header's being 1. Left out are details that are only recommended, and the warning that an account
   * is suspect beside a code which is refused already.
   */
  readonly of: (line: number) => readonly string[];
}

/** @param accounts the block under `accounts:` of payrun.yaml, each in front of the built-in simulator. */
export async function validated(
  accounts: string,
  file: { readonly name: string; readonly text: string },
  account: string,
): Promise<Validated> {
  const dir = await mkdtemp(join(tmpdir(), 'payrun-validated-'));
  try {
    await writeFile(join(dir, 'payrun.yaml'), `organisation: acme\naccounts:\n${accounts}`);
    await writeFile(join(dir, file.name), file.text);
    const { code, stdout } = await startCli(['validate', file.name, '--account', account, '--json'], dir).ended;
    const { batches } = JSON.parse(stdout) as { batches: readonly { issues: readonly Issue[] }[] };
    const issues = batches.flatMap((batch) => batch.issues);
    const of = (line: number): readonly string[] =>
      issues
        .filter((issue) => issue.line === line && !['detail-recommended', 'bank-account-suspect'].includes(issue.code))
        .map(({ severity, field, code }) => `${severity} ${field} ${code}`);
    return { code, issues, of };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** A CSV of payments: cells of the first column of `rows` by their header, each with what is expected of the row. */
export function csvOf(header: string, rows: readonly string[]): { readonly name: string; readonly text: string } {
  const lines = rows.map((row, index) => `P${index + 1},Jane Doe,5000,${row}`);
  return { name: 'rows.csv', text: [`id,name,amount,${header}`, ...lines, ''].join('\n') };
}
