import type { BitpesaBalances } from './balances.ts';
import {
  simulatedBitpesaOutcomeOf,
  failsValidation,
  mobileProviderOf,
  NAME_MISMATCH,
  PAID,
  reasonOf,
  type BitpesaOutcome,
} from './outcomes.ts';
import { textMember } from './json.ts';
import type { BitpesaSimulatorSettings } from './settings.ts';
import { minorOf } from './amounts.ts';
import {
  isUnfunded,
  recipientJson,
  transactionJson,
  type BitpesaClaimedStates,
  type BitpesaRecipientState,
  type SimulatedBitpesaBitpesaTransaction,
  type BitpesaTransactionState,
} from './transactions.ts';
import type { EventName, BitpesaWebhooks } from './callbacks.ts';
import type { Book } from '../kit/book.ts';
import type { Magic } from '../kit/magic.ts';
import type { SimulatorRuntime } from '../kit/runtime.ts';

const SIMULATED_BITPESA_LIFECYCLE_DAY_MS = 86_400_000;

const IS_PAID: BitpesaClaimedStates = { state: 'paid', recipientState: 'success' };
const IS_REFUNDED: BitpesaClaimedStates = { state: 'refunded', recipientState: 'refunded' };

/** Everything that the lifecycle of a transaction uses. */
export interface BitpesaLifecycleContext {
  readonly settings: BitpesaSimulatorSettings;
  readonly magic: Magic;
  readonly runtime: SimulatorRuntime;
  readonly book: Book;
  readonly balances: BitpesaBalances;
  readonly webhooks: BitpesaWebhooks;
}

/** The states of a transaction after its creation: funding, the network's answer, cancellation, refund, expiry. */
export class BitpesaLifecycle {
  private readonly context: BitpesaLifecycleContext;
  private expiring: SimulatedBitpesaBitpesaTransaction[] = [];
  private refundable: SimulatedBitpesaBitpesaTransaction[] = [];

  constructor(context: BitpesaLifecycleContext) {
    this.context = context;
  }

  begin(transaction: SimulatedBitpesaBitpesaTransaction): void {
    this.expiring.push(transaction);
    void this.sendEvent(transaction, 'transaction.created');
  }

  /** Takes the money. Sends no webhook yet, so that the answer can show exactly this state. */
  fund(transaction: SimulatedBitpesaBitpesaTransaction, isFromBalance: boolean): void {
    const { balances, runtime } = this.context;
    if (isFromBalance)
      balances.take(
        transaction.payer,
        transaction.inputCurrency,
        minorOf(transaction.inputAmount, transaction.inputCurrency),
      );
    transaction.isFromBalance = isFromBalance;
    transaction.fundedAt = runtime.now();
    this.move(transaction, 'received', 'pending');
    if (transaction.autoRefund) this.refundable.push(transaction);
  }

  /**
   * Starts the payout of a funded transaction.
   *
   * @returns a promise that the answer must wait for when webhooks are to be early; else null.
   */
  payOut(transaction: SimulatedBitpesaBitpesaTransaction): Promise<unknown> | null {
    const sending = [this.sendEvent(transaction, 'transaction.paid_in')];
    if (transaction.method.kind === 'cash') {
      transaction.recipientMetadata = {
        ...transaction.recipientMetadata,
        payment_reference: transaction.recipientId.slice(0, 8),
      };
      sending.push(this.sendEvent(transaction, 'recipient.pending'));
    }
    if (transaction.callbackFault !== 'early') {
      this.waitForNetwork(transaction);
      return null;
    }
    sending.push(this.applyNetworkAnswer(transaction));
    return Promise.all(sending);
  }

  /** False when the transaction can no longer be cancelled: paid, ended, or handled by BitPesa's staff. */
  cancel(transaction: SimulatedBitpesaBitpesaTransaction): boolean {
    switch (transaction.recipientState) {
      case 'initial':
        this.move(transaction, 'canceled', 'canceled');
        void this.sendEvent(transaction, 'transaction.canceled');
        return true;
      case 'pending':
        transaction.isCancelNoted = true;
        return true;
      case 'error':
        this.cancelFunded(transaction);
        return true;
      case 'success':
      case 'overpaid':
      case 'stuck':
      case 'exception':
      case 'canceled':
      case 'refunded':
        return false;
    }
  }

  /** Tries the payout again with the current details. */
  retry(transaction: SimulatedBitpesaBitpesaTransaction): void {
    transaction.reason = null;
    this.move(transaction, 'received', 'pending');
    this.waitForNetwork(transaction);
  }

  /** Pays at once, as the sandbox allows; false when the transaction is not funded or has ended. */
  force(transaction: SimulatedBitpesaBitpesaTransaction): boolean {
    if (!['pending', 'error', 'stuck', 'exception'].includes(transaction.recipientState)) return false;
    void this.succeed(transaction, 'success');
    return true;
  }

  approve(transaction: SimulatedBitpesaBitpesaTransaction): void {
    if (transaction.state !== 'initial') return;
    transaction.state = 'approved';
    void this.sendEvent(transaction, 'transaction.approved');
  }

  /** Cancels unfunded transactions after an hour, and refunds unpaid ones after a day. */
  sweep(now: number): void {
    for (let head = this.expiring[0]; head !== undefined; head = this.expiring[0]) {
      if (isUnfunded(head) && head.expiresAt > now) break;
      this.expiring.shift();
      if (isUnfunded(head)) this.cancel(head);
    }
    for (let head = this.refundable[0]; head !== undefined; head = this.refundable[0]) {
      if ((head.fundedAt ?? 0) + SIMULATED_BITPESA_LIFECYCLE_DAY_MS > now) break;
      this.refundable.shift();
      this.cancel(head);
    }
  }

  private waitForNetwork(transaction: SimulatedBitpesaBitpesaTransaction): void {
    this.context.runtime.after(this.context.settings.payoutDelayMs, () => void this.applyNetworkAnswer(transaction));
  }

  /** Applies the network's answer, unless the payout no longer waits for it. */
  private async applyNetworkAnswer(transaction: SimulatedBitpesaBitpesaTransaction): Promise<void> {
    if (transaction.recipientState !== 'pending') return;
    const { stuckEnding, stuckPaid, exceptionEnding, overpaidEnding } = this.context.settings;
    const ends = (outcome: string): boolean => outcome !== '' && transaction.method.number.endsWith(outcome);
    if (ends(stuckEnding)) {
      if (stuckPaid) this.pay(transaction);
      this.move(transaction, 'received', 'stuck');
    } else if (ends(exceptionEnding)) {
      this.move(transaction, 'exception', 'exception');
      await this.sendEvent(transaction, 'transaction.exception');
    } else if (ends(overpaidEnding)) await this.succeed(transaction, 'overpaid');
    else await this.end(transaction, this.networkOf(transaction));
  }

  private networkOf({ method, accountValidation }: SimulatedBitpesaBitpesaTransaction): BitpesaOutcome {
    if (!this.context.magic.countsFor(method.number)) return PAID;
    const isValidated = accountValidation && (method.type === 'NGN::Bank' || method.type === 'GHS::Bank');
    if (isValidated && failsValidation(method.currency.code, method.number, mobileProviderOf(method)))
      return NAME_MISMATCH;
    return simulatedBitpesaOutcomeOf(method);
  }

  private async end(transaction: SimulatedBitpesaBitpesaTransaction, outcome: BitpesaOutcome): Promise<void> {
    switch (outcome.kind) {
      case 'paid':
        return this.succeed(transaction, 'success');
      case 'pending':
        transaction.reason = reasonOf(outcome);
        return;
      case 'temporary':
        return this.fail(transaction, outcome, 'received');
      case 'recipient':
      case 'sender':
        return this.fail(transaction, outcome, 'manual');
    }
  }

  private async succeed(
    transaction: SimulatedBitpesaBitpesaTransaction,
    recipientState: 'success' | 'overpaid',
  ): Promise<void> {
    this.pay(transaction);
    transaction.reason = reasonOf(PAID);
    this.move(transaction, 'paid', recipientState);
    await Promise.all([
      this.sendEvent(transaction, 'recipient.paid_out'),
      this.sendEvent(transaction, 'transaction.paid_out'),
    ]);
  }

  /** An error is not final: BitPesa tries again until the transaction is cancelled. */
  private async fail(
    transaction: SimulatedBitpesaBitpesaTransaction,
    outcome: BitpesaOutcome,
    state: BitpesaTransactionState,
  ): Promise<void> {
    transaction.reason = reasonOf(outcome);
    this.move(transaction, state, 'error');
    if (outcome === NAME_MISMATCH)
      transaction.recipientMetadata = { ...transaction.recipientMetadata, provider_name_validation: 'SOMEBODY ELSE' };
    const sending = this.sendEvent(transaction, 'recipient.error');
    const { lateSuccessMs } = this.context.settings;
    if (transaction.isCancelNoted) this.cancelFunded(transaction);
    else if (lateSuccessMs > 0) {
      const { reason } = transaction;
      // Not after a cancellation, and not when corrected details failed again.
      const isSame = (): boolean => transaction.recipientState === 'error' && transaction.reason === reason;
      this.context.runtime.after(lateSuccessMs, () => void (isSame() && this.succeed(transaction, 'success')));
    }
    await sending;
  }

  private cancelFunded(transaction: SimulatedBitpesaBitpesaTransaction): void {
    this.move(transaction, 'canceled', 'canceled');
    void this.sendEvent(transaction, 'transaction.canceled');
    this.context.runtime.after(this.context.settings.refundDelayMs, () => this.refund(transaction));
  }

  private refund(transaction: SimulatedBitpesaBitpesaTransaction): void {
    const { balances } = this.context;
    if (transaction.isFromBalance)
      balances.giveBack(
        transaction.payer,
        transaction.inputCurrency,
        minorOf(transaction.inputAmount, transaction.inputCurrency),
      );
    this.move(transaction, 'refunded', 'refunded');
    void this.sendEvent(transaction, 'recipient.refunded');
    void this.sendEvent(transaction, 'transaction.refunded');
  }

  /** Books the payment, only once. */
  private pay(transaction: SimulatedBitpesaBitpesaTransaction): void {
    if (transaction.isBooked) return;
    transaction.isBooked = true;
    const { method, payer, externalId: reference, metadata } = transaction;
    const { kind, destination, name, details, currency } = method;
    const narrative = textMember(details, 'narration') || textMember(metadata, 'narrative');
    const amountMinor = minorOf(transaction.outputAmount, currency);
    const money = { amountMinor, feeMinor: 0n, currency: currency.code };
    this.context.book.add(
      { at: this.context.runtime.now(), payer, kind, destination, ...money, reference, name, narrative },
      () => transaction.id,
    );
  }

  private move(
    transaction: SimulatedBitpesaBitpesaTransaction,
    state: BitpesaTransactionState,
    recipientState: BitpesaRecipientState,
  ): void {
    transaction.state = state;
    transaction.recipientState = recipientState;
  }

  private sendEvent(transaction: SimulatedBitpesaBitpesaTransaction, event: EventName): Promise<void> {
    const object = event.startsWith('recipient.') ? recipientJson(transaction) : transactionJson(transaction);
    return this.context.webhooks.announce(
      transaction.payer,
      { event, object },
      transaction.callbackFault,
      oppositeOf(transaction, event),
    );
  }
}

/** The opposite of an event that reports a final state or an error; null for any other event. */
function oppositeOf(
  transaction: SimulatedBitpesaBitpesaTransaction,
  event: EventName,
): { event: EventName; object: Record<string, unknown> } | null {
  if (event === 'transaction.paid_out')
    return { event: 'transaction.refunded', object: transactionJson(transaction, IS_REFUNDED) };
  if (event === 'transaction.refunded' || event === 'recipient.error') {
    return { event: 'transaction.paid_out', object: transactionJson(transaction, IS_PAID) };
  }
  return null;
}
