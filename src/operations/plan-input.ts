import type { PayingHours } from '../domain/hours.ts';
import type { RefusedReplacement } from '../domain/payment.ts';
import { foldId } from '../domain/reference.ts';
import type { CheckedBatch } from '../intake/batch.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { PlanInput } from '../plan/input.ts';
import type { BatchOptions, CleanBatch } from './batch-options.ts';
import { copiesOf, NO_COPIES } from './copies.ts';
import { DamagedDestinations } from './damaged-destinations.ts';
import { differencesOf } from './differences.ts';
import { planDigestOf } from './plan-digest.ts';
import { endpointKinds, isSimulation, sentTo } from './sent-to.ts';
import type { Project } from './session/project.ts';
import type { Session } from './session/session.ts';

/** What planning a file needs from the ledger, as it is now. The balances are empty: only `plan` and `run` ask a provider. */
export async function planInput(
  session: Session,
  { checked, summary }: CleanBatch,
  options: Pick<BatchOptions, 'expect' | 'amend' | 'allowDuplicate' | 'allowDestination' | 'agreedPlan'>,
): Promise<PlanInput> {
  const { project, system, ledger, clocks } = session;
  const now = system.clock.now();
  const record = await ledger.batch(summary.header.id);
  const { id, series, occurrence } = summary.header;
  const since = now - project.config.duplicateWindowMs;
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
  const copies = record === null ? await copiesOf(ledger, checked, search, damaged) : NO_COPIES;
  if (differences.length > 0) for await (const page of checked.payments()) await damaged.add(page);
  return {
    summary,
    registered: record === null ? null : { digest: record.digest, tallies: await ledger.tallies(record.header.id) },
    sentTo: record === null ? [] : await sentTo(ledger, record.header.id),
    endpoints: endpointKinds(project),
    hours: hoursOfAccounts(project),
    differences,
    copies,
    destinationChanges: damaged.found,
    refusedReplacements: record === null ? await refusedReplacements(ledger, checked, now) : [],
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

async function refusedReplacements(ledger: Ledger, checked: CheckedBatch, at: number): Promise<RefusedReplacement[]> {
  const batch = checked.summary?.header.id ?? '';
  if (checked.summary?.header.columnFields.includes('replaces') !== true) return [];
  const refused: RefusedReplacement[] = [];
  for await (const page of checked.payments()) refused.push(...(await ledger.refusedReplacements(batch, page, at)));
  return refused;
}

function hoursOfAccounts({ config }: Project): ReadonlyMap<string, PayingHours> {
  return new Map([...config.accounts].flatMap(([name, { hours }]) => (hours === null ? [] : [[name, hours]])));
}
