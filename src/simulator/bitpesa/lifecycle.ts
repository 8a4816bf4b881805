import type { BitpesaBalances } from './balances.ts';
import { outcomeOf, failsValidation, mobileProviderOf, NAME_MISMATCH, PAID, reasonOf, type BitpesaOutcome } from './outcomes.ts'; // prettier-ignore
import { jsonText } from './json.ts';
import type { BitpesaSimulatorSettings } from './settings.ts';
import { minorOf } from './amounts.ts';
import { isUnfunded, recipientJson, transactionJson, type BitpesaClaimedStates, type BitpesaRecipientState, type BitpesaTransaction, type BitpesaTransactionState } from './transactions.ts'; // prettier-ignore
import type { EventName, BitpesaWebhooks } from './callbacks.ts';
import type { Book } from '../kit/book.ts';
import type { SimulatorRuntime } from '../kit/runtime.ts';

const DAY_MS = 86_400_000;

const IS_PAID: BitpesaClaimedStates = { state: 'paid', recipientState: 'success' };
const IS_REFUNDED: BitpesaClaimedStates = { state: 'refunded', recipientState: 'refunded' };

/** Everything that the lifecycle of a transaction uses. */
export interface BitpesaLifecycleContext {
  readonly settings: BitpesaSimulatorSettings;
  readonly magicValues: boolean;
  readonly runtime: SimulatorRuntime;
  readonly book: Book;
  readonly balances: BitpesaBalances;
  readonly webhooks: BitpesaWebhooks;
}

/** The states of a transaction after its creation: funding, the network's answer, cancellation, refund, expiry. */
export class BitpesaLifecycle {
  private readonly around: BitpesaLifecycleContext;
  private expiring: BitpesaTransaction[] = [];
  private refundable: BitpesaTransaction[] = [];

  constructor(around: BitpesaLifecycleContext) {
    this.around = around;
  }

  begin(held: BitpesaTransaction): void {
    this.expiring.push(held);
    void this.tell(held, 'transaction.created');
  }

  /** Takes the money. Sends no webhook yet, so that the answer can show exactly this state. */
  fund(held: BitpesaTransaction, isFromBalance: boolean): void {
    const { balances, runtime } = this.around;
    if (isFromBalance) balances.take(held.payer, held.inputCurrency, minorOf(held.inputAmount, held.inputCurrency));
    held.isFromBalance = isFromBalance;
    held.fundedAt = runtime.now();
    this.move(held, 'received', 'pending');
    if (held.autoRefund) this.refundable.push(held);
  }

  /**
   * Starts the payout of a funded transaction.
   *
   * @returns a promise that the answer must wait for when webhooks are to be early; else null.
   */
  payOut(held: BitpesaTransaction): Promise<unknown> | null {
    const firstCallback = [this.tell(held, 'transaction.paid_in')];
    if (held.method.kind === 'cash') {
      held.recipientMetadata = { ...held.recipientMetadata, payment_reference: held.recipientId.slice(0, 8) };
      firstCallback.push(this.tell(held, 'recipient.pending'));
    }
    if (held.callbackFault !== 'early') {
      this.askNetwork(held);
      return null;
    }
    firstCallback.push(this.hear(held));
    return Promise.all(firstCallback);
  }

  /** False when the transaction can no longer be cancelled: paid, ended, or handled by BitPesa's staff. */
  cancel(held: BitpesaTransaction): boolean {
    switch (held.recipientState) {
      case 'initial':
        this.move(held, 'canceled', 'canceled');
        void this.tell(held, 'transaction.canceled');
        return true;
      case 'pending':
        held.isCancelNoted = true;
        return true;
      case 'error':
        this.cancelFunded(held);
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
  retry(held: BitpesaTransaction): void {
    held.reason = null;
    this.move(held, 'received', 'pending');
    this.askNetwork(held);
  }

  /** Pays at once, as the sandbox allows; false when the transaction is not funded or has ended. */
  force(held: BitpesaTransaction): boolean {
    if (!['pending', 'error', 'stuck', 'exception'].includes(held.recipientState)) return false;
    void this.succeed(held, 'success');
    return true;
  }

  approve(held: BitpesaTransaction): void {
    if (held.state !== 'initial') return;
    held.state = 'approved';
    void this.tell(held, 'transaction.approved');
  }

  /** Cancels unfunded transactions after an hour, and refunds unpaid ones after a day. */
  sweep(now: number): void {
    for (let head = this.expiring[0]; head !== undefined; head = this.expiring[0]) {
      if (isUnfunded(head) && head.expiresAt > now) break;
      this.expiring.shift();
      if (isUnfunded(head)) this.cancel(head);
    }
    for (let head = this.refundable[0]; head !== undefined; head = this.refundable[0]) {
      if ((head.fundedAt ?? 0) + DAY_MS > now) break;
      this.refundable.shift();
      this.cancel(head);
    }
  }

  private askNetwork(held: BitpesaTransaction): void {
    this.around.runtime.after(this.around.settings.payoutDelayMs, () => void this.hear(held));
  }

  /** Applies the network's answer, unless the payout no longer waits for it. */
  private async hear(held: BitpesaTransaction): Promise<void> {
    if (held.recipientState !== 'pending') return;
    const { stuckEnding, stuckPaid, exceptionEnding, overpaidEnding } = this.around.settings;
    const ends = (ending: string): boolean => ending !== '' && held.method.number.endsWith(ending);
    if (ends(stuckEnding)) {
      if (stuckPaid) this.pay(held);
      this.move(held, 'received', 'stuck');
    } else if (ends(exceptionEnding)) {
      this.move(held, 'exception', 'exception');
      await this.tell(held, 'transaction.exception');
    } else if (ends(overpaidEnding)) await this.succeed(held, 'overpaid');
    else await this.end(held, this.networkOf(held));
  }

  private networkOf({ method, accountValidation }: BitpesaTransaction): BitpesaOutcome {
    if (!this.around.magicValues) return PAID;
    const isValidated = accountValidation && (method.type === 'NGN::Bank' || method.type === 'GHS::Bank');
    if (isValidated && failsValidation(method.currency.code, method.number, mobileProviderOf(method))) return NAME_MISMATCH; // prettier-ignore
    return outcomeOf(method);
  }

  private async end(held: BitpesaTransaction, ending: BitpesaOutcome): Promise<void> {
    switch (ending.kind) {
      case 'paid':
        return this.succeed(held, 'success');
      case 'pending':
        held.reason = reasonOf(ending);
        return;
      case 'temporary':
        return this.fail(held, ending, 'received');
      case 'recipient':
      case 'sender':
        return this.fail(held, ending, 'manual');
    }
  }

  private async succeed(held: BitpesaTransaction, recipientState: 'success' | 'overpaid'): Promise<void> {
    this.pay(held);
    held.reason = reasonOf(PAID);
    this.move(held, 'paid', recipientState);
    await Promise.all([this.tell(held, 'recipient.paid_out'), this.tell(held, 'transaction.paid_out')]);
  }

  /** An error is not final: BitPesa tries again until the transaction is cancelled. */
  private async fail(held: BitpesaTransaction, ending: BitpesaOutcome, state: BitpesaTransactionState): Promise<void> {
    held.reason = reasonOf(ending);
    this.move(held, state, 'error');
    if (ending === NAME_MISMATCH) held.recipientMetadata = { ...held.recipientMetadata, provider_name_validation: 'SOMEBODY ELSE' }; // prettier-ignore
    const firstCallback = this.tell(held, 'recipient.error');
    const { lateSuccessMs } = this.around.settings;
    if (held.isCancelNoted) this.cancelFunded(held);
    else if (lateSuccessMs > 0) {
      const { reason } = held;
      // Not after a cancellation, and not when corrected details failed again.
      const isSame = (): boolean => held.recipientState === 'error' && held.reason === reason;
      this.around.runtime.after(lateSuccessMs, () => void (isSame() && this.succeed(held, 'success')));
    }
    await firstCallback;
  }

  private cancelFunded(held: BitpesaTransaction): void {
    this.move(held, 'canceled', 'canceled');
    void this.tell(held, 'transaction.canceled');
    this.around.runtime.after(this.around.settings.refundDelayMs, () => this.refund(held));
  }

  private refund(held: BitpesaTransaction): void {
    const { balances } = this.around;
    if (held.isFromBalance) balances.giveBack(held.payer, held.inputCurrency, minorOf(held.inputAmount, held.inputCurrency)); // prettier-ignore
    this.move(held, 'refunded', 'refunded');
    void this.tell(held, 'recipient.refunded');
    void this.tell(held, 'transaction.refunded');
  }

  /** Books the payment, only once. */
  private pay(held: BitpesaTransaction): void {
    if (held.isBooked) return;
    held.isBooked = true;
    const { method, payer, externalId: reference, metadata } = held;
    const { kind, destination, name, details, currency } = method;
    const narrative = jsonText(details, 'narration') || jsonText(metadata, 'narrative');
    const amountMinor = minorOf(held.outputAmount, currency);
    const money = { amountMinor, feeMinor: 0n, currency: currency.code };
    this.around.book.add({ at: this.around.runtime.now(), payer, kind, destination, ...money, reference, name, narrative }, () => held.id); // prettier-ignore
  }

  private move(held: BitpesaTransaction, state: BitpesaTransactionState, recipientState: BitpesaRecipientState): void {
    held.state = state;
    held.recipientState = recipientState;
  }

  private tell(held: BitpesaTransaction, event: EventName): Promise<void> {
    const object = event.startsWith('recipient.') ? recipientJson(held) : transactionJson(held);
    return this.around.webhooks.announce(held.payer, { event, object }, held.callbackFault, oppositeOf(held, event));
  }
}

/** The opposite of an event that reports a final state or an error; null for any other event. */
function oppositeOf(
  held: BitpesaTransaction,
  event: EventName,
): { event: EventName; object: Record<string, unknown> } | null {
  if (event === 'transaction.paid_out') return { event: 'transaction.refunded', object: transactionJson(held, IS_REFUNDED) }; // prettier-ignore
  if (event === 'transaction.refunded' || event === 'recipient.error') {
    return { event: 'transaction.paid_out', object: transactionJson(held, IS_PAID) };
  }
  return null;
}
