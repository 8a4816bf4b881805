import type { Book, BookEntry } from '../kit/book.ts';
import type { CallbackFault } from '../kit/faults.ts';
import type { ServiceOptions } from '../kit/options.ts';
import { endAfter, postInTurn } from '../kit/callbacks.ts';
import { receiptText, sha256Hex } from '../kit/ids.ts';
import { simulatedPesawayCallbacks } from './callbacks.ts';
import type { PesawaySimulatorSettings } from './settings.ts';
import type { PesawayFamily, PesawayOrder, PesawayPayment } from './orders.ts';
import { regionOf } from './regions.ts';

/** The scripted outcome of an accepted payment, and the fault of its callbacks. */
export interface PesawayOutcome {
  readonly end: 'paid' | 'failed' | 'never';
  readonly callbacks: CallbackFault | null;
}

/** In minor units of the currency. */
export interface PesawayFunds {
  readonly currentMinor: bigint;
  readonly availableMinor: bigint;
  readonly reservedMinor: bigint;
}

/** The payments of all merchants from acceptance to end, and the money that is reserved for them. */
export class PesawayPayments {
  private readonly options: ServiceOptions;
  private readonly settings: PesawaySimulatorSettings;
  private readonly book: Book;
  private readonly byReference = new Map<string, PesawayPayment>();
  private readonly byTransaction = new Map<string, PesawayPayment>();

  /** The entries of the book are payments from before a restart; payments that were in progress then are lost. */
  constructor(options: ServiceOptions, settings: PesawaySimulatorSettings, book: Book) {
    this.options = options;
    this.settings = settings;
    this.book = book;
    for (const entry of book.entries()) this.register(simulatedPesawayBookedPayment(entry));
  }

  /** A reference stays used, whatever the outcome of its payment. */
  isUsed(merchant: string, reference: string): boolean {
    return this.byReference.has(`${merchant} ${reference}`);
  }

  /** Finds a payment by the provider's id, or by the merchant's reference where the setting allows it. Never finds a payment of another merchant or of the other endpoint. */
  find(merchant: string, family: PesawayFamily, id: string): PesawayPayment | null {
    const own = this.settings.queryByExternalReference ? this.byReference.get(`${merchant} ${id}`) : undefined;
    const found = this.byTransaction.get(id) ?? own;
    return found?.merchant === merchant && found.order.family === family ? found : null;
  }

  /** In the order of acceptance. */
  ofMerchant(merchant: string, region: string): readonly PesawayPayment[] {
    return [...this.byTransaction.values()].filter(
      (payment) => payment.merchant === merchant && payment.order.region === region,
    );
  }

  funds(merchant: string, region: string): PesawayFunds {
    const { decimals } = regionOf(region);
    const start = this.options.balanceMinor;
    // The book starts with an amount in cents; a currency without decimals starts with a hundredth of that number.
    const startGap = decimals === 2 ? 0n : start - start / 100n;
    const wallet = walletOf(merchant, region);
    const currentMinor = this.book.balanceMinor(wallet) - startGap;
    const reservedMinor = this.book.reservedMinor(wallet);
    return { currentMinor, reservedMinor, availableMinor: currentMinor - reservedMinor };
  }

  /** The fees of live integrators; contracts differ [assumed]. */
  feeMinor({ amountMinor, decimals }: PesawayOrder): bigint {
    if (!this.options.fees) return 0n;
    const unit = decimals === 2 ? 100n : 1n;
    const ladder: readonly (readonly [upTo: bigint, fee: bigint])[] = [
      [1_500n, 12n],
      [5_000n, 19n],
      [10_000n, 24n],
      [20_000n, 33n],
    ];
    return (ladder.find(([upTo]) => amountMinor <= upTo * unit)?.[1] ?? 39n) * unit;
  }

  /** Reserves the money and ends the payment later. An early callback was answered when `firstCallback` resolves. */
  accept(
    merchant: string,
    order: PesawayOrder,
    outcome: PesawayOutcome,
    at: number,
  ): { payment: PesawayPayment; firstCallback: Promise<void> } {
    const transactionId = this.newTransactionId(merchant, order.reference);
    const receipt = pesawayReceiptOf(transactionId);
    const feeMinor = this.feeMinor(order);
    const payment: PesawayPayment = {
      order,
      merchant,
      transactionId,
      receipt,
      feeMinor,
      acceptedAt: at,
      state: 'open',
    };
    this.register(payment);
    this.reserve(payment, order.amountMinor + feeMinor);
    const { end, callbacks } = outcome;
    if (end === 'never') return { payment, firstCallback: Promise.resolve() };
    const { runtime } = this.options;
    const firstCallback = endAfter(runtime, this.settings.callbackDelayMs, callbacks, () =>
      this.end(payment, end, callbacks),
    );
    return { payment, firstCallback };
  }

  private end(payment: PesawayPayment, state: 'paid' | 'failed', fault: CallbackFault | null): Promise<void> {
    const { order, merchant, feeMinor, transactionId } = payment;
    this.reserve(payment, -(order.amountMinor + feeMinor));
    payment.state = state;
    if (state === 'paid') {
      const { kind, destination, amountMinor, currency, reference, narrative } = order;
      const payer = walletOf(merchant, order.region);
      const at = this.options.runtime.now();
      this.book.add(
        { at, payer, kind, destination, amountMinor, feeMinor, currency, reference, name: '', narrative },
        () => transactionId,
      );
    }
    const { repeatDelayMs, callbackDelayMs } = this.settings;
    // Retries are undocumented: each callback is sent once.
    const schedule = { pauseMs: fault === 'twice' ? repeatDelayMs : callbackDelayMs, retries: 0 };
    return postInTurn(this.options.runtime, simulatedPesawayCallbacks(payment, fault, this.settings), schedule);
  }

  private reserve({ merchant, order }: PesawayPayment, moreMinor: bigint): void {
    this.book.reserve(walletOf(merchant, order.region), moreMinor);
  }

  private register(payment: PesawayPayment): void {
    this.byTransaction.set(payment.transactionId, payment);
    this.byReference.set(`${payment.merchant} ${payment.order.reference}`, payment);
  }

  private newTransactionId(merchant: string, reference: string): string {
    for (let serial = this.byTransaction.size; ; serial++) {
      const id = `PHY${sha256Hex(`${merchant} ${reference} ${serial}`).slice(0, 10).toUpperCase()}`;
      if (!this.byTransaction.has(id)) return id;
    }
  }
}

/** The wallet of Kenya has the merchant's name, so that generations 2 and 3 share it. */
function walletOf(merchant: string, region: string): string {
  return region === 'ke' ? merchant : `${merchant}-${region}`;
}

function simulatedPesawayBookedPayment(entry: BookEntry): PesawayPayment {
  const { payer, kind, destination, currency, amountMinor, reference, narrative, providerReference, feeMinor, at } =
    entry;
  const [merchant = '', region = 'ke'] = payer.split('-');
  if (kind === 'wallet' || kind === 'cash') throw new Error(`a book of PesaWay holds no ${kind}`);
  const number = kind === 'mobile' ? destination.slice(1) : (destination.split('/').at(-1) ?? '');
  const family = kind === 'bank' ? 'bank' : 'mobile-money';
  const { decimals } = regionOf(region);
  return {
    order: {
      family,
      kind,
      destination,
      number,
      region,
      currency,
      decimals,
      amountMinor,
      reference,
      narrative,
      resultsUrl: '',
    },
    merchant,
    transactionId: providerReference,
    receipt: pesawayReceiptOf(providerReference),
    feeMinor,
    acceptedAt: at,
    state: 'paid',
  };
}

/** Ten letters and digits, made from the id, so that the receipt is the same after a restart. */
function pesawayReceiptOf(transactionId: string): string {
  return `T${receiptText(`receipt ${transactionId}`, 9)}`;
}
