import type { BatchSummary, BatchTotal } from '../domain/batch.ts';
import type { Problem } from '../domain/problem.ts';
import { countOf } from '../domain/totals.ts';
import type { PlanInput, SentPayments } from './input.ts';
import { ofFile } from './refusals.ts';

/** What the rules below read of a plan's input; a retry has no file, so that `summary` is then the batch as it is registered. */
export type SentToInput = Pick<PlanInput, 'summary' | 'registered' | 'sentTo' | 'endpoints'>;

/**
 * What the built-in simulator paid is not paid, and a batch of which it paid anything is never paid live under its id: the clerk
 * who reads "paid" could not tell the two apart. The file may name a live account that the batch did not have before.
 */
export function simulatedProblems(input: SentToInput): Problem[] {
  const { summary, registered, sentTo, endpoints } = input;
  const simulated = sentTo.filter(({ isSimulated }) => isSimulated);
  if (registered === null || simulated.length === 0) return [];
  const known = new Set(registered.tallies.map(({ account }) => account));
  const isLive = (account: string): boolean => endpoints.get(account) === 'provider';
  const turned = simulated.filter(({ account }) => isLive(account));
  const added = summary.totals.filter(({ account }) => isLive(account) && !known.has(account));
  const live = (turned.length > 0 ? turned : added)[0]?.account;
  if (live === undefined) return [];
  const count = addUpCounts(simulated);
  const message =
    `Only the built-in simulator paid this batch: ${count} of its ${countOf(registered.tallies)} payments were sent to the simulator, ` +
    `so that no money moved, and account ${live} is live now. Nothing of the batch is sent live, and no provider is asked about it. ` +
    nextStep(summary);
  return [ofFile(summary, 'error', 'simulated-only', message)];
}

/** Accounts whose payments of this batch went to a provider, and which the built-in simulator serves now: nothing is sent to it. */
export function keptFromSimulator({ sentTo, endpoints }: SentToInput): ReadonlySet<string> {
  const isKept = ({ account, isSimulated }: SentPayments): boolean =>
    !isSimulated && endpoints.get(account) === 'simulator';
  return new Set(sentTo.filter(isKept).map(({ account }) => account));
}

/** Says why payments of {@link keptFromSimulator} stay as they are. */
export function keptProblems(input: SentToInput, kept: readonly BatchTotal[]): Problem[] {
  const accounts = keptFromSimulator(input);
  return [...accounts].map((account) => {
    const sent = input.sentTo.filter((one) => one.account === account && !one.isSimulated);
    const left = countOf(kept.filter((total) => total.account === account));
    const planned = left === 0 ? '' : ` ${left} planned ones stay planned.`;
    return ofFile(
      input.summary,
      'warning',
      'sent-live',
      `${addUpCounts(sent)} payments of account ${account} were sent to its provider, and the account has \`endpoint: simulator\` now. ` +
        `Nothing of the batch is sent to the simulator or asked of it.${planned} Give account ${account} its live settings back, and rehearse ` +
        'with an account of another name.',
    );
  });
}

function addUpCounts(sent: readonly SentPayments[]): number {
  return sent.reduce((sum, { count }) => sum + count, 0);
}

/** What pays these people for real. A new batch id makes new references, and no row of it repeats one that only the simulator paid. */
function nextStep({ header }: BatchSummary): string {
  const id = `${header.id.slice(0, 59)}-live`;
  const goOn = 'To go on with the rehearsal, give the account `endpoint: simulator` back.';
  const ending = /\.(?:csv|xls[xm])$/i.exec(header.file)?.[0];
  if (/\.xml$/i.test(header.file)) {
    return `To pay these people now, run the message once under a batch id that was never used: payrun run ${header.file} --batch ${id}. ${goOn}`;
  }
  return ending !== undefined
    ? `To pay these people now, give the file a name that was never used, such as ${id}${ending} (the batch id is the file's name), or once: ` +
        `payrun run ${header.file} --batch ${id}. ${goOn}`
    : `To pay these people now, write a batch id that was never used into the file, such as \`batch: ${id}\`, and run it again. ${goOn}`;
}
