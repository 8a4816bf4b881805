import type { Book, BookEntry } from '../kit/book.ts';
import { darajaConversationIdOf, originatorIdOf, darajaReceiptOf } from './formats.ts';
import type { DarajaSimulatorSettings } from './settings.ts';
import type { DarajaCallbackSender } from './callbacks.ts';
import type { DarajaBalances } from './balances.ts';
import type { DarajaOrder } from './orders.ts';
import type { DarajaPayment, DarajaOutcome } from './outcomes.ts';
import { forgedResult, simulatedDarajaDarajaPayoutResult } from './payout-results.ts';
import { endAfter } from '../kit/callbacks.ts';
import type { CallbackFault } from '../kit/faults.ts';
import type { SimulatorRuntime } from '../kit/runtime.ts';

/** Accepted payments, from the queue to their end. */
export class DarajaPayments {
  private readonly runtime: SimulatorRuntime;
  private readonly settings: DarajaSimulatorSettings;
  private readonly balances: DarajaBalances;
  private readonly callbacks: DarajaCallbackSender;
  /** By short code and the id for queries; ids of B2C are the payer's and stay used. */
  private readonly byOriginator = new Map<string, DarajaPayment>();
  private readonly byReceipt = new Map<string, DarajaPayment>();
  private serial: number;

  /** The entries of the book are payments from before a restart; all other payments of that time are lost. */
  constructor(
    runtime: SimulatorRuntime,
    settings: DarajaSimulatorSettings,
    parts: { book: Book; balances: DarajaBalances; callbacks: DarajaCallbackSender },
  ) {
    this.runtime = runtime;
    this.settings = settings;
    this.balances = parts.balances;
    this.callbacks = parts.callbacks;
    this.serial = parts.book.entries().length;
    for (const entry of parts.book.entries()) this.register(simulatedDarajaBookedPayment(entry));
  }

  /** Whether an id was used with this short code, whatever the outcome. Ids of the simulator have another form than a payer's. */
  isUsed(shortCode: string, originatorId: string): boolean {
    return this.byOriginator.has(`${shortCode} ${originatorId}`);
  }

  /** Finds only a payment of this short code. With both ids given, both must be of the same payment. */
  find(shortCode: string, originatorId: string, receipt: string): DarajaPayment | null {
    const found =
      originatorId === '' ? this.byReceipt.get(receipt) : this.byOriginator.get(`${shortCode} ${originatorId}`);
    if (found?.order.shortCode !== shortCode || (receipt !== '' && found.receipt !== receipt)) return null;
    return this.runtime.now() - found.acceptedAt >= this.settings.visibilityLagMs ? found : null;
  }

  /** Queues a payment. An early callback was answered when `firstCallback` resolves. */
  accept(
    order: DarajaOrder,
    outcome: DarajaOutcome,
    callbackFault: CallbackFault | null,
  ): { readonly payment: DarajaPayment; readonly firstCallback: Promise<void> } {
    const payment = this.enter(order);
    const firstCallback = endAfter(this.runtime, this.settings.callbackDelayMs, callbackFault, () =>
      this.end(payment, outcome, callbackFault),
    );
    return { payment, firstCallback };
  }

  /** Registers a payment that was refused at intake: its id is used up, and no result is sent. */
  decline(order: DarajaOrder): DarajaPayment {
    const payment = this.enter(order);
    payment.state = 'declined';
    return payment;
  }

  private end(payment: DarajaPayment, outcome: DarajaOutcome, callbackFault: CallbackFault | null): Promise<void> {
    const { order } = payment;
    const at = this.runtime.now();
    payment.endedAt = at;
    const broken = outcome.refusal ?? (this.isLate(outcome) ? null : this.balances.brokenRule(order, at));
    const isPaid = broken === null && outcome.moves;
    payment.state = isPaid ? 'paid' : this.isLate(outcome) ? 'expired' : 'declined';
    if (isPaid) this.balances.pay(order, payment.receipt, at);
    const funds = this.balances.funds(order.shortCode);
    const right = simulatedDarajaDarajaPayoutResult(payment, broken ?? outcome.code, funds, this.settings);
    switch (outcome.reported) {
      case 'nothing':
        return Promise.resolve();
      case 'timeout':
        return this.callbacks.timeOut(order, right);
      case 'result': {
        // The opposite of what happened to the money, whatever code is reported.
        const code = isPaid ? 'SFC_IC0003' : '0';
        const opposite = simulatedDarajaDarajaPayoutResult(payment, code, funds, this.settings);
        return this.callbacks.report(
          order,
          { right, opposite, forged: forgedResult(payment, code, funds, this.settings) },
          callbackFault,
        );
      }
    }
  }

  /** Whether the payment waits too long in the queue and is never processed. */
  private isLate(outcome: DarajaOutcome): boolean {
    return outcome.reported === 'timeout' && !outcome.moves;
  }

  private enter(order: DarajaOrder): DarajaPayment {
    const acceptedAt = this.runtime.now();
    const mark = this.newMark(order, acceptedAt);
    const payment: DarajaPayment = {
      order,
      originatorId: order.product === 'b2b' ? originatorIdOf(mark) : order.reference,
      conversationId: darajaConversationIdOf(mark, acceptedAt),
      receipt: darajaReceiptOf(mark),
      acceptedAt,
      state: 'open',
      endedAt: acceptedAt,
    };
    this.register(payment);
    return payment;
  }

  private newMark({ shortCode, reference }: DarajaOrder, at: number): string {
    for (;;) {
      this.serial += 1;
      const mark = `${shortCode} ${reference} ${at} ${this.serial}`;
      if (!this.byReceipt.has(darajaReceiptOf(mark)) && !this.isUsed(shortCode, originatorIdOf(mark))) return mark;
    }
  }

  private register(payment: DarajaPayment): void {
    this.byReceipt.set(payment.receipt, payment);
    this.byOriginator.set(`${payment.order.shortCode} ${payment.originatorId}`, payment);
  }
}

function simulatedDarajaBookedPayment(entry: BookEntry): DarajaPayment {
  const { payer, kind, destination, amountMinor, reference, narrative, providerReference, at } = entry;
  if (kind !== 'mobile' && kind !== 'paybill' && kind !== 'till') throw new Error(`a book of Daraja holds no ${kind}`);
  const [partyB = '', accountReference = ''] = destination.replace('+', '').split('/');
  const product = kind === 'mobile' ? 'b2c' : 'b2b';
  const order: DarajaOrder = {
    product,
    kind,
    shortCode: payer,
    destination,
    partyB,
    amountMinor,
    reference,
    accountReference,
    narrative,
    initiator: '',
    credential: '',
    resultUrl: '',
    timeoutUrl: '',
    request: new Map(),
  };
  // The id of a B2B payment from before the restart is lost; a query by receipt still finds the payment.
  const originatorId = product === 'b2c' ? reference : originatorIdOf(providerReference);
  const conversationId = darajaConversationIdOf(providerReference, at);
  return {
    order,
    originatorId,
    conversationId,
    receipt: providerReference,
    acceptedAt: at,
    state: 'paid',
    endedAt: at,
  };
}
