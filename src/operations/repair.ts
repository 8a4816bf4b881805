import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { PayrunError, isPayrunError } from '../domain/problem.ts';
import { rowsFileOf, type CheckedBatch } from '../intake/batch.ts';
import { ProblemList } from '../intake/problem-list.ts';
import { isMessageFile, REPAIR_COLUMNS } from '../intake/batch-files.ts';
import { fileMark, readAcceptedRepairs } from '../intake/repair/accepted.ts';
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

/**
 * Checks a batch and writes what payrun can propose for its cells, each with the mark of the file in which the cell stands. Throws
 * `PayrunError` 2 where the file cannot be written.
 */
export async function proposeRepairs(
  { batch, file }: { readonly batch: string; readonly file: string },
  check: CheckWithRepairs,
): Promise<{ readonly checked: CheckedBatch; readonly proposals: WrittenProposals }> {
  refuseMessage(batch);
  const stage = new ProposeRepairs();
  const digest = await digestOfRows(batch);
  const checked = await check(stage);
  const rows = stage.proposed.map((repair) => ({
    ...repair,
    line: String(repair.line),
    why: digest === null ? repair.why : `${repair.why} ${fileMark(digest)}`,
    accept: '',
  }));
  await writeRepairFile({ file, columns: REPAIR_COLUMNS, rows }).catch((error: unknown) => {
    if (isPayrunError(error) || !(error instanceof Error) || !('code' in error)) throw error;
    throw new PayrunError(2, 'repair-file-unwritable', `${file} cannot be written (${String(error.code)}).`);
  });
  return { checked, proposals: { file, count: rows.length } };
}

/**
 * Checks a batch with the repairs that a person has accepted in a file. The batch then records the digest of the file as it came, and
 * that of the accepted repairs. Repairs that were proposed for the file as it was before a change are refused, and none is applied:
 * the person accepted them for other rows. Throws `PayrunError` 2 where the repair file is not there.
 */
export async function checkRepaired(
  { batch, file }: { readonly batch: string; readonly file: string },
  check: CheckWithRepairs,
): Promise<CheckedBatch> {
  refuseMessage(batch);
  const found = await stat(file).catch(() => null);
  if (found?.isFile() !== true) {
    const what = found === null ? 'does not exist' : 'is no file';
    throw new PayrunError(2, 'file-missing', `The repair file ${file} ${what}. Check what stands behind --repair.`);
  }
  const problems = new ProblemList();
  const accepted = await readAcceptedRepairs(file, problems);
  const digest = await digestOfRows(batch);
  const stale = accepted.find(({ madeFrom }) => madeFrom !== null && digest !== null && madeFrom !== fileMark(digest));
  if (stale !== undefined) {
    problems.error(
      { ...stale.place, column: 'why' },
      'repair-stale',
      `These repairs were proposed for ${batch} as it was before it was changed, or for another file. None of them is applied. ` +
        `Make them anew, payrun validate ${batch} --repair NEW.csv, and accept those.`,
    );
  }
  const checked = await check(new ApplyRepairs(stale === undefined ? accepted : []));
  const all = [...problems.listed(), ...checked.problems];
  if (problems.refused) return { ...checked, problems: all, summary: null };
  const { summary } = checked;
  if (summary === null || accepted.length === 0 || digest === null) return checked;
  const { header } = summary;
  const repair = { cells: accepted.length, asItCame: digest, accepted: hash('sha256', await readFile(file)) };
  return { ...checked, problems: all, summary: { ...summary, header: { ...header, repair } } };
}

/** A message has totals of its own, and the program that wrote it would write its faults again. */
function refuseMessage(batch: string): void {
  if (!isMessageFile(batch)) return;
  const message =
    `${batch} is a message of another program, whose cells payrun does not repair. Correct it where it was made, write it again, and run it ` +
    'without --repair.';
  throw new PayrunError(2, 'repair-of-message', message);
}

/** SHA-256 of the file in which a batch's payments stand; null where it cannot be read, which the check of the batch reports. */
async function digestOfRows(batch: string): Promise<string | null> {
  const digest = createHash('sha256');
  try {
    const rows = createReadStream((await rowsFileOf(batch)) ?? batch) as AsyncIterable<Buffer>;
    for await (const chunk of rows) digest.update(chunk);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
  return digest.digest('hex');
}
