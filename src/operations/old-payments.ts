import type { Ledger } from '../ledger/ledger.ts';
import type { Session } from './session/session.ts';

const HOUR_MS = 3_600_000;

/** How many of the payments of an account are named; all of them are counted. */
const OLD_PAYMENTS_NAMED = 3;

/** Names the accounts with payments that have been open for longer than `open_warning_after`, and what to do. */
export async function noteOldPayments({ project, system, ledger, watch }: Session): Promise<void> {
  const { openWarningAfterMs } = project.config;
  const now = system.clock.now();
  for (const { account, count, oldestSentAt } of await ledger.openAges(now - openWarningAfterMs)) {
    const what = count === 1 ? '1 payment has been open' : `${count} payments have been open`;
    const names = await oldestNames(ledger, account, now - openWarningAfterMs);
    const named = `${names.join(', ')}${count > names.length ? ', …' : ''}`;
    const oldest = `the oldest since ${new Date(oldestSentAt).toISOString()} (${ageText(now - oldestSentAt)})`;
    watch.note(
      `Account ${account}: ${what} for longer than ${ageText(openWarningAfterMs)}, ${oldest}: ${named}. ` +
        "Ask the provider: payrun settle. What stays open: see next_action in the batch's report, and record what you find with payrun resolve.",
    );
  }
}

/** The payments that have been open longest, as `EMP-7 of november`. */
async function oldestNames(ledger: Ledger, account: string, before: number): Promise<readonly string[]> {
  const names: string[] = [];
  const open = ledger.openPayments({ account, place: null, batch: null, statuses: ['pending', 'unknown'] });
  for await (const page of open) {
    for (const { payment } of page) {
      const isOpen = payment.status === 'pending' || payment.status === 'unknown';
      if (!isOpen || payment.sentAt === null || payment.sentAt >= before) continue;
      names.push(`${payment.id} of ${payment.batch}`);
      if (names.length === OLD_PAYMENTS_NAMED) return names;
    }
  }
  return names;
}

function ageText(ms: number): string {
  if (ms < HOUR_MS) return `${Math.round(ms / 1_000)} s`;
  return ms < 48 * HOUR_MS ? `${Math.round(ms / HOUR_MS)} h` : `${Math.round(ms / (24 * HOUR_MS))} days`;
}
