import type { WaitForMoney } from '../domain/batch.ts';
import { isSimulated } from '../domain/place.ts';
import type { Status } from '../domain/status.ts';
import type { LedgerPayment } from '../ledger/records.ts';
import { ALL_ACCOUNTS, pausedText, type Pause } from '../ledger/stops.ts';
import { defaultNextAction } from '../report/next-action.ts';
import { timestampsIn } from '../report/timestamps.ts';
import { displayedPayment, type BatchResult, type DisplayedPayment } from './batch-result.ts';
import { waitsText } from './canary-state.ts';
import { movedAway, movedText } from './open-targets.ts';
import { providerOf } from './session/project.ts';
import type { Session } from './session/session.ts';

/** Which payments a result carries: those that somebody has to do something about, every payment, or none. */
export type RowChoice = 'needing' | 'all' | 'none';

const SIMULATED = 'Only the built-in simulator paid it: no money moved.';

interface WaitsOfBatch {
  readonly batch: string;
  /** What waits for money. */
  readonly waits?: readonly WaitForMoney[] | undefined;
}

/** What is to be done next about a payment, under the configuration and the places of this moment. */
export async function nextActions(
  { project, ledger }: Pick<Session, 'project' | 'ledger'>,
  { batch, waits = [] }: WaitsOfBatch,
): Promise<(payment: LedgerPayment) => string> {
  const [places, movedFrom] = [await ledger.places(), await movedAway(project)];
  const [pauses, canaries] = [await ledger.pauses(), await ledger.canaries(batch)];
  return (payment) => {
    const { status, account: name, place } = payment;
    const pause = status === 'planned' && payment.code !== 'contradiction' ? pauseIn(pauses, payment) : undefined;
    if (pause !== undefined) return `Not sent. ${pausedText(pause)}`;
    const account = project.config.accounts.get(name);
    const sentTo = places.get(place ?? '');
    if (status === 'paid' && sentTo !== undefined && isSimulated(sentTo)) return SIMULATED;
    const wait = status === 'planned' ? waits.find((one) => one.account === name) : undefined;
    if (wait !== undefined) return waitForMoneyText(wait);
    const waiting = status === 'planned' && payment.code !== 'contradiction' ? waitsText(canaries, payment) : null;
    if (waiting !== null) return waiting;
    if (status !== 'unknown' && status !== 'pending') return defaultNextAction(payment, null);
    if (sentTo !== undefined && movedFrom(name, sentTo)) return movedText(name, sentTo);
    const step =
      account === undefined ? undefined : providerOf(account).manualCheck?.(payment, status, account.options);
    return defaultNextAction(payment, step ?? null);
  };
}

function pauseIn(pauses: readonly Pause[], { batch, account }: LedgerPayment): Pause | undefined {
  return pauses.find(({ scope, name }) =>
    scope === 'batch' ? name === batch : name === account || name === ALL_ACCOUNTS,
  );
}

function waitForMoneyText({ account, topUp }: WaitForMoney): string {
  return `Waits for money: top up account ${account} by at least ${topUp}; the next payrun run of the file then sends it.`;
}

/** Makes payments of the ledger ready for the screen, under the configuration and the places of this moment. */
export async function paymentDisplay(
  session: Session,
  waits: WaitsOfBatch,
): Promise<(payment: LedgerPayment) => DisplayedPayment> {
  const nextAction = await nextActions(session, waits);
  const timestamp = timestampsIn(session.project.config.timezone);
  return (payment) =>
    displayedPayment(payment, {
      nextAction: nextAction(payment),
      sentAt: timestamp(payment.sentAt),
      settledAt: timestamp(payment.settledAt),
    });
}

/** Payments of a batch as the screen shows them, in the order of their lines. */
export async function displayedRows(
  session: Session,
  { batch, contradictions }: Pick<BatchResult, 'contradictions'> & { readonly batch: string },
  choice: RowChoice,
): Promise<DisplayedPayment[]> {
  if (choice === 'none') return [];
  const record = await session.ledger.batch(batch);
  const display = await paymentDisplay(session, { batch, waits: record?.header.waits });
  const isNeeding = await needsSomebody(session, contradictions);
  // A payment that is paid needs somebody only where reports contradict each other, which are counted for the batch.
  const isAny = choice === 'all' || isContradicted(contradictions);
  const rows: DisplayedPayment[] = [];
  for await (const page of session.ledger.payments(isAny ? { batch } : { batch, statuses: MAY_NEED })) {
    for (const payment of page) {
      const needs = isNeeding(payment);
      if (needs || choice === 'all') rows.push({ ...display(payment), isNeeding: needs });
    }
  }
  return rows;
}

const MAY_NEED: readonly Status[] = ['planned', 'submitting', 'pending', 'unknown', 'failed', 'cancelled', 'returned'];

function isContradicted(contradictions: BatchResult['contradictions']): boolean {
  return contradictions !== null && contradictions.undecided + contradictions.replaced > 0;
}

/**
 * Whether a payment stays as it is until somebody does something: what failed, came back, or ended without a clear answer; and what is
 * pending where the provider cannot be asked, or for longer than `open_warning_after`. What a later run sends or asks about by itself
 * needs nobody.
 */
async function needsSomebody(
  { project, system, ledger }: Session,
  contradictions: BatchResult['contradictions'],
): Promise<(payment: LedgerPayment) => boolean> {
  const { accounts, openWarningAfterMs } = project.config;
  const [sentTo, movedFrom] = [await ledger.places(), await movedAway(project)];
  const now = system.clock.now();
  const canBeAsked = ({ account: name, place }: LedgerPayment): boolean => {
    const account = accounts.get(name);
    const known = sentTo.get(place ?? '');
    if (known !== undefined && movedFrom(name, known)) return false;
    return account !== undefined && providerOf(account).polling !== undefined;
  };
  return (payment) => {
    switch (payment.status) {
      case 'failed':
      case 'returned':
      case 'unknown':
        return true;
      case 'cancelled':
        return payment.isCancelledByPerson !== true;
      case 'pending':
        return !canBeAsked(payment) || now - (payment.sentAt ?? now) > openWarningAfterMs;
      case 'planned':
      case 'submitting':
        return payment.code === 'contradiction';
      case 'paid':
      case 'replaced':
        return payment.code === 'contradiction' && isContradicted(contradictions);
    }
  };
}
