import type { Problem } from '../domain/problem.ts';
import type { CanaryResult } from '../ledger/brakes.ts';
import type { Plan } from '../plan/plan.ts';
import type { CleanBatch } from './batch-options.ts';
import { registerBatch, type RegistrationRequest } from './register.ts';
import type { Session } from './session/session.ts';

/** How many payments of each account go first: what the flag says, else what each account says. */
function canarySizes(
  { project }: Session,
  { summary }: CleanBatch,
  flag: number | null,
): { readonly account: string; readonly size: number }[] {
  return [...new Set(summary.totals.map(({ account }) => account))].flatMap((account) => {
    const size = flag ?? project.config.accounts.get(account)?.canary ?? null;
    return size === null ? [] : [{ account, size }];
  });
}

/**
 * Registers or amends the batch as {@link registerBatch}, with its canaries: a new or amended batch has them in the same transaction, and
 * one that goes on before anything of it is sent, so that no kill lets a later sweep pay the rest.
 *
 * @param flag of the command; null: the configuration says it.
 */
export async function registerWithCanaries(
  session: Session,
  batch: CleanBatch,
  plan: Plan,
  { flag, ...request }: Omit<RegistrationRequest, 'canaries'> & { readonly flag: number | null },
): Promise<{ readonly raced: readonly Problem[] | null; readonly notes: readonly string[] }> {
  const { id } = batch.summary.header;
  const canaries = canarySizes(session, batch, flag);
  const isKept = plan.action !== 'amend' && (await session.ledger.batch(id)) !== null;
  const before = isKept ? await setCanaries(session, id, { canaries, flag }) : [];
  const raced = await registerBatch(session, batch, plan, { ...request, canaries });
  if (raced !== null) return { raced, notes: before };
  // Another process may have registered the batch in between. What an amendment added counts for what the flag still does.
  const after = await setCanaries(session, id, { canaries, flag: plan.action === 'amend' ? flag : null });
  return { raced, notes: [...before, ...after] };
}

async function setCanaries(
  { ledger, system, by }: Session,
  batch: string,
  { canaries, flag }: { readonly canaries: ReturnType<typeof canarySizes>; readonly flag: number | null },
): Promise<string[]> {
  const notes: string[] = [];
  for (const { account, size } of canaries) {
    const result = await ledger.setCanary({ batch, account, size, by, at: system.clock.now() });
    const note = flag === null ? null : withoutEffect(batch, { account, size, result });
    if (note !== null) notes.push(note);
  }
  return notes;
}

/** Why the flag holds nothing back; null where it does what it says. */
function withoutEffect(
  batch: string,
  { account, size, result }: { readonly account: string; readonly size: number; readonly result: CanaryResult },
): string | null {
  const flag = `--canary ${size}`;
  switch (result.kind) {
    case 'in-force':
      return result.size === size
        ? null
        : `Batch ${batch} has a canary of ${result.size} from account ${account} already, which ${flag} does not enlarge.`;
    case 'released': {
      const when = new Date(result.at).toISOString();
      return `Batch ${batch} was released by ${result.by} at ${when}: ${flag} holds nothing back.`;
    }
    case 'too-late':
      return `${result.left} payments of batch ${batch} had left account ${account} before: ${flag} holds nothing back.`;
    case 'small':
      return `Batch ${batch} has no more than ${size} payments from account ${account}: ${flag} holds nothing back.`;
  }
}
