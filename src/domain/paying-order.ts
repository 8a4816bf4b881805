/** Which payments go first where the balance does not cover all: those with the smaller or the larger amount, or in the order of the lines. */
export type AmountOrder = (typeof AMOUNT_ORDERS)[number];
export const AMOUNT_ORDERS = ['smallest', 'largest', 'line'] as const;

/** In which order the payments of a batch go where the balance does not cover all of them. */
export interface PayingOrder {
  /** Among payments of one priority, and those that have none. */
  readonly amounts: AmountOrder;
  /** Digest of the priorities that the rows name, whatever their order; null where none has one. */
  readonly priorities: string | null;
}

export interface OrderedPayment {
  /** From 1, which goes first; absent: behind every payment that has one. */
  readonly priority?: number;
  readonly amountMinor: bigint;
}

/** Sorts in place, payments of the same rank staying in the order in which they stand. */
export function sortByPriority(payments: OrderedPayment[], amounts: AmountOrder): void {
  payments.sort((a, b) => {
    const [first, second] = [a.priority ?? Infinity, b.priority ?? Infinity];
    if (first !== second) return first < second ? -1 : 1;
    if (amounts === 'line' || a.amountMinor === b.amountMinor) return 0;
    return a.amountMinor < b.amountMinor === (amounts === 'smallest') ? -1 : 1;
  });
}
