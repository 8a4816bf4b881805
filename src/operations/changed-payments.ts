import { formatAmount } from '../domain/money.ts';
import type { Status } from '../domain/status.ts';
import type { LedgerPayment } from '../ledger/records.ts';

/** What a command has changed of a payment, or would change under `--dry-run`. */
export interface ChangedPayment {
  readonly line: number;
  readonly id: string;
  readonly name: string;
  readonly amount: string;
  readonly currency: string;
  readonly account: string;
  /** Before the change. */
  readonly reference: string;
  readonly generation: number;
  readonly from: Status;
  readonly to: Status;
}

export function changedPayment(
  payment: Pick<LedgerPayment, Exclude<keyof ChangedPayment, 'amount' | 'from' | 'to'> | 'amountMinor'>,
  from: Status,
  to: Status,
): ChangedPayment {
  const { line, id, name, amountMinor, currency, account, reference, generation } = payment;
  const amount = formatAmount(amountMinor, currency);
  return { line, id, name, amount, currency, account, reference, generation, from, to };
}
