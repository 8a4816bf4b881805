import type { BatchHeader } from '../domain/batch.ts';
import { destinationText } from '../domain/destination.ts';
import { formatAmount } from '../domain/money.ts';
import type { LedgerPayment } from '../ledger/ledger.ts';

const OURS = [
  ...['line', 'id', 'name', 'destination', 'amount', 'currency', 'status', 'reason', 'next_action', 'account'],
  ...['provider', 'reference', 'provider_reference', 'code', 'fee', 'attempts', 'generation', 'sent_at', 'settled_at'],
] as const;

/** How one batch is laid out in `report.csv`: our columns, then every input column that none of ours says already. */
export interface ReportLayout {
  readonly columns: readonly string[];
  row(payment: LedgerPayment, nextAction: string, timestamp: (ms: number | null) => string): readonly string[];
}

export function reportLayout(header: Pick<BatchHeader, 'columns' | 'columnFields'>): ReportLayout {
  const carried = header.columns
    .map((_, position) => position)
    .filter((at) => isCarried(header.columnFields[at] ?? ''));
  return {
    columns: [...OURS, ...carriedNames(carried.map((position) => header.columns[position] ?? ''))],
    row: (payment, nextAction, timestamp) => [
      String(payment.line),
      payment.id,
      payment.name,
      destinationText(payment.destination),
      formatAmount(payment.amountMinor, payment.currency),
      payment.currency,
      payment.status,
      payment.reason,
      nextAction,
      payment.account,
      payment.provider,
      payment.reference,
      payment.providerReference,
      payment.code,
      payment.feeMinor === null ? '' : formatAmount(payment.feeMinor, payment.currency),
      String(payment.attempts),
      String(payment.generation),
      timestamp(payment.sentAt),
      timestamp(payment.settledAt),
      ...carried.map((position) => payment.cells[position] ?? ''),
    ],
  };
}

/** What was read into a field of ours stands in our column of it; for these there is none. */
function isCarried(field: string): boolean {
  return field === '' || field === 'narrative' || field.startsWith('details.');
}

/**
 * An input column with a name of ours becomes `input.<name>`, and once more where the input has that one too. Headers are
 * case-blind to intake, so they are here: a report has no two columns that differ by capitals only.
 */
function carriedNames(names: readonly string[]): readonly string[] {
  const fold = (name: string): string => name.trim().toLowerCase();
  const ours = new Set<string>(OURS);
  const taken = new Set<string>([...OURS, ...names.map(fold).filter((name) => !ours.has(name))]);
  const given = new Set<string>();
  return names.map((name) => {
    let free = name;
    if (ours.has(fold(name)) || given.has(fold(name))) {
      do free = `input.${free}`;
      while (taken.has(fold(free)) || given.has(fold(free)));
    }
    given.add(fold(free));
    return free;
  });
}
