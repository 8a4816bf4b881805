import type { CheckedBatch } from '../intake/batch.ts';
import { planBatch } from '../plan/plan.ts';
import { checkBatchOptions, type BatchOptions } from './batch-options.ts';
import { checkFileIfLedger } from './check-file.ts';
import { unsent, type BatchResult } from './batch-result.ts';
import { plannedResult } from './planned-result.ts';
import { planInput } from './plan-input.ts';
import { namedFiles } from './session/batch-files.ts';
import { withSessionIfLedger, type OperationContext } from './session/session.ts';
import { noteIfOpen } from './session/spreadsheet-locks.ts';

export interface ValidateRequest {
  /** Batch files, or folders of them. */
  readonly files: readonly string[];
  readonly options: BatchOptions;
  /** Where the repairs that can be proposed are written; null: nowhere. */
  readonly proposals: string | null;
}

/**
 * Checks files and, where there is a ledger, searches it for changes and copies. Sends nothing, writes nothing but proposals. Each result goes to
 * `onResult` as soon as it is there.
 */
export async function validate(
  context: OperationContext,
  { files: named, options: given, proposals }: ValidateRequest,
  onResult: (result: BatchResult) => void,
): Promise<void> {
  const options = { ...given, isOnlyChecked: true };
  const { files } = await namedFiles(named, context.system.clock);
  checkBatchOptions({ ...options, repair: proposals }, files);
  for (const file of files) {
    await noteIfOpen(file, context.system.clock, (text) => context.watch.note(text));
    if (proposals === null) {
      onResult(await validateFile(context, await checkFileIfLedger(context, file, options), options));
      continue;
    }
    // Loaded here: most files need no repair.
    const { proposeRepairs } = await import('./repair.ts');
    const proposed = await proposeRepairs({ batch: file, file: proposals }, (stage) =>
      checkFileIfLedger(context, file, options, stage),
    );
    const result = await validateFile(context, proposed.checked, options);
    onResult({ ...result, proposals: proposed.proposals });
  }
}

async function validateFile(
  context: OperationContext,
  checked: CheckedBatch,
  options: BatchOptions,
): Promise<BatchResult> {
  const { project } = context;
  const { summary } = checked;
  if (summary === null) return { ...unsent(checked), refused: true };
  return withSessionIfLedger(context, { command: 'validate', warnsOfPast: true }, async (session) => {
    const clean = await plannedResult(project, checked, options.rows);
    if (session === null) return clean;
    const plan = planBatch(await planInput(session, { checked, summary }, options));
    const problems = [...checked.problems, ...plan.problems];
    return plan.action === 'refuse' ? { ...unsent(checked), problems, refused: true } : { ...clean, problems };
  });
}
