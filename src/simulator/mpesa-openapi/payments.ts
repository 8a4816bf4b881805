import type { Book, BookEntry } from '../kit/book.ts';
import type { CallbackFault } from '../kit/faults.ts';
import { endAfter, postInTurn } from '../kit/callbacks.ts';
import { receiptText, sha256Hex } from '../kit/ids.ts';
import { simulatedMpesaCallbacks } from './callbacks.ts';
import type { MpesaOpenApiSimulatorSettings } from './settings.ts';
import type { MpesaOrder, MpesaPayment } from './orders.ts';
import type { Callback, SimulatorRuntime } from '../kit/runtime.ts';

/** The payments that reached the ledgers of all organisations. */
export class MpesaPayments {
  private readonly runtime: SimulatorRuntime;
  private readonly settings: MpesaOpenApiSimulatorSettings;
  private readonly book: Book;
  private readonly byId = new Map<string, MpesaPayment>();
  private serial = 0;

  /** The entries of the book are payments from before a restart; all other payments of that time are lost. */
  constructor(runtime: SimulatorRuntime, settings: MpesaOpenApiSimulatorSettings, book: Book) {
    this.runtime = runtime;
    this.settings = settings;
    this.book = book;
    for (const entry of book.entries()) this.register(simulatedMpesaOpenapiBookedPayment(entry));
  }

  /** A conversation id stays used when its request reached the ledger, whatever the outcome. */
  isUsed({ realm, reference }: MpesaOrder): boolean {
    return this.byId.get(`${realm} ${reference}`)?.order.reference === reference;
  }

  /** Finds a payment by its transaction id, the payer's or the gateway's conversation id; only a payment of this short code. */
  find(realm: string, id: string, shortCode: string): MpesaPayment | null {
    const found = this.byId.get(`${realm} ${id}`);
    return found?.order.shortCode === shortCode ? found : null;
  }

  availableMinor(order: MpesaOrder): bigint {
    const payer = simulatedMpesaOpenapiPayerOf(order);
    return this.book.balanceMinor(payer) - this.book.reservedMinor(payer);
  }

  pay(order: MpesaOrder, at: number): MpesaPayment {
    const payment = this.enter(order, 'open', at);
    this.settle(payment, true);
    return payment;
  }

  fail(order: MpesaOrder, at: number): MpesaPayment {
    return this.enter(order, 'failed', at);
  }

  /** Only uses up the conversation id. */
  lose(order: MpesaOrder, at: number): MpesaPayment {
    return this.enter(order, 'lost', at);
  }

  /** Reserves the money and ends the payment later with `result`. An early callback was answered when `firstCallback` resolves. */
  accept(
    order: MpesaOrder,
    result: string,
    callbackFault: CallbackFault | null,
    at: number,
  ): { readonly payment: MpesaPayment; readonly firstCallback: Promise<void> } {
    const payment = this.enter(order, 'open', at);
    this.reserve(order, order.amountMinor);
    const end = (): Promise<void> => {
      this.reserve(order, -order.amountMinor);
      this.settle(payment, result === 'INS-0');
      return this.send(simulatedMpesaCallbacks(payment, result, callbackFault, this.settings));
    };
    const firstCallback = endAfter(this.runtime, this.settings.callbackDelayMs, callbackFault, end);
    return { payment, firstCallback };
  }

  /** Sends callbacks one after the other; without a configured address none. */
  async send(callbacks: readonly Callback[]): Promise<void> {
    const { callbackUrl, callbackDelayMs, callbackRetries } = this.settings;
    if (callbackUrl === '') return;
    await postInTurn(this.runtime, callbacks, { pauseMs: callbackDelayMs, retries: callbackRetries });
  }

  private settle(payment: MpesaPayment, isPaid: boolean): void {
    payment.state = isPaid ? 'paid' : 'failed';
    if (!isPaid) return;
    payment.paidAt = this.runtime.now();
    const { kind, destination, amountMinor, currency, reference, narrative } = payment.order;
    const payer = simulatedMpesaOpenapiPayerOf(payment.order);
    const booking = {
      at: payment.paidAt,
      payer,
      kind,
      destination,
      amountMinor,
      feeMinor: 0n,
      currency,
      reference,
      name: '',
      narrative,
    };
    this.book.add(booking, () => payment.transactionId);
  }

  private enter(order: MpesaOrder, state: MpesaPayment['state'], acceptedAt: number): MpesaPayment {
    this.serial += 1;
    const mark = `${order.realm} ${order.reference} ${this.serial} ${this.book.entries().length}`;
    const conversationId = sha256Hex(`conversation ${mark}`).slice(0, 32);
    const payment = { order, conversationId, transactionId: transactionIdOf(mark), acceptedAt, state, paidAt: 0 };
    this.register(payment);
    return payment;
  }

  private register(payment: MpesaPayment): void {
    const { order, conversationId, transactionId } = payment;
    for (const id of [conversationId, transactionId, order.reference]) this.byId.set(`${order.realm} ${id}`, payment);
  }

  private reserve(order: MpesaOrder, moreMinor: bigint): void {
    this.book.reserve(simulatedMpesaOpenapiPayerOf(order), moreMinor);
  }
}

/** A ledger per environment, market and short code. */
function simulatedMpesaOpenapiPayerOf({ realm, shortCode }: MpesaOrder): string {
  return `${realm}/${shortCode}`;
}

function simulatedMpesaOpenapiBookedPayment(entry: BookEntry): MpesaPayment {
  const { payer, kind, destination, amountMinor, currency, reference, narrative, providerReference, at } = entry;
  if (kind !== 'mobile' && kind !== 'till') throw new Error(`a book of M-Pesa OpenAPI holds no ${kind}`);
  const [env = '', market = '', shortCode = ''] = payer.split('/');
  const number = kind === 'mobile' ? destination.slice(1) : destination;
  const order = {
    realm: `${env}/${market}`,
    shortCode,
    kind,
    destination,
    number,
    amountMinor,
    currency,
    reference,
    narrative,
  };
  const conversationId = sha256Hex(`conversation ${providerReference}`).slice(0, 32);
  return { order, conversationId, transactionId: providerReference, acceptedAt: at, state: 'paid', paidAt: at };
}

/** Twelve letters and digits, as M-Pesa's receipts. */
function transactionIdOf(mark: string): string {
  return receiptText(`transaction ${mark}`, 12);
}
