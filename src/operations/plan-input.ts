import type { PayingHours } from '../domain/hours.ts';
import type { ComparedPayroll } from '../domain/changes.ts';
import { foldId } from '../domain/reference.ts';
import type { PlanInput } from '../plan/input.ts';
import type { BatchOptions, CleanBatch } from './batch-options.ts';
import { isSendable } from './batch-result.ts';
import { PayrollReader } from './compared-payroll.ts';
import { copiesOf, copiesSince, NO_COPIES, type PageReader } from './copies.ts';
import { DamagedDestinations } from './damaged-destinations.ts';
import { differencesOf } from './differences.ts';
import { planDigestOf } from './plan-digest.ts';
import { refusedCorrections } from './refused-corrections.ts';
import { endpointKinds, isSimulation, sentTo } from './sent-to.ts';
import type { Project } from './session/project.ts';
import type { Session } from './session/session.ts';

/**
 * What planning a file needs from the ledger, as it is now. The balances are empty: only `plan` and `run` ask a provider.
 *
 * @param compared what an earlier call for the same file has found: it is not compared once more.
 */
export async function planInput(
  session: Session,
  { checked, summary }: CleanBatch,
  options: Pick<BatchOptions, 'expect' | 'amend' | 'allowDuplicate' | 'allowDestination' | 'agreedPlan' | 'against'>,
  compared: ComparedPayroll | null = null,
): Promise<PlanInput> {
  const { project, system, ledger, clocks } = session;
  const now = system.clock.now();
  const record = await ledger.batch(summary.header.id);
  const { id, series, occurrence } = summary.header;
  const since = copiesSince(summary.header, now, project.config.duplicateWindowMs);
  const isSimulated = isSimulation(project, new Set(summary.totals.map(({ account }) => account)));
  const search = {
    batch: id,
    series,
    occurrence,
    since,
    now,
    isClockTrusted: clocks.isTrusted,
    isSimulation: isSimulated,
  };
  const differences = record === null ? [] : await differencesOf(ledger, record, checked);
  const damaged = new DamagedDestinations(ledger, isSimulated);
  const tallies = record === null ? [] : await ledger.tallies(id);
  // What is settled or unchanged in the ledger needs no comparison any more.
  const isPaying = record === null || differences.length > 0 || tallies.some(isSendable);
  const against = options.against ?? null;
  const request = { project, ledger, summary, against, isSimulation: isSimulated };
  const payroll = isPaying && compared === null ? await PayrollReader.open(request) : null;
  const readers: readonly PageReader[] = payroll === null ? [damaged] : [damaged, payroll];
  const copies = record === null ? await copiesOf(ledger, checked, search, readers) : NO_COPIES;
  if (differences.length > 0) {
    for await (const page of checked.payments()) for (const reader of readers) await reader.add(page);
  }
  return {
    summary,
    registered: record === null ? null : { digest: record.digest, tallies },
    sentTo: record === null ? [] : await sentTo(ledger, record.header.id),
    endpoints: endpointKinds(project),
    hours: hoursOfAccounts(project),
    differences,
    copies: { ...copies, windowMs: project.config.duplicateWindowMs },
    destinationChanges: damaged.found,
    compared: payroll === null ? compared : await payroll.finish(checked),
    hasApprovals: project.config.approvals !== null,
    refusedReplacements:
      record === null ? await refusedCorrections({ config: project.config, ledger }, checked, now) : [],
    balances: [],
    planDigest: await planDigestOf(session, summary, record, options),
    agreedPlan: options.agreedPlan ?? null,
    expect: options.expect,
    amend: options.amend,
    allowDuplicate: options.allowDuplicate,
    allowDestination: new Set(options.allowDestination.map(foldId)),
    now,
  };
}

function hoursOfAccounts({ config }: Project): ReadonlyMap<string, PayingHours> {
  return new Map([...config.accounts].flatMap(([name, { hours }]) => (hours === null ? [] : [[name, hours]])));
}
