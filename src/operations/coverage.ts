import type { LedgerPayment } from '../ledger/records.ts';
import { currencyDecimals, formatMinor } from '../domain/money.ts';
import type { WaitForMoney } from '../domain/batch.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { coverageOf, type QueuedPayment } from '../plan/coverage.ts';
import type { Coverage, PlanInput } from '../plan/input.ts';
import { planBatch, type Plan } from '../plan/plan.ts';
import type { CleanBatch } from './batch-options.ts';
import { providerOf } from './session/project.ts';
import type { Session } from './session/session.ts';

/**
 * Plans with the balances, and once more with what they cover, where an account pays by priority: from the rows of the file, so that the order
 * is that of the file as it is now. A batch that names no order needs it only where a balance is short.
 */
export async function planCovered(session: Session, batch: CleanBatch, input: PlanInput): Promise<Plan> {
  const plan = planBatch(input);
  const accounts = accountsByPriority(session, batch, plan);
  if (accounts.length === 0) return plan;
  const queues = await queuesOf(session, batch, accounts);
  const amounts = batch.summary.header.payingOrder?.amounts ?? 'line';
  const { balances } = input;
  const coverage = [...queues].map(([account, queue]) => coverageOf(account, queue, { amounts, balances }));
  return planBatch({ ...input, coverage });
}

/** The accounts of which only a part is sent, or all of it in an order of its own. */
function accountsByPriority({ project }: Session, { summary }: CleanBatch, plan: Plan): readonly string[] {
  const sending = new Set([...plan.fresh, ...plan.resumed].map(({ account }) => account));
  return [...sending].sort().filter((name) => {
    if (project.config.accounts.get(name)?.onShort !== 'priority') return false;
    const isShort = plan.balances.some(({ account, leftMinor, feesMinor }) => {
      return account === name && leftMinor !== null && leftMinor < feesMinor;
    });
    return isShort || summary.header.payingOrder !== undefined;
  });
}

/** What is to be sent from each account: the payments of the file that are not registered yet, or planned. */
async function queuesOf(
  { project, ledger }: Session,
  { checked, summary }: CleanBatch,
  accounts: readonly string[],
): Promise<ReadonlyMap<string, QueuedPayment[]>> {
  const queues = new Map<string, QueuedPayment[]>(accounts.map((account) => [account, []]));
  const isRegistered = (await ledger.batch(summary.header.id)) !== null;
  for await (const page of checked.payments()) {
    const wanted = page.filter(({ account }) => queues.has(account));
    const keys = wanted.map(({ idKey }) => idKey);
    const known: ReadonlyMap<string, LedgerPayment> = isRegistered
      ? await ledger.lookup(summary.header.id, keys)
      : new Map();
    for (const payment of wanted) {
      if ((known.get(payment.idKey)?.status ?? 'planned') !== 'planned') continue;
      const { id, idKey, name, line, currency, amountMinor, destination, priority } = payment;
      const { kind } = destination;
      const account = project.config.accounts.get(payment.account);
      const feeMinor = account === undefined ? 0n : (providerOf(account).feeMaxMinor?.(kind, account.options) ?? 0n);
      const queued = { id, idKey, name, line, currency, kind, amountMinor, feeMinor };
      queues.get(payment.account)?.push(priority === undefined ? queued : { ...queued, priority });
    }
  }
  return queues;
}

/** Payments that are looked up at once. */
const LOOKED_UP_AT_ONCE = 500;

/** References of the covered payments that are planned now, in their order. */
export async function coveredReferences(
  ledger: Ledger,
  batch: string,
  { covered }: Coverage,
): Promise<readonly string[]> {
  const references: string[] = [];
  for (let start = 0; start < covered.length; start += LOOKED_UP_AT_ONCE) {
    const keys = covered.slice(start, start + LOOKED_UP_AT_ONCE);
    const found = await ledger.lookup(batch, keys);
    references.push(
      ...keys.flatMap((key) => {
        const payment = found.get(key);
        return payment?.status === 'planned' ? [payment.reference] : [];
      }),
    );
  }
  return references;
}

/** For the report: which accounts of the batch have to be topped up, and by how much. */
export function waitsOf({ coverage }: Plan, at: number): readonly WaitForMoney[] {
  return coverage
    .flatMap(({ shortages }) => shortages)
    .map(({ account, currency, missingMinor }) => {
      return { account, topUp: `${formatMinor(missingMinor, currencyDecimals(currency) ?? 2)} ${currency}`, at };
    });
}
