import type { BatchSummary } from '../domain/batch.ts';
import type { PlainValue } from '../domain/plain-value.ts';
import { isPayrunError } from '../domain/problem.ts';
import { foldId } from '../domain/reference.ts';
import type { BatchRecord } from '../ledger/records.ts';
import { planDigest, type DigestedAccount } from '../plan/digest.ts';
import type { BatchOptions } from './batch-options.ts';
import { planPolicy } from './plan-policy.ts';
import type { Session } from './session/session.ts';

/**
 * The digest of what is paid when all of a file is paid, with the configuration as it is now; null where the file was only checked, or the
 * place of an account cannot be known, because a secret is missing: nothing can be paid from it.
 *
 * With an agreed plan the missing secret is thrown, as {@link PayrunError}.
 *
 * @param record of the batch in the ledger; null where it is not registered.
 */
export async function planDigestOf(
  { project, places }: Pick<Session, 'project' | 'places'>,
  summary: BatchSummary,
  record: BatchRecord | null,
  flags: Pick<BatchOptions, 'allowDuplicate' | 'allowDestination' | 'agreedPlan'>,
): Promise<string | null> {
  const { config } = project;
  const { agreedRows } = summary;
  if (agreedRows === undefined) return null;
  const names = [...new Set(summary.totals.map(({ account }) => account))];
  const accounts = new Map<string, DigestedAccount>();
  for (const name of names) {
    const account = config.accounts.get(name);
    if (account === undefined) return null;
    const place = await places.of(account).catch((error: unknown) => {
      if (!isPayrunError(error) || (flags.agreedPlan ?? null) !== null) throw error;
      return null;
    });
    if (place === null) return null;
    // Options are what a YAML file has under them: texts, lists and maps of texts.
    const options = account.options as Readonly<Record<string, PlainValue>>;
    accounts.set(name, { place, currency: account.currency, options });
  }
  const { organisation } = config;
  const policy = planPolicy(config, summary.header, names);
  return planDigest({
    organisation,
    summary: { ...summary, agreedRows },
    accounts,
    overrides: overridesOf(record, flags),
    policy,
  });
}

/** A refusal that was set aside when the batch was registered stays so, whatever flags the command has that goes on with it. */
function overridesOf(
  record: BatchRecord | null,
  { allowDuplicate, allowDestination }: Pick<BatchOptions, 'allowDuplicate' | 'allowDestination'>,
): Parameters<typeof planDigest>[0]['overrides'] {
  const recorded = record?.header.overrides ?? [];
  return {
    allowDuplicate: allowDuplicate || recorded.some(({ flag }) => flag === 'allow-duplicate'),
    allowDestination: [
      ...allowDestination,
      ...recorded.filter(({ flag }) => flag === 'allow-destination').flatMap(({ ids }) => ids),
    ].map(foldId),
  };
}
