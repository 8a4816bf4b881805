import type { Config } from '../config/config.ts';
import type { BatchSummary } from '../domain/batch.ts';
import type { Payment, RefusedReplacement } from '../domain/payment.ts';
import type { CheckedBatch } from '../intake/batch.ts';
import { defaultsFor } from '../intake/csv-outline.ts';
import type { Ledger } from '../ledger/ledger.ts';

/**
 * Rows of a file with corrections that cannot be paid: what they correct may have been paid, or they correct nothing and would be compared
 * with no payroll.
 */
export async function refusedCorrections(
  { config, ledger }: { readonly config: Pick<Config, 'defaults'>; readonly ledger: Ledger },
  checked: CheckedBatch,
  at: number,
): Promise<readonly RefusedReplacement[]> {
  const { summary } = checked;
  if (summary?.header.columnFields.includes('replaces') !== true) return [];
  const refused: RefusedReplacement[] = [];
  let corrected: string | null = null;
  let first: Payment | null = null;
  for await (const page of checked.payments()) {
    refused.push(...(await ledger.refusedReplacements(summary.header.id, page, at)));
    corrected ??= page.find(({ replaces }) => replaces !== undefined)?.replaces?.batch ?? null;
    first ??= page.find(({ replaces }) => replaces === undefined) ?? null;
  }
  // Without a correction the column is empty, and the file is a payroll as any other.
  if (first === null || corrected === null || summary.header.series !== null) return refused;
  const series = defaultsFor(config.defaults, summary.header.file)?.series ?? (await seriesOf(ledger, corrected));
  return series === null ? refused : [...refused, uncompared(first, summary, series)];
}

async function seriesOf(ledger: Ledger, batch: string): Promise<string | null> {
  return (await ledger.batch(batch))?.header.series ?? null;
}

function uncompared({ id, line }: Payment, { header }: BatchSummary, series: string): RefusedReplacement {
  const message =
    `This row corrects nothing (\`replaces\` is empty), and stands in a file with corrections. Such a file is no occurrence of the series ${series}, so that ` +
    `nobody would be told what has changed in the row. Put the rows without \`replaces\` into a file of their own, and leave only corrections in ${header.file}.`;
  return { line, id, message };
}
