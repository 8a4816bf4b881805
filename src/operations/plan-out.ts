import type { BatchTotal } from '../domain/batch.ts';
import { placeText } from '../domain/place.ts';
import { isPayrunError, type Problem } from '../domain/problem.ts';
import { paymentReference } from '../domain/reference.ts';
import type { Plan } from '../plan/plan.ts';
import { subtract } from '../plan/planned-totals.ts';
import { accountNeeds } from '../plan/top-up.ts';
import type { PlanDocument, PlannedAccount, PlannedPart, PlannedRow, PlannedTotal } from '../report/plan-document.ts';
import { writePlanFile, type PlanFile } from '../report/plan-file.ts';
import type { BatchOptions, CleanBatch } from './batch-options.ts';
import { upcomingPayrolls } from './plan-upcoming.ts';
import { runCommandText } from './run-command.ts';
import { providerOf } from './session/project.ts';
import type { Session } from './session/session.ts';

export { planFileAt } from '../report/plan-file.ts';

/** A plan that is written for people. */
export interface PlannedBatch {
  readonly batch: CleanBatch;
  readonly planned: Plan;
  /** About how long sending takes, milliseconds; null where that is not known. */
  readonly durationMs: number | null;
  readonly options: BatchOptions;
}

/** Writes a plan to a file; returns its path. Throws `PayrunError` 2 where it cannot be written. */
export async function writePlan(session: Session, file: PlanFile, planned: PlannedBatch): Promise<string> {
  return writePlanFile(file, await documentOf(session, planned), rowsOfPlan(session, planned.batch));
}

async function documentOf(
  session: Session,
  { batch, planned, durationMs, options }: PlannedBatch,
): Promise<PlanDocument> {
  const { config } = session.project;
  const { checked, summary } = batch;
  const { planDigest, action } = planned;
  const problems = [...checked.problems, ...planned.problems];
  const { compared } = planned;
  const isChange = ({ code, severity }: Problem): boolean => severity === 'warning' && code.startsWith(CHANGE_CODE);
  const isAgreeable = planDigest !== null && action !== 'refuse';
  const accounts = await plannedAccounts(session, planned);
  return {
    header: summary.header,
    organisation: config.organisation,
    timezone: config.timezone,
    writtenAt: session.system.clock.now(),
    isRefused: action === 'refuse',
    count: summary.count,
    totals: partTotals(planned),
    accounts,
    durationMs,
    holds: [...planned.holds, ...planned.coverage.flatMap(({ shortages }) => shortages)].map(({ text }) => text),
    problems: problems.filter((problem) => !isChange(problem)),
    changes: compared && { against: compared.against, note: compared.note, warnings: problems.filter(isChange) },
    upcoming: await upcomingPayrolls(session, summary.header, accounts),
    agreement: isAgreeable ? { planDigest, command: runCommandText(checked.file, options, planDigest) } : null,
  };
}

/** How the codes of problems begin that say what has changed since the payroll before. */
const CHANGE_CODE = 'change-';

function partTotals({ fresh, resumed, held, blocked, skipped }: Plan): readonly PlannedTotal[] {
  const parts: readonly (readonly [PlannedPart, readonly BatchTotal[]])[] = [
    ['new', fresh],
    ['resumed', resumed],
    ['held', held],
    ['blocked', subtract(blocked, held)],
    ['skipped', skipped],
  ];
  return parts.flatMap(([part, totals]) => totals.map((total) => ({ ...total, part })));
}

/** The accounts that something is still to be sent from, also those whose balance was not asked. */
async function plannedAccounts({ project, places }: Session, planned: Plan): Promise<readonly PlannedAccount[]> {
  const sending = [...planned.fresh, ...planned.resumed, ...planned.held];
  const needs = accountNeeds(planned);
  const accounts: PlannedAccount[] = [];
  for (const name of [...new Set(sending.map(({ account }) => account))].sort()) {
    const account = project.config.accounts.get(name);
    if (account === undefined) continue;
    const place = await places.of(account).then(placeText, (error: unknown) => {
      if (!isPayrunError(error)) throw error;
      return error.message;
    });
    const { currency } = account;
    const neededMinor = sending.reduce((sum, total) => (total.account === name ? sum + total.sumMinor : sum), 0n);
    const unread = {
      kinds: null,
      availableMinor: null,
      why: 'it was not asked',
      neededMinor,
      topUpMinor: null,
      until: null,
    };
    const read = needs.filter((need) => need.account === name);
    const hasFees = providerOf(account).feeMaxMinor !== undefined;
    for (const { kinds = null, ...need } of read.length === 0 ? [{ ...unread, feesMinor: 0n }] : read) {
      const { availableMinor, why, topUpMinor, until } = need;
      const of = {
        name,
        place,
        currency,
        kinds,
        availableMinor,
        why,
        neededMinor: need.neededMinor,
        topUpMinor,
        until,
      };
      accounts.push({ ...of, feesMinor: hasFees && read.length > 0 ? need.feesMinor : null });
    }
  }
  return accounts;
}

/** Every payment of the file, with what the ledger knows of it. Throws `PayrunError` 3 where the file changed since it was checked. */
async function* rowsOfPlan(
  { project, ledger }: Session,
  { checked, summary }: CleanBatch,
): AsyncGenerator<readonly PlannedRow[]> {
  const { config } = project;
  const batch = summary.header.id;
  const isRegistered = (await ledger.batch(batch)) !== null;
  for await (const page of checked.payments()) {
    const known = isRegistered
      ? await ledger.lookup(
          batch,
          page.map(({ idKey }) => idKey),
        )
      : null;
    yield page.map((payment) => {
      const { line, id, idKey, name, destination, amountMinor, currency, account, cells } = payment;
      const { status = 'planned', reference } = known?.get(idKey) ?? {};
      return {
        ...{ line, id, name, destination, amountMinor, currency, account, cells, status },
        provider: config.accounts.get(account)?.provider ?? '',
        reference: reference ?? paymentReference(config.organisation, batch, idKey, 1),
      };
    });
  }
}
