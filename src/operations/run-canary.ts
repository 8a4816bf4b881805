import type { BatchOptions } from './batch-options.ts';
import { batchState } from './batch-report.ts';
import type { BatchResult } from './batch-result.ts';
import { runFile } from './run-file.ts';
import type { Session } from './session/session.ts';
import { personText } from './session/who.ts';
import { settleOpen } from './settle-open.ts';

export interface CanaryWaits {
  readonly waitMs: number;
  readonly pausesMs: number;
}

/**
 * Works one file as {@link runFile}. Where only its first payments left, and a person sits at a terminal: waits for their ends, asks,
 * and pays the others once the person lets them go. Otherwise they stay for `payrun resume`.
 */
export async function runWithCanary(
  session: Session,
  file: string,
  { options, ...waits }: CanaryWaits & { readonly options: BatchOptions },
): Promise<BatchResult> {
  const first = await runFile(session, file, options);
  if (!(await isReleased(session, first, waits))) return first;
  // The person has just agreed to the rest.
  const rest = await runFile(session, file, { ...options, isConfirmed: true });
  return { ...rest, notes: [...first.notes, ...rest.notes], stops: [...(first.stops ?? []), ...(rest.stops ?? [])] };
}

/** Whether a person has let the rest of the batch go, which is recorded with the name. */
async function isReleased(session: Session, result: BatchResult, { waitMs, pausesMs }: CanaryWaits): Promise<boolean> {
  const { ledger, system, watch } = session;
  const { batch, canary = null, error } = result;
  const record = batch === null || canary === null || error !== null ? null : await ledger.batch(batch);
  if (batch === null || record === null || watch.release === null || isInterrupted(session)) return false;
  const scope = { records: [record], waitMs, pausesMs, awayMs: 0, which: 'due', resend: true } as const;
  const notes = await settleOpen(session, scope);
  for (const note of notes) watch.note(note);
  await session.callbacks.receiver.applied();
  const state = await batchState(session, record, 'needing');
  // A paused account would send nothing of the rest.
  const isPaused = (state.paused ?? null) !== null;
  if (state.canary?.isEnded !== true || isPaused || isInterrupted(session)) return false;
  const { text, waiting } = state.canary;
  if (!(await watch.release({ text, waiting, rows: state.rows }))) return false;
  await ledger.releaseCanaries({ batch, by: personText(system.who), at: system.clock.now() });
  return true;
}

function isInterrupted({ signal }: Session): boolean {
  return signal.aborted;
}
