import type { FieldValues, NumberFormat } from './csv-defaults.ts';
import type { DestinationKind } from './destination.ts';
import type { PayingOrder } from './paying-order.ts';
import type { Payment, Tally } from './payment.ts';
import type { RoundedTotal, Rounding } from './rounding.ts';

/** What a batch file holds besides its payments. */
export interface BatchHeader {
  /** Unique for ever: `[a-z0-9][a-z0-9._-]{0,63}`. */
  readonly id: string;
  /** Path of the dropped file as the user named it. */
  readonly file: string;
  /** Path of the CSV that `rows:` names, or null when the payments stand in {@link file} itself. */
  readonly rowsFile: string | null;
  readonly description: string;
  /** Unix milliseconds; payments are not sent before it. */
  readonly notBefore: number | null;
  /** Unix milliseconds; no payment is sent after it. Null or absent where there is no such time. */
  readonly notAfter?: number | null;
  /** Name of the recurring payroll that the batch is an occurrence of, and which one; null for a batch that stands alone. */
  readonly series: string | null;
  readonly occurrence: string | null;
  /** Declared totals; `sumMinor` is null when only the count was declared. */
  readonly control: {
    readonly count: number | null;
    readonly sumMinor: bigint | null;
    readonly currency: string;
  } | null;
  /** Input columns in the input's own order and spelling; `cells` of every payment are aligned with them. */
  readonly columns: readonly string[];
  /** For each of {@link columns}: the field of ours that was read from it, or '' for a column that is only carried. */
  readonly columnFields: readonly string[];
  /** How the input's texts were read; absent in batches that an older version registered. */
  readonly reading?: BatchReading;
  /** What rounding took off the amounts, by currency; absent where nothing was rounded. */
  readonly rounded?: readonly RoundedTotal[];
  /** Cells that were mended before the batch was read; absent where it was paid as it came. */
  readonly repair?: BatchRepair;
  /** Refusals that a person has set aside; absent where there is none. */
  readonly overrides?: readonly Override[];
  /** Who made the batch: this person's own signature does not count for it. Absent: not said. */
  readonly preparedBy?: string;
  /** Absent where the payments go in the order of their lines. */
  readonly payingOrder?: PayingOrder;
  /** Accounts that lacked the money for all payments when the batch was run last; empty or absent where none did. */
  readonly waits?: readonly WaitForMoney[];
  /** How the records are delimited in the input, for files that are written in the input's own form. */
  readonly delimiter: string;
}

/** What a person accepted of the repairs that payrun proposed. The digest of the batch is that of the repaired payments. */
export interface BatchRepair {
  readonly cells: number;
  /** SHA-256 of the bytes of the file as it came. */
  readonly asItCame: string;
  /** SHA-256 of the bytes of the file with the accepted repairs. */
  readonly accepted: string;
  /** Who ran it, and when, in Unix milliseconds; absent before it is registered. */
  readonly by?: string;
  readonly at?: number;
}

/** Payments of a batch wait until their account is topped up. */
export interface WaitForMoney {
  readonly account: string;
  /** By how much at least: `1500.00 KES`. */
  readonly topUp: string;
  /** When the balance was read, Unix milliseconds. */
  readonly at: number;
}

/** A named flag by which a person sets a refusal aside. */
export interface Override {
  readonly flag: 'allow-destination' | 'allow-duplicate' | 'allow-late';
  /** Of the payments whose refusal it set aside; empty for a flag that is for the whole batch. */
  readonly ids: readonly string[];
  readonly by: string;
  /** '' where the person gave no reason. */
  readonly because: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** The bytes of a file's text. `utf-8-bom` and both UTF-16 begin with a byte-order mark, which wins over what a rule declares. */
export type InputEncoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** How the texts of an input were read, for a correction that is read in the same way. */
export interface BatchReading {
  readonly encoding: InputEncoding;
  readonly numberFormat: NumberFormat | null;
  /** What cells stood for; absent where they stood for themselves. */
  readonly values?: FieldValues;
  /** Absent where nothing was to be rounded. */
  readonly rounding?: Rounding;
}

/** Totals per account, currency and destination kind. */
export interface BatchTotal extends Tally {
  readonly account: string;
  readonly currency: string;
  readonly kind: DestinationKind;
}

/** What a complete pass over a batch without problems found. */
export interface BatchSummary {
  readonly header: BatchHeader;
  readonly count: number;
  readonly totals: readonly BatchTotal[];
  /** Of the set of normalised payments: see `BatchDigest`. */
  readonly digest: string;
  /** Of the same set, for what people agree to: see `AgreedRowsDigest`. Absent where the batch was only checked, or comes from the ledger. */
  readonly agreedRows?: string;
}

/** Payments in pages, so that a million of them are never in memory at once. */
export type PaymentPages = AsyncIterable<readonly Payment[]>;
