import type { Status } from '../domain/status.ts';
import { addUp, countOf, sumsByCurrency, sumTexts, Totals } from '../domain/totals.ts';
import type { BatchRecord, LedgerPayment } from '../ledger/records.ts';

/** Counts and sums of the payments of a report, added up while they are written, so that the two cannot disagree. */
export class ReportTotals {
  private readonly paid = new Totals<{ readonly currency: string; readonly status: Status }>('currency', 'status');
  private readonly charged = new Totals<{ readonly currency: string }>('currency');

  add({ status, currency, amountMinor, feeMinor }: LedgerPayment): void {
    this.paid.add({ currency, status, count: 1, sumMinor: amountMinor });
    if (feeMinor !== null) this.charged.add({ currency, count: 1, sumMinor: feeMinor });
  }

  get count(): number {
    return countOf(this.paid.list());
  }

  get counts(): ReadonlyMap<Status, number> {
    return new Map(addUp(this.paid.list(), 'status').map(({ status, count }) => [status, count]));
  }

  /** Minor units per currency, of the payments whose fee is known. */
  get fees(): ReadonlyMap<string, bigint> {
    return sumsByCurrency(this.charged.list());
  }

  /** Decimal sums per currency and status; currencies in the order of their codes. */
  sumTexts(): Record<string, Partial<Record<Status, string>>> {
    return sumTexts(this.paid.list().sort((a, b) => (a.currency < b.currency ? -1 : a.currency > b.currency ? 1 : 0)));
  }

  /** Minor units per currency, over all statuses; currencies in the order of their codes. */
  totals(): ReadonlyMap<string, bigint> {
    return new Map([...sumsByCurrency(this.paid.list())].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Whether every registered payment was counted, with its amount: per currency, as the batch was registered. */
  agrees(record: BatchRecord): boolean {
    const registered = sumsByCurrency(record.totals);
    const counted = this.totals();
    const currencies = new Set([...registered.keys(), ...counted.keys()]);
    return (
      this.count === record.count &&
      [...currencies].every((currency) => (counted.get(currency) ?? 0n) === (registered.get(currency) ?? 0n))
    );
  }
}
