import type { Book, BookEntry } from '../kit/book.ts';
import type { DarajaSimulatorSettings } from './settings.ts';
import type { DarajaOrder } from './orders.ts';
import { dayIn } from './formats.ts';
import { centsOf } from '../kit/decimal.ts';
import type { ServiceOptions } from '../kit/options.ts';

/** The accounts of a short code. Phones are paid from Utility, businesses from Working; charges are counted as a negative balance. */
export interface DarajaFunds {
  readonly utilityMinor: bigint;
  readonly workingMinor: bigint;
  readonly chargesMinor: bigint;
}

const LEAST = 10_00n;
const MOST = 250_000_00n;
const DAILY_MOST = 500_000_00n;
const BALANCE_MOST = 500_000_00n;
/** Tariffs are not documented [assumed]. */
const CHARGE = 5_00n;

/** The account balances, the limits of payments, and the account book. */
export class DarajaBalances {
  private readonly book: Book;
  private readonly startMinor: { readonly utility: bigint; readonly working: bigint };
  private readonly chargeMinor: bigint;
  /** Sums by payer and account, and by payee with and without a day. Payees start with zero and keep what they receive. */
  private readonly sums = new Map<string, bigint>();

  constructor({ balanceMinor, fees }: ServiceOptions, settings: DarajaSimulatorSettings, book: Book) {
    this.book = book;
    this.chargeMinor = fees ? CHARGE : 0n;
    this.startMinor = {
      utility: centsOf(settings.utilityBalance) ?? balanceMinor,
      working: centsOf(settings.workingBalance) ?? balanceMinor,
    };
    for (const entry of book.entries()) this.take(entry);
  }

  funds(shortCode: string): DarajaFunds {
    return {
      utilityMinor: this.startMinor.utility - this.sum(`utility ${shortCode}`),
      workingMinor: this.startMinor.working - this.sum(`working ${shortCode}`),
      chargesMinor: -this.sum(`charges ${shortCode}`),
    };
  }

  /** The result code of the first rule that this payment would break now; null without one. */
  brokenRule({ kind, partyB, shortCode, amountMinor }: DarajaOrder, at: number): string | null {
    if (amountMinor < LEAST) return '2';
    if (amountMinor > MOST) return '3';
    if (kind === 'mobile') {
      if (this.sum(`payee ${partyB} ${dayIn(at)}`) + amountMinor > DAILY_MOST) return '4';
      if (this.sum(`payee ${partyB}`) + amountMinor > BALANCE_MOST) return '8';
    }
    const { utilityMinor, workingMinor } = this.funds(shortCode);
    return amountMinor > (kind === 'mobile' ? utilityMinor : workingMinor) ? '1' : null;
  }

  pay(order: DarajaOrder, receipt: string, at: number): void {
    const { kind, shortCode, destination, amountMinor, reference, narrative } = order;
    const booking = {
      at,
      payer: shortCode,
      kind,
      destination,
      amountMinor,
      feeMinor: this.chargeMinor,
      currency: 'KES',
      reference,
      name: '',
      narrative,
    };
    this.take(this.book.add(booking, () => receipt));
  }

  private take({ payer, kind, destination, amountMinor, feeMinor, at }: BookEntry): void {
    this.grow(`${kind === 'mobile' ? 'utility' : 'working'} ${payer}`, amountMinor);
    this.grow(`charges ${payer}`, feeMinor);
    if (kind !== 'mobile') return;
    const phone = destination.slice(1);
    this.grow(`payee ${phone}`, amountMinor);
    this.grow(`payee ${phone} ${dayIn(at)}`, amountMinor);
  }

  private sum(name: string): bigint {
    return this.sums.get(name) ?? 0n;
  }

  private grow(name: string, moreMinor: bigint): void {
    this.sums.set(name, this.sum(name) + moreMinor);
  }
}
