import { formatAmount } from '../domain/money.ts';
import type { Status } from '../domain/status.ts';
import type { BatchRecord, LedgerPayment } from '../ledger/ledger.ts';

/** Counts and sums of the rows of a report, gathered while they are written, so that the two cannot disagree. */
export class SummaryTotals {
  count = 0;
  readonly counts = new Map<Status, number>();
  private readonly sums = new Map<string, Map<Status, bigint>>();
  private readonly fees = new Map<string, bigint>();

  add(payment: LedgerPayment): void {
    const { status, currency, amountMinor, feeMinor } = payment;
    this.count += 1;
    this.counts.set(status, (this.counts.get(status) ?? 0) + 1);
    const ofCurrency = this.sums.get(currency) ?? new Map<Status, bigint>();
    ofCurrency.set(status, (ofCurrency.get(status) ?? 0n) + amountMinor);
    this.sums.set(currency, ofCurrency);
    if (feeMinor !== null) this.fees.set(currency, (this.fees.get(currency) ?? 0n) + feeMinor);
  }

  /** Whether every registered payment was counted, and with its amount: per currency, as the batch was registered. */
  agrees(record: BatchRecord): boolean {
    const registered = new Map<string, bigint>();
    for (const { currency, sumMinor } of record.totals) {
      registered.set(currency, (registered.get(currency) ?? 0n) + sumMinor);
    }
    const currencies = new Set([...registered.keys(), ...this.sums.keys()]);
    return (
      this.count === record.count &&
      [...currencies].every((currency) => this.total(currency) === (registered.get(currency) ?? 0n))
    );
  }

  /** Text of `summary.json`. Money is decimal text: a JSON number would be read as a double. */
  json(record: BatchRecord, times: { readonly registeredAt: string; readonly writtenAt: string }): string {
    const { header } = record;
    const currencies = [...this.sums.keys()].sort();
    const summary = {
      version: 1,
      batch: header.id,
      description: header.description,
      file: header.file,
      rows_file: header.rowsFile,
      digest: record.digest,
      organisation: record.organisation,
      providers: record.providers,
      registered_at: times.registeredAt,
      written_at: times.writtenAt,
      count: this.count,
      totals: Object.fromEntries(
        currencies.map((currency) => [currency, formatAmount(this.total(currency), currency)]),
      ),
      counts: Object.fromEntries(this.counts),
      sums: Object.fromEntries(
        currencies.map((currency) => [
          currency,
          Object.fromEntries(
            [...(this.sums.get(currency) ?? [])].map(([status, sum]) => [status, formatAmount(sum, currency)]),
          ),
        ]),
      ),
      fees: Object.fromEntries([...this.fees].map(([currency, fee]) => [currency, formatAmount(fee, currency)])),
    };
    return `${JSON.stringify(summary, null, 2)}\n`;
  }

  private total(currency: string): bigint {
    return [...(this.sums.get(currency)?.values() ?? [])].reduce((sum, part) => sum + part, 0n);
  }
}
