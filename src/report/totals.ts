import type { Status } from '../domain/status.ts';
import type { BatchRecord, LedgerPayment } from '../ledger/records.ts';

/** Counts and sums of the payments of a report, added up while they are written, so that the two cannot disagree. */
export class ReportTotals {
  count = 0;
  readonly counts = new Map<Status, number>();
  /** Minor units per currency, of the payments whose fee is known. */
  readonly fees = new Map<string, bigint>();
  private readonly sumsOf = new Map<string, Map<Status, bigint>>();

  add(payment: LedgerPayment): void {
    const { status, currency, amountMinor, feeMinor } = payment;
    this.count += 1;
    this.counts.set(status, (this.counts.get(status) ?? 0) + 1);
    const sums = this.sumsOf.get(currency) ?? new Map<Status, bigint>();
    sums.set(status, (sums.get(status) ?? 0n) + amountMinor);
    this.sumsOf.set(currency, sums);
    if (feeMinor !== null) this.fees.set(currency, (this.fees.get(currency) ?? 0n) + feeMinor);
  }

  /** Minor units per currency and status; currencies in the order of their codes. */
  sums(): ReadonlyMap<string, ReadonlyMap<Status, bigint>> {
    return new Map([...this.sumsOf].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Minor units per currency, over all statuses; currencies in the order of their codes. */
  totals(): ReadonlyMap<string, bigint> {
    return new Map(
      [...this.sums()].map(([currency, sums]) => [currency, [...sums.values()].reduce((sum, part) => sum + part, 0n)]),
    );
  }

  /** Whether every registered payment was counted, with its amount: per currency, as the batch was registered. */
  agrees(record: BatchRecord): boolean {
    const registered = new Map<string, bigint>();
    for (const { currency, sumMinor } of record.totals) {
      registered.set(currency, (registered.get(currency) ?? 0n) + sumMinor);
    }
    const counted = this.totals();
    const currencies = new Set([...registered.keys(), ...counted.keys()]);
    return (
      this.count === record.count &&
      [...currencies].every((currency) => (counted.get(currency) ?? 0n) === (registered.get(currency) ?? 0n))
    );
  }
}
