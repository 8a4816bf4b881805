import type { Session } from './session/session.ts';

const HOUR_MS = 3_600_000;

/** Names the accounts with payments that have been open for longer than `open_warning_after`, and what to do. */
export async function noteOldPayments({ project, system, ledger, watch }: Session): Promise<void> {
  const { openWarningAfterMs } = project.config;
  const now = system.clock.now();
  for (const { account, count, oldestSentAt } of await ledger.openAges(now - openWarningAfterMs)) {
    const what = count === 1 ? '1 payment has been open' : `${count} payments have been open`;
    const oldest = `the oldest since ${new Date(oldestSentAt).toISOString()} (${ageText(now - oldestSentAt)})`;
    watch.note(
      `Account ${account}: ${what} for longer than ${ageText(openWarningAfterMs)}, ${oldest}. ` +
        "Ask the provider: payrun settle. What stays open: see next_action in the batch's report, and record what you find with payrun resolve.",
    );
  }
}

function ageText(ms: number): string {
  if (ms < HOUR_MS) return `${Math.round(ms / 1_000)} s`;
  return ms < 48 * HOUR_MS ? `${Math.round(ms / HOUR_MS)} h` : `${Math.round(ms / (24 * HOUR_MS))} days`;
}
