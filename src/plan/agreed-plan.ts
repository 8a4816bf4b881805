import type { Problem } from '../domain/problem.ts';
import { shellWord } from '../domain/shell-word.ts';
import type { PlanInput } from './input.ts';
import { ofFile } from './refusals.ts';

/** Refuses a batch whose plan is not the one that a person has agreed to. */
export function agreedPlanProblems({
  summary,
  planDigest = null,
  agreedPlan = null,
}: Pick<PlanInput, 'summary' | 'planDigest' | 'agreedPlan'>): Problem[] {
  if (agreedPlan === null || planDigest === agreedPlan) return [];
  const { id, file } = summary.header;
  const message =
    `--plan names ${agreedPlan}, and the plan_digest of batch ${id} is now ${planDigest ?? 'not known'}. Something that decides what is paid is not what was agreed to: ` +
    'a row, a date or the control of the file, the place or a setting of an account, its limits, the policy, or a flag such as --allow-duplicate. ' +
    `Nothing was sent. See what would be paid now: payrun plan ${shellWord(file)}`;
  return [ofFile(summary, 'error', 'plan-differs', message)];
}
