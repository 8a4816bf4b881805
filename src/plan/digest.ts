import type { BatchHeader, BatchSummary } from '../domain/batch.ts';
import type { Place } from '../domain/place.ts';
import { plainDigest, type PlainValue } from '../domain/plain-value.ts';

/** Version of what is digested and how, and a part of it: another way would make new digests for plans that were agreed to. */
const PLAN_FORMAT = 'payrun plan 1';

/** Everything that decides who is paid what, from where, when and under which rules. */
export interface DigestedPlan {
  /** Part of every reference. */
  readonly organisation: string;
  readonly summary: BatchSummary & Required<Pick<BatchSummary, 'agreedRows'>>;
  /** The accounts that the batch is paid from, by their names. */
  readonly accounts: ReadonlyMap<string, DigestedAccount>;
  /** Refusals that a person sets aside. */
  readonly overrides: {
    readonly allowDuplicate: boolean;
    /** Folded ids; order and repetition do not count. */
    readonly allowDestination: readonly string[];
  };
  /** What the configuration says about the batch and its accounts: limits, and what is to happen before and while it is paid. */
  readonly policy: PlainValue;
}

export interface DigestedAccount {
  readonly place: Place;
  readonly currency: string;
  /** The provider's own settings, which decide how a payment is sent. */
  readonly options: PlainValue;
}

/**
 * SHA-256 over a plan, 64 hexadecimal digits: what a person agrees to. Two plans that pay something else, from elsewhere, at another time or
 * under other rules have two digests. Balance, time and progress do not count, so that a batch has one digest before, during and after its run.
 */
export function planDigest({ organisation, summary, accounts, overrides, policy }: DigestedPlan): string {
  const { header, count, totals, agreedRows } = summary;
  const { allowDuplicate, allowDestination } = overrides;
  const digested = {
    organisation,
    batch: headerValue(header),
    rows: agreedRows,
    count,
    totals: totals
      .map(({ account, currency, kind, count: of, sumMinor }) => [account, currency, kind, of, sumMinor.toString()])
      .map((total) => JSON.stringify(total))
      .sort(),
    accounts: Object.fromEntries(
      [...accounts].map(([name, { place, currency, options }]) => {
        const { provider, host, environment, payer } = place;
        return [name, { place: { provider, host, environment, payer }, currency, options }];
      }),
    ),
    overrides: { allow_duplicate: allowDuplicate, allow_destination: [...new Set(allowDestination)].sort() },
    policy,
  };
  return plainDigest([PLAN_FORMAT, digested]);
}

/**
 * Which fields of a batch decide what is paid and when; null: the field decides nothing of that, or stands in the rows already. Every new
 * field has to be decided about here.
 */
const HEADER_FIELDS: {
  readonly [Field in keyof BatchHeader]-?: ((header: BatchHeader) => PlainValue | undefined) | null;
} = {
  id: ({ id }) => id,
  // A copy of the file under another path is the same batch.
  file: null,
  rowsFile: null,
  description: null,
  notBefore: ({ notBefore }) => notBefore,
  notAfter: ({ notAfter }) => notAfter ?? undefined,
  series: ({ series }) => series,
  occurrence: ({ occurrence }) => occurrence,
  control: ({ control }) => {
    if (control === null) return null;
    const { count, sumMinor, currency } = control;
    return { count, sum: sumMinor?.toString() ?? null, currency };
  },
  columns: null,
  columnFields: null,
  reading: null,
  rounded: null,
  payingOrder: ({ payingOrder }) => {
    return payingOrder && { amounts: payingOrder.amounts, priorities: payingOrder.priorities };
  },
  // Who repaired and when is known only when the batch is registered, so that it is no part of the plan.
  repair: ({ repair }) => {
    return repair && { cells: repair.cells, as_it_came: repair.asItCame, accepted: repair.accepted };
  },
  waits: null,
  // Digested apart: the file has none, the ledger has those of the registered batch.
  overrides: null,
  delimiter: null,
  // Whose approval counts depends on it.
  preparedBy: ({ preparedBy }) => preparedBy,
};

function headerValue(header: BatchHeader): PlainValue {
  return Object.fromEntries(Object.entries(HEADER_FIELDS).map(([field, value]) => [field, value?.(header)]));
}
