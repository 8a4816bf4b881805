import type { BatchTotal } from '../domain/batch.ts';
import type { DestinationKind } from '../domain/destination.ts';
import { currencyDecimals, formatMinor } from '../domain/money.ts';
import { sortByPriority, type AmountOrder, type OrderedPayment } from '../domain/paying-order.ts';
import { addUp } from '../domain/totals.ts';
import type { AccountBalance, Coverage, Shortage } from './input.ts';
import { idAndName } from './refusals.ts';

/** A payment that is to be sent from an account. */
export interface QueuedPayment extends OrderedPayment {
  readonly id: string;
  readonly idKey: string;
  /** The recipient's, for messages; '' where there is none. */
  readonly name: string;
  readonly line: number;
  readonly currency: string;
  readonly kind: DestinationKind;
  /** The most that the provider takes for it on top; 0 where no price is published. */
  readonly feeMinor: bigint;
}

/** As many as a message names. */
const FIRST_NAMED = 5;

/**
 * Divides the payments of an account into those that its balances cover and those that wait: whole payments, strictly in their order. The
 * first one that does not fit ends it, so that a later and smaller one never overtakes it. A payment that no known balance is for is covered.
 *
 * @param queue sorted in place.
 */
export function coverageOf(
  account: string,
  queue: QueuedPayment[],
  { amounts, balances }: { readonly amounts: AmountOrder; readonly balances: readonly AccountBalance[] },
): Coverage {
  sortByPriority(queue, amounts);
  const pots = balances.filter((balance) => balance.account === account).map((balance) => new Pot(balance));
  const covered: string[] = [];
  const waiting: BatchTotal[] = [];
  for (const payment of queue) {
    const pot = pots.find((one) => one.isFor(payment));
    if (pot?.takes(payment) ?? true) covered.push(payment.idKey);
    else {
      const { currency, kind, amountMinor } = payment;
      waiting.push({ account, currency, kind, count: 1, sumMinor: amountMinor });
    }
  }
  return {
    account,
    covered,
    waiting: addUp(waiting, 'account', 'currency', 'kind'),
    shortages: pots.flatMap((pot) => pot.shortage() ?? []),
  };
}

/** A balance that is paid from, payment by payment. */
class Pot {
  private readonly balance: AccountBalance;
  private covered = 0;
  private neededMinor = 0n;
  private feesMinor = 0n;
  private waiting = 0;
  private waitingMinor = 0n;
  private readonly first: string[] = [];

  constructor(balance: AccountBalance) {
    this.balance = balance;
  }

  isFor({ currency, kind }: QueuedPayment): boolean {
    return this.balance.currency === currency && (this.balance.kinds?.includes(kind) ?? true);
  }

  /** Whether the payment is covered. */
  takes(payment: QueuedPayment): boolean {
    const { availableMinor } = this.balance;
    this.neededMinor += payment.amountMinor + payment.feeMinor;
    this.feesMinor += payment.feeMinor;
    if (availableMinor === null || (this.waiting === 0 && this.neededMinor <= availableMinor)) {
      this.covered += 1;
      return true;
    }
    this.waiting += 1;
    this.waitingMinor += payment.amountMinor;
    if (this.first.length < FIRST_NAMED) this.first.push(idAndName(payment));
    return false;
  }

  shortage(): Shortage | null {
    const { account, currency, availableMinor } = this.balance;
    const { covered, waiting, waitingMinor, first } = this;
    if (waiting === 0 || availableMinor === null) return null;
    const missingMinor = this.neededMinor - availableMinor;
    const facts = { account, currency, availableMinor, covered, waiting, waitingMinor, missingMinor, first };
    return { ...facts, text: shortageText(facts, this.feesMinor) };
  }
}

/** What waits for a top-up, of how much, and for whom. Fees are named, since the amounts alone may seem to be covered. */
function shortageText(shortage: Omit<Shortage, 'text'>, feesMinor: bigint): string {
  const { account, currency, availableMinor, covered, waiting, waitingMinor, missingMinor, first } = shortage;
  const amount = (minor: bigint): string => `${formatMinor(minor, currencyDecimals(currency) ?? 2)} ${currency}`;
  const paid =
    covered === 0 ? 'covers none of the payments' : covered === 1 ? 'covers 1 payment' : `covers ${covered} payments`;
  const wait = waiting === 1 ? '1 payment waits' : `${waiting} payments wait`;
  const others = waiting > first.length ? ` and ${waiting - first.length} more` : '';
  const fees = feesMinor === 0n ? '' : ` (fees of up to ${amount(feesMinor)} are counted in)`;
  return (
    `Account ${account} has ${amount(availableMinor)}, which ${paid}; ${wait} for a top-up (${amount(waitingMinor)}): ` +
    `${first.join(', ')}${others}. Top up at least ${amount(missingMinor)}${fees} and run it again.`
  );
}
