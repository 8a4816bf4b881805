import type { Book, BookEntry } from '../kit/book.ts';
import { conversationIdOf, originatorIdOf, receiptOf } from './ids.ts';
import type { DarajaSimulatorSettings } from './settings.ts';
import type { DarajaMail } from './mail.ts';
import type { DarajaMoney } from './money.ts';
import type { DarajaOrder } from './orders.ts';
import type { DarajaPayment, Fate } from './payment.ts';
import { forgedResult, payoutResult } from './payout-results.ts';
import type { CallbackFault } from '../kit/faults.ts';
import type { World } from '../kit/world.ts';

/** What was accepted, from the queue to its end. */
export class DarajaPayments {
  private readonly world: World;
  private readonly settings: DarajaSimulatorSettings;
  private readonly money: DarajaMoney;
  private readonly mail: DarajaMail;
  /** By short code and the id that queries go by; of B2C it is the payer's own, and remembered for ever. */
  private readonly byOriginator = new Map<string, DarajaPayment>();
  private readonly byReceipt = new Map<string, DarajaPayment>();
  private serial: number;

  /** What the book holds already was paid in an earlier life; what else had happened then is forgotten. */
  constructor(
    world: World,
    settings: DarajaSimulatorSettings,
    rooms: { book: Book; money: DarajaMoney; mail: DarajaMail },
  ) {
    this.world = world;
    this.settings = settings;
    this.money = rooms.money;
    this.mail = rooms.mail;
    this.serial = rooms.book.entries().length;
    for (const entry of rooms.book.entries()) this.register(bookedPayment(entry));
  }

  /** Whether an id was used with this short code, whatever became of it. Ids of ours have another form than a payer's. */
  isUsed(shortCode: string, originatorId: string): boolean {
    return this.byOriginator.has(`${shortCode} ${originatorId}`);
  }

  /** Only a payment of this short code, and, asked for by both ids, only where both are of one. */
  find(shortCode: string, originatorId: string, receipt: string): DarajaPayment | null {
    const found = originatorId === '' ? this.byReceipt.get(receipt) : this.byOriginator.get(`${shortCode} ${originatorId}`); // prettier-ignore
    if (found?.order.shortCode !== shortCode || (receipt !== '' && found.receipt !== receipt)) return null;
    return this.world.now() - found.acceptedAt >= this.settings.visibilityLagMs ? found : null;
  }

  /** Queues it. The promise is of the first callback, for those that are early. */
  accept(
    order: DarajaOrder,
    fate: Fate,
    callbackFault: CallbackFault | null,
  ): { readonly payment: DarajaPayment; readonly told: Promise<void> } {
    const payment = this.enter(order);
    if (callbackFault === 'early') return { payment, told: this.end(payment, fate, callbackFault) };
    this.world.after(this.settings.callbackDelayMs, () => void this.end(payment, fate, callbackFault));
    return { payment, told: Promise.resolve() };
  }

  /** Refused at intake: its id is used up, and nothing more is said about it. */
  decline(order: DarajaOrder): DarajaPayment {
    const payment = this.enter(order);
    payment.state = 'declined';
    return payment;
  }

  private end(payment: DarajaPayment, fate: Fate, callbackFault: CallbackFault | null): Promise<void> {
    const { order } = payment;
    const at = this.world.now();
    payment.endedAt = at;
    const broken = fate.refusal ?? (this.isLate(fate) ? null : this.money.brokenRule(order, at));
    const isPaid = broken === null && fate.moves;
    payment.state = isPaid ? 'paid' : this.isLate(fate) ? 'expired' : 'declined';
    if (isPaid) this.money.pay(order, payment.receipt, at);
    const funds = this.money.funds(order.shortCode);
    const right = payoutResult(payment, broken ?? fate.code, funds, this.settings);
    switch (fate.told) {
      case 'nothing':
        return Promise.resolve();
      case 'timeout':
        return this.mail.timeOut(order, right);
      case 'result': {
        // The opposite of what happened to the money, whatever code is told of it.
        const code = isPaid ? 'SFC_IC0003' : '0';
        const opposite = payoutResult(payment, code, funds, this.settings);
        return this.mail.report(order, { right, opposite, forged: forgedResult(payment, code, funds, this.settings) }, callbackFault); // prettier-ignore
      }
    }
  }

  /** Never looked at: it waited too long in the queue. */
  private isLate(fate: Fate): boolean {
    return fate.told === 'timeout' && !fate.moves;
  }

  private enter(order: DarajaOrder): DarajaPayment {
    const acceptedAt = this.world.now();
    const mark = this.newMark(order, acceptedAt);
    const payment: DarajaPayment = {
      order,
      originatorId: order.product === 'b2b' ? originatorIdOf(mark) : order.reference,
      conversationId: conversationIdOf(mark, acceptedAt),
      receipt: receiptOf(mark),
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
      if (!this.byReceipt.has(receiptOf(mark)) && !this.isUsed(shortCode, originatorIdOf(mark))) return mark;
    }
  }

  private register(payment: DarajaPayment): void {
    this.byReceipt.set(payment.receipt, payment);
    this.byOriginator.set(`${payment.order.shortCode} ${payment.originatorId}`, payment);
  }
}

function bookedPayment(entry: BookEntry): DarajaPayment {
  const { payer, kind, destination, amountMinor, reference, narrative, providerReference, at } = entry;
  if (kind !== 'mobile' && kind !== 'paybill' && kind !== 'till') throw new Error(`a book of Daraja holds no ${kind}`);
  const [partyB = '', accountReference = ''] = destination.replace('+', '').split('/');
  const product = kind === 'mobile' ? 'b2c' : 'b2b';
  const order: DarajaOrder = { product, kind, shortCode: payer, destination, partyB, amountMinor, reference, accountReference, narrative, initiator: '', credential: '', resultUrl: '', timeoutUrl: '', request: new Map() }; // prettier-ignore
  // The ids that B2B was given in that life are forgotten; a receipt still finds it.
  const originatorId = product === 'b2c' ? reference : originatorIdOf(providerReference);
  const conversationId = conversationIdOf(providerReference, at);
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
