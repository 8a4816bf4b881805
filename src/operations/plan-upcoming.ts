import type { BatchHeader } from '../domain/batch.ts';
import type { SeriesConfig } from '../config/config.ts';
import { addUp } from '../domain/totals.ts';
import type { BatchRecord } from '../ledger/records.ts';
import type { PlannedAccount, UpcomingPayroll } from '../report/plan-document.ts';
import { Occurrences, type Occurrence } from '../schedule/occurrences.ts';
import type { Session } from './session/session.ts';

/** Of a series that comes every day nobody plans the money for more dates. */
const DATES_SHOWN = 3;

/** Further ahead people do not top up. */
const AHEAD_MS = 45 * 86_400_000;

/**
 * The next dates of the series that are paid from accounts of a plan, with what the newest batch of each came to, and what is missing for
 * them after the plan and every date before. What a date comes to is known only when its file is there.
 */
export async function upcomingPayrolls(
  session: Session,
  header: BatchHeader,
  accounts: readonly PlannedAccount[],
): Promise<readonly UpcomingPayroll[]> {
  const { ledger, project, system } = session;
  const now = system.clock.now();
  const dates: Omit<UpcomingPayroll, 'topUpMinor'>[] = [];
  for (const series of project.config.series.values()) {
    const newest = await newestBatch(session, series.name);
    if (newest === null) continue;
    const totals = addUp((await ledger.batch(newest.header.id))?.totals ?? [], 'account', 'currency');
    for (const { at } of nextDates(series, header, now)) {
      for (const { account: paidFrom, currency, count, sumMinor } of totals) {
        const account = series.account ?? paidFrom;
        if (!accounts.some(({ name }) => name === account)) continue;
        dates.push({ series: series.name, at, account, currency, last: { batch: newest.header.id, count, sumMinor } });
      }
    }
  }
  return withTopUps(
    dates.sort((a, b) => a.at - b.at),
    accounts,
  );
}

/** Without the occurrence that the batch itself is. */
function nextDates({ name, every, timezone }: SeriesConfig, header: BatchHeader, now: number): readonly Occurrence[] {
  const own = header.series === name ? header.occurrence : null;
  return new Occurrences({ every, timezone })
    .next(now, DATES_SHOWN + 1)
    .filter(({ date, at }) => at <= now + AHEAD_MS && (own === null || !date.startsWith(own)))
    .slice(0, DATES_SHOWN);
}

async function newestBatch({ ledger }: Session, series: string): Promise<BatchRecord | null> {
  let newest: BatchRecord | null = null;
  for (const { id } of await ledger.seriesBatches(series)) {
    const record = await ledger.batch(id);
    if (record !== null && record.registeredAt >= (newest?.registeredAt ?? 0)) newest = record;
  }
  return newest;
}

/** Each date is missing what the dates before it have not been missing already. */
function withTopUps(
  dates: readonly Omit<UpcomingPayroll, 'topUpMinor'>[],
  accounts: readonly PlannedAccount[],
): readonly UpcomingPayroll[] {
  const left = new Map<string, bigint>();
  for (const { name, currency, kinds, availableMinor, neededMinor, feesMinor } of accounts) {
    // What a pocket has is known for its kinds of destination only.
    if (kinds !== null || availableMinor === null) continue;
    const rest = availableMinor - neededMinor - (feesMinor ?? 0n);
    left.set(`${name} ${currency}`, rest > 0n ? rest : 0n);
  }
  return dates.map((date) => {
    const key = `${date.account} ${date.currency}`;
    const before = left.get(key);
    if (before === undefined) return { ...date, topUpMinor: null };
    const missing = date.last.sumMinor - before;
    left.set(key, missing > 0n ? 0n : -missing);
    return { ...date, topUpMinor: missing > 0n ? missing : null };
  });
}
