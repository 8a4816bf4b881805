import { planBatch } from '../plan/plan.ts';
import { checkBatchOptions, type BatchOptions } from './batch-options.ts';
import { checkFileIfLedger } from './check-file.ts';
import { unsent, type BatchResult } from './batch-result.ts';
import { plannedResult } from './planned-result.ts';
import { planInput } from './plan-input.ts';
import { namedFiles } from './session/batch-files.ts';
import { withSessionIfLedger, type OperationContext } from './session/session.ts';

export interface ValidateRequest {
  /** Batch files, or folders of them. */
  readonly files: readonly string[];
  readonly options: BatchOptions;
}

/**
 * Checks files and, where there is a ledger, searches it for changes and copies. Sends nothing, writes nothing. Each result goes to
 * `onResult` as soon as it is there.
 */
export async function validate(
  context: OperationContext,
  { files: named, options }: ValidateRequest,
  onResult: (result: BatchResult) => void,
): Promise<void> {
  const { files } = await namedFiles(named, context.system.clock);
  checkBatchOptions(options, files);
  for (const file of files) onResult(await validateFile(context, file, options));
}

async function validateFile(context: OperationContext, file: string, options: BatchOptions): Promise<BatchResult> {
  const { project } = context;
  const checked = await checkFileIfLedger(context, file, options);
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
