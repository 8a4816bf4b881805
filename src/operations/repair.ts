import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { PayrunError, isPayrunError } from '../domain/problem.ts';
import type { CheckedBatch } from '../intake/batch.ts';
import { ProblemList } from '../intake/problem-list.ts';
import { REPAIR_COLUMNS } from '../intake/batch-files.ts';
import { readAcceptedRepairs } from '../intake/repair/accepted.ts';
import { ApplyRepairs } from '../intake/repair/apply.ts';
import { ProposeRepairs } from '../intake/repair/propose.ts';
import type { RepairStage } from '../intake/repair/stage.ts';
import { writeRepairFile } from '../report/repair-file.ts';

/** Checks a batch with a stage of repairs in it. */
type CheckWithRepairs = (stage: RepairStage) => Promise<CheckedBatch>;

/** What `validate --repair` wrote. */
export interface WrittenProposals {
  readonly file: string;
  readonly count: number;
}

/** Checks a batch and writes what payrun can propose for its cells. Throws `PayrunError` 2 where the file cannot be written. */
export async function proposeRepairs(
  file: string,
  check: CheckWithRepairs,
): Promise<{ readonly checked: CheckedBatch; readonly proposals: WrittenProposals }> {
  const stage = new ProposeRepairs();
  const checked = await check(stage);
  const rows = stage.proposed.map((repair) => ({ ...repair, line: String(repair.line), accept: '' }));
  await writeRepairFile({ file, columns: REPAIR_COLUMNS, rows }).catch((error: unknown) => {
    if (isPayrunError(error) || !(error instanceof Error) || !('code' in error)) throw error;
    throw new PayrunError(2, 'repair-file-unwritable', `${file} cannot be written (${String(error.code)}).`);
  });
  return { checked, proposals: { file, count: rows.length } };
}

/**
 * Checks a batch with the repairs that a person has accepted in a file. The batch then records the digest of the file as it came, and
 * that of the accepted repairs. Throws `PayrunError` 2 where the repair file is not there.
 */
export async function checkRepaired(file: string, check: CheckWithRepairs): Promise<CheckedBatch> {
  const found = await stat(file).catch(() => null);
  if (found?.isFile() !== true) throw new PayrunError(2, 'file-missing', `${file} does not exist. Check the path.`);
  const problems = new ProblemList();
  const accepted = await readAcceptedRepairs(file, problems);
  const checked = await check(new ApplyRepairs(accepted));
  const all = [...problems.listed(), ...checked.problems];
  if (problems.refused) return { ...checked, problems: all, summary: null };
  const { summary } = checked;
  if (summary === null || accepted.length === 0) return checked;
  const { header } = summary;
  const repair = {
    cells: accepted.length,
    asItCame: await digestOfFile(header.rowsFile ?? header.file),
    accepted: hash('sha256', await readFile(file)),
  };
  return { ...checked, problems: all, summary: { ...summary, header: { ...header, repair } } };
}

async function digestOfFile(file: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) digest.update(chunk);
  return digest.digest('hex');
}
