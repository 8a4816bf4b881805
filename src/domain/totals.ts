import { formatAmount } from './money.ts';
import type { Tally } from './payment.ts';
import { STATUSES, type Status } from './status.ts';

/**
 * Adds up counts and sums in groups: payments, or totals of payments, that agree in some fields. One call of {@link add} per
 * payment, so that a million payments are never in memory.
 */
export class Totals<Group extends object> {
  private readonly fields: readonly (keyof Group)[];
  private readonly groups = new Map<string, { readonly group: Group; count: number; sumMinor: bigint }>();

  /** @param fields those by which payments are grouped; their values are texts of one line. */
  constructor(...fields: readonly (keyof Group)[]) {
    this.fields = fields;
  }

  add(part: Group & Tally): void {
    const key = this.fields.map((field) => part[field]).join('\n');
    const known = this.groups.get(key);
    if (known === undefined) {
      const group = Object.fromEntries(this.fields.map((field) => [field, part[field]])) as Group;
      this.groups.set(key, { group, count: part.count, sumMinor: part.sumMinor });
    } else {
      known.count += part.count;
      known.sumMinor += part.sumMinor;
    }
  }

  /** The groups in the order in which each first occurred. */
  list(): (Group & Tally)[] {
    return [...this.groups.values()].map(({ group, count, sumMinor }) => ({ ...group, count, sumMinor }));
  }
}

/** Counts and sums of the parts that agree in these fields, in the order in which each group first occurs. */
export function addUp<Part extends Tally, Field extends Exclude<keyof Part, keyof Tally>>(
  parts: Iterable<Part>,
  ...fields: readonly Field[]
): (Pick<Part, Field> & Tally)[] {
  const totals = new Totals<Pick<Part, Field>>(...fields);
  for (const part of parts) totals.add(part);
  return totals.list();
}

export function countOf(parts: Iterable<Tally>): number {
  let count = 0;
  for (const part of parts) count += part.count;
  return count;
}

/** How many payments have each status, in the order of a payment's life; a status that no payment has is left out. */
export function countsByStatus(parts: Iterable<Tally & { readonly status: Status }>): ReadonlyMap<Status, number> {
  const counts = new Map(addUp(parts, 'status').map(({ status, count }) => [status, count]));
  const there = STATUSES.filter((status) => (counts.get(status) ?? 0) > 0);
  return new Map(there.map((status) => [status, counts.get(status) ?? 0]));
}

/** Minor units per currency, over all statuses. */
export function sumsByCurrency(parts: Iterable<Tally & { readonly currency: string }>): ReadonlyMap<string, bigint> {
  return new Map(addUp(parts, 'currency').map(({ currency, sumMinor }) => [currency, sumMinor]));
}

/** Decimal sums per currency and status, as documents show them: `{ KES: { paid: '105000.50' } }`. */
export function sumTexts(
  parts: Iterable<Tally & { readonly currency: string; readonly status: Status }>,
): Record<string, Partial<Record<Status, string>>> {
  const texts: Record<string, Partial<Record<Status, string>>> = {};
  for (const { currency, status, count, sumMinor } of addUp(parts, 'currency', 'status')) {
    if (count > 0) texts[currency] = { ...texts[currency], [status]: formatAmount(sumMinor, currency) };
  }
  return texts;
}

/** `12 payments, 105000.50 KES, 20.00 USD` */
export function totalText(parts: readonly (Tally & { readonly currency: string })[]): string {
  const count = countOf(parts);
  const amounts = [...sumsByCurrency(parts)].map(([currency, sum]) => `${formatAmount(sum, currency)} ${currency}`);
  return [`${count} ${count === 1 ? 'payment' : 'payments'}`, ...amounts].join(', ');
}
