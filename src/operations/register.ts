import type { BatchSummary, Override } from '../domain/batch.ts';
import type { Problem } from '../domain/problem.ts';
import type { BatchRecord, Registration } from '../ledger/records.ts';
import type { Plan } from '../plan/plan.ts';
import { ofFile, replacementProblems } from '../plan/refusals.ts';
import type { BatchOptions, CleanBatch } from './batch-options.ts';
import { copiesSince } from './copies.ts';
import { isSimulation } from './sent-to.ts';
import type { Session } from './session/session.ts';
import { personText } from './session/who.ts';

export type RegistrationRequest = Pick<BatchOptions, 'allowDuplicate' | 'because'> &
  Pick<Registration, 'confirmation'> &
  Required<Pick<Registration, 'approvals' | 'canaries'>> & {
    /** Digest of the registered batch for which the plan was made; null where it was new. */
    readonly plannedFor: string | null;
  };

/**
 * Registers or amends the batch as the plan says, in one transaction. Returns the problems that refuse the batch after all, because
 * another process changed the ledger since the plan was made; null when the batch may be paid.
 */
export async function registerBatch(
  session: Session,
  { checked, summary: read }: CleanBatch,
  plan: Plan,
  { allowDuplicate, because, confirmation, approvals, plannedFor, canaries }: RegistrationRequest,
): Promise<readonly Problem[] | null> {
  const { project, ledger } = session;
  if (plan.action === 'resume' || plan.action === 'nothing') {
    const raced = amendedMeanwhile(read, plannedFor, await ledger.batch(read.header.id));
    if (raced === null && approvals.length > 0) await ledger.recordApprovals(approvals);
    return raced;
  }
  const now = session.system.clock.now();
  const summary = await withPerson(session, read, plan, { allowDuplicate, because: because ?? '' });
  const accounts = [...new Set(summary.totals.map((total) => total.account))];
  const registration = {
    summary,
    organisation: project.config.organisation,
    providers: Object.fromEntries(accounts.map((name) => [name, project.config.accounts.get(name)?.provider ?? ''])),
    payments: checked.payments(),
    at: now,
    by: session.by,
    approvals,
    canaries,
    ...(confirmation === undefined ? {} : { confirmation }),
    refuseCopiesSince: allowDuplicate ? null : copiesSince(summary.header, now, project.config.duplicateWindowMs),
    isClockTrusted: session.clocks.isTrusted,
    isSimulation: isSimulation(project, accounts),
  };
  const raced = (code: string, message: string): Problem[] => [ofFile(summary, 'error', code, message)];
  if (plan.action === 'amend') {
    const result = await ledger.amend(registration);
    if (result.kind === 'amended') return null;
    if (result.kind === 'copy')
      return raced('batch-copy', copied(`${result.matches} payments that it adds or changes`, result.of));
    if (result.kind === 'not-replaceable') return replacementProblems(summary, result.rows);
    const ids = [...result.sent, ...result.missing].slice(0, 10).join(', ');
    return raced(
      'batch-changed',
      `Payments ${ids} were sent meanwhile or are missing, so they cannot be amended. Look again with: payrun plan`,
    );
  }
  const result = await ledger.register(registration);
  switch (result.kind) {
    case 'registered':
      return null;
    case 'exists':
      // Another process registered the same file after the plan was made. Its payments are the same ones.
      if (result.record.digest === summary.digest) return null;
      return raced(
        'batch-changed',
        `Another run has just registered batch ${summary.header.id} with other payments. Run again.`,
      );
    case 'copy':
      return raced('batch-copy', copied(`${result.matches} of its ${summary.count} payments`, result.of));
    case 'not-replaceable':
      return replacementProblems(summary, result.rows);
  }
}

/** A batch whose plan changes nothing of it is paid only as it was when the plan was made. */
function amendedMeanwhile(
  summary: BatchSummary,
  plannedFor: string | null,
  record: BatchRecord | null,
): readonly Problem[] | null {
  if (record === null || record.digest === plannedFor) return null;
  const message = `Another process has just amended batch ${summary.header.id}. Nothing more of it was sent. Look again with: payrun plan`;
  return [ofFile(summary, 'error', 'batch-changed', message)];
}

function copied(what: string, others: readonly string[]): string {
  return (
    `${what} were seen before, with the same destination or id, the same amount and currency: in batch ${others.slice(0, 5).join(', ')}, ` +
    `registered within duplicate_window. If these people are really to be paid again, run with --allow-duplicate. See: payrun plan`
  );
}

/** The batch with the name of who repaired it, and every refusal that a person has set aside, now and when it was registered. */
async function withPerson(
  { ledger, system }: Session,
  summary: BatchSummary,
  { allowedDestinations: ids }: Plan,
  { allowDuplicate, because }: Pick<BatchOptions, 'allowDuplicate'> & { readonly because: string },
): Promise<BatchSummary> {
  const { header } = summary;
  const earlier = (await ledger.batch(header.id))?.header.overrides ?? [];
  const [by, at] = [personText(system.who), system.clock.now()];
  const overrides: readonly Override[] = [
    ...earlier,
    ...(ids.length === 0 ? [] : [{ flag: 'allow-destination' as const, ids, by, because, at }]),
    ...(allowDuplicate ? [{ flag: 'allow-duplicate' as const, ids: [], by, because, at }] : []),
  ];
  return {
    ...summary,
    header: {
      ...header,
      ...(header.repair === undefined ? {} : { repair: { ...header.repair, by, at } }),
      ...(overrides.length === 0 ? {} : { overrides }),
    },
  };
}
