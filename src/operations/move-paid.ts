import { lstat, readdir } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { isBatchFile, rowsFileOf } from '../intake/batch.ts';
import { defaultsFor } from '../intake/csv-outline.ts';
import type { FileMemo } from '../ledger/records.ts';
import { earlierToQuery } from '../settle/earlier.ts';
import type { BatchResult } from './batch-result.ts';
import { finishedExit } from './exit-code.ts';
import { signaturePathsOf } from './approvals/signature-files.ts';
import { doneFolder, isDropped, moveFiles, movesToDone, type FileMove, type MovedFile } from './session/done-folder.ts';
import { fileSignature, isSameFile, REPAIRS_MEMO } from './session/batch-files.ts';
import type { Session } from './session/session.ts';

/**
 * Where `after_paid: move` is set, moves the files of a batch that was paid whole from the drop folder to `done/` in it, and says
 * so in the notes of the result. A file that is not the one that was read stays, and so does one of a batch of which something is
 * open, failed or still followed.
 */
export async function movedIfPaid(session: Session, result: BatchResult): Promise<BatchResult> {
  if (!movesAny(session) || result.batch === null || !(await isPaidWhole(session, result))) return result;
  const { config } = session.project;
  const notes: string[] = [];
  for (const files of await filesToMove(session, result.batch)) {
    const [main] = files;
    if (main === undefined) continue;
    try {
      const moves = await movesToDone(config.batches, files);
      if (moves === null) continue;
      // Noted first: under a name that was not free the file still stands for its batch.
      for (const { from, to } of moves) await session.ledger.rememberFile({ ...main, ...from, path: to });
      await moveFiles([...moves, ...(await signatureMoves(moves[0]))]);
      const stays = files.flatMap(({ path, namedToo }) => {
        return namedToo === undefined ? [] : [` ${path} stays, because ${basename(namedToo)} names it, too.`];
      });
      notes.push(`${main.path} was paid and moved to ${moves[0]?.to ?? doneFolder(config.batches)}.${stays.join('')}`);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : null;
      if (code === null || !/^E[A-Z]+$/.test(code)) throw error;
      notes.push(
        `${main.path} was paid and could not be moved to ${doneFolder(config.batches)} (${code}); it stays where it is.`,
      );
    }
  }
  return notes.length === 0 ? result : { ...result, notes: [...result.notes, ...notes] };
}

/** The signatures of a batch file go with it, under its new name. One whose place is taken stays: the ledger has it. */
async function signatureMoves(main: FileMove | undefined): Promise<readonly FileMove[]> {
  if (main === undefined) return [];
  const moves: FileMove[] = [];
  for (const path of await signaturePathsOf(main.from.path)) {
    const from = (await lstat(path).catch(() => null))?.isFile() === true ? await fileSignature(path) : null;
    const to = `${main.to}${path.slice(main.from.path.length)}`;
    if (from !== null && (await lstat(to).catch(() => null)) === null) moves.push({ from, to });
  }
  return moves;
}

/** Whether any file is to be moved at all. */
export function movesAny({ project: { config } }: Session): boolean {
  return config.afterPaid === 'move' || config.defaults.some(({ afterPaid }) => afterPaid === 'move');
}

async function isPaidWhole({ ledger, system }: Session, result: BatchResult): Promise<boolean> {
  const { batch, count, tallies } = result;
  if (batch === null || count === 0 || finishedExit(result) !== 0) return false;
  if (tallies.reduce((sum, tally) => sum + tally.count, 0) !== count) return false;
  const scope = { ledger, account: null, place: null, batch } as const;
  if ((await earlierToQuery({ ...scope, which: 'due', now: system.clock.now() })).length > 0) return false;
  // What failed on a person's word alone and was paid again is followed by every sweep, for as long as its file is there.
  const earlier = await ledger.earlierReferences({ account: null, batch, dueBy: null });
  return !earlier.some((one) => one.earlier.restsOnPerson);
}

/** A file of a batch that was paid. */
interface PaidFile extends FileMemo, MovedFile {
  /** Another batch file in the drop folder whose `rows:` names this one. */
  readonly namedToo?: string;
}

type FilesToMove = readonly PaidFile[];

/** The files of a batch in the drop folder that are as they were read, each with the file that its `rows:` names. */
async function filesToMove(session: Session, batch: string): Promise<readonly FilesToMove[]> {
  const { ledger, project } = session;
  const { batches, defaults, afterPaid } = project.config;
  const memos = await ledger.fileMemos({ batch });
  const hasRows = ((await ledger.batch(batch))?.header.rowsFile ?? null) !== null;
  const groups: FilesToMove[] = [];
  for (const memo of memos) {
    const isYaml = /\.ya?ml$/i.test(memo.path);
    // The rows of a YAML batch go with it, never alone.
    if (hasRows && !isYaml && memo.config !== REPAIRS_MEMO) continue;
    const setting = (isYaml ? null : defaultsFor(defaults, memo.path)?.afterPaid) ?? afterPaid;
    if (
      setting !== 'move' ||
      !(await isDropped(batches, memo.path)) ||
      !isSameFile(memo, await fileSignature(memo.path))
    )
      continue;
    const rows = isYaml ? await rowsToMove(batches, memo, memos) : [];
    if (rows !== null) groups.push([memo, ...rows]);
  }
  return groups;
}

/** The file that `rows:` of a batch names, none where it names none; null where it is another one than was read. */
async function rowsToMove(batches: string, main: FileMemo, memos: readonly FileMemo[]): Promise<FilesToMove | null> {
  const path = await rowsFileOf(main.path);
  if (path === null) return [];
  const memo = memos.find((other) => other.path === path);
  if (memo === undefined || !path.startsWith(`${resolve(batches)}${sep}`)) return null;
  // A killed move may have moved the rows already.
  const found = await lstat(path).catch(() => null);
  if (found === null) return [memo];
  if (!found.isFile() || !isSameFile(memo, await fileSignature(path))) return null;
  const namedToo = await otherNaming(path, batches, main.path);
  return [namedToo === null ? memo : { ...memo, staysToo: true, namedToo }];
}

/** Another batch in the drop folder that has its payments in the same file of rows; null where there is none. */
async function otherNaming(rows: string, batches: string, main: string): Promise<string | null> {
  for (const name of await readdir(batches)) {
    const file = join(batches, name);
    if (resolve(file) !== resolve(main) && isBatchFile(name) && (await rowsFileOf(file)) === rows) return file;
  }
  return null;
}
