import type { BatchSummary } from '../domain/batch.ts';
import type { CheckedBatch } from '../intake/batch.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { PlanInput } from '../plan/input.ts';
import { copiesOf, differencesOf } from './differences.ts';
import type { Project } from './session/project.ts';

/** Everything of the ledger that planning a checked file needs, as it is now; balances are added by whoever may ask for them. */
export async function gatherPlan(
  project: Project,
  ledger: Ledger,
  checked: CheckedBatch,
  summary: BatchSummary,
  options: Pick<PlanInput, 'expect' | 'amend' | 'allowDuplicate'>,
): Promise<PlanInput> {
  const now = project.system.clock.now();
  const record = await ledger.batch(summary.header.id);
  const since = now - project.config.duplicateWindowMs;
  return {
    summary,
    registered: record === null ? null : { digest: record.digest, tallies: await ledger.tallies(record.header.id) },
    differences: record === null ? [] : await differencesOf(ledger, record, checked),
    copies: record === null ? await copiesOf(ledger, checked, since) : [],
    balances: [],
    expect: options.expect,
    amend: options.amend,
    allowDuplicate: options.allowDuplicate,
    now,
  };
}
