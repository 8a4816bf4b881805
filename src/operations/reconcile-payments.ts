import type { AccountConfig } from '../config/config.ts';
import { PayrunError } from '../domain/problem.ts';
import type { BatchRecord } from '../ledger/records.ts';
import type { ComparisonOptions } from '../settle/reconcile.ts';
import type { ComparedPayment } from '../ledger/compared-payments.ts';
import type { StatementTimes } from '../settle/statement-times.ts';
import { namedBatch } from './session/batches.ts';
import type { Session } from './session/session.ts';

/** The account that a statement is of, and the batches that are compared with it. */
export interface Reconciled {
  readonly account: AccountConfig;
  readonly records: readonly BatchRecord[];
}

/** Throws {@link PayrunError} 2 where batch or account are not known, or neither was named. */
export async function reconciledBatches(
  session: Session,
  wanted: { readonly batch: string | null; readonly account: string | null },
): Promise<Reconciled> {
  const { project, ledger } = session;
  if (wanted.batch !== null) {
    const record = await namedBatch(ledger, wanted.batch);
    return { account: await accountOf(session, record, wanted.account), records: [record] };
  }
  const names = [...project.config.accounts.keys()];
  if (wanted.account === null) {
    const message = `Say which batch, or which account with --account; ${project.config.file} has: ${names.join(', ')}.`;
    throw new PayrunError(2, 'account-needed', message);
  }
  const account = project.config.accounts.get(wanted.account);
  if (account === undefined) {
    const message = `There is no account ${wanted.account}; ${project.config.file} has: ${names.join(', ')}.`;
    throw new PayrunError(2, 'account-unknown', message);
  }
  const records = (await ledger.batches()).filter(({ totals }) =>
    totals.some((total) => total.account === account.name),
  );
  return { account, records };
}

/** @param isWholeAccount then payments of before and after the statement are not expected in it. */
export function comparisonOptions(
  { project }: Session,
  { records }: Reconciled,
  times: StatementTimes,
  isWholeAccount: boolean,
): ComparisonOptions {
  const registered = new Map(records.map(({ header, registeredAt }) => [header.id, registeredAt]));
  const timeOf = ({ sentAt, batch }: ComparedPayment): number | null => sentAt ?? registered.get(batch) ?? null;
  const outside = { times, windowMs: project.config.duplicateWindowMs, timeOf };
  const period = isWholeAccount ? times.period() : null;
  if (period === null) return { outside };
  return {
    outside,
    isExpected: ({ sentAt }) => sentAt === null || (sentAt >= period.from && sentAt <= period.to),
  };
}

async function accountOf(
  { project, ledger }: Session,
  record: BatchRecord,
  wanted: string | null,
): Promise<AccountConfig> {
  const names = [...new Set((await ledger.tallies(record.header.id)).map((tally) => tally.account))].sort();
  const batch = record.header.id;
  if (wanted !== null && !names.includes(wanted)) {
    throw new PayrunError(
      2,
      'account-unknown',
      `Batch ${batch} has no payments of account ${wanted}; it has: ${names.join(', ')}.`,
    );
  }
  const [only = ''] = names;
  if (wanted === null && names.length > 1) {
    throw new PayrunError(
      2,
      'account-needed',
      `Batch ${batch} is paid from ${names.join(', ')}, and a statement is of one account. Say which with --account.`,
    );
  }
  const account = project.config.accounts.get(wanted ?? only);
  if (account !== undefined) return account;
  throw new PayrunError(
    2,
    'account-unknown',
    `Account ${wanted ?? only} of batch ${batch} is not configured any more.`,
  );
}
