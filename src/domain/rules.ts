import type { Destination, DestinationKind } from './destination.ts';
import type { Payment } from './payment.ts';

/**
 * What an account can pay, as intake sees it: its provider's rules with the account's own limits. Pure data and functions:
 * checking a file needs no credential and no network.
 */
export interface AccountRules {
  readonly account: string;
  readonly provider: string;
  /** Default of payments that name none. */
  readonly currency: string;
  readonly currencies: readonly string[];
  readonly destinations: { readonly [Kind in DestinationKind]?: DestinationRule };
  /** From the account's `limits.max_amount`, in minor units of {@link currency}. */
  readonly maxAmountMinor: bigint | null;
  /** Longest narrative that reaches the recipient whole; a longer one is cut on the wire, which is a warning. */
  readonly narrativeMax: number | null;
  /**
   * Checks the whole payment after each of its fields has passed: details that its recipient type lacks, an amount that its
   * currency cannot be paid in. Left out where checks of single fields are enough. Must be fast.
   */
  readonly review?: (payment: ReviewedPayment) => PaymentReview;
  /** Set where the account pays what its balance covers, in the order of the field `priority`; else the field is a column like any other. */
  readonly paysByPriority?: true;
  /** The banks that the provider is known to pay; left out where no list of them is known. Never complete: banks come and go. */
  readonly banks?: readonly KnownBank[];
}

/** A bank as a provider's documentation, or another published list, names it. */
export interface KnownBank {
  /** As the column `bank_code` has it. */
  readonly code: string;
  /** '' where only the code is published. */
  readonly name: string;
  /** ISO 4217; the same code may be another bank in another currency. */
  readonly currency: string;
  /** Where and when the entry was published; left out: the provider's own documentation. */
  readonly source?: string;
}

export type ReviewedPayment = Pick<
  Payment,
  'name' | 'destination' | 'amountMinor' | 'currency' | 'narrative' | 'details'
>;

export interface PaymentReview {
  /** Each refuses the row. `field` may be `details.<field>`. */
  readonly faults: readonly FieldFault[];
  readonly warnings: readonly FieldFault[];
}

/** What the raw fields of a destination may be. Field names are those of CSV columns: `mobile`, `bank_code`, `bank_account`, … */
export interface DestinationRule {
  /** JSON schema (draft 2020-12) of the raw fields of this kind, for documentation and editors. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Raw fields of this kind that may be left empty: `paybill_account` where a paybill is paid without one. Default none. */
  readonly optional?: readonly string[];
  /** Trimmed raw fields → normalised destination, or what is wrong with which field. Must be fast: a file has a million. */
  normalise(fields: Readonly<Record<string, string>>): DestinationReading;
  readonly nameRequired: boolean;
  /** Most that fits the provider's name field, or null. A longer name is an error: a bank compares it. */
  readonly nameMax: number | null;
  readonly minAmountMinor: bigint | null;
  readonly maxAmountMinor: bigint | null;
  /** The smallest unit the provider pays (100 where it pays whole shillings), else 1. */
  readonly stepMinor: bigint;
  /** The same where it differs by currency; wins over {@link stepMinor}, for rounding. */
  stepOf?(currency: string): bigint;
}

export type DestinationReading =
  | { readonly ok: true; readonly destination: Destination; readonly warning?: FieldFault }
  | { readonly ok: false; readonly fault: FieldFault };

export interface FieldFault {
  /** Raw field name (`bank_code`). */
  readonly field: string;
  /** Stable problem code (`mobile-not-kenyan`). */
  readonly code: string;
  /** What is wrong and what to do; the shape of the value only, never the whole of it. */
  readonly message: string;
  /**
   * The account's setting that is at fault (`accounts.salaries.options.sender`), where no change of the row would mend it. Such
   * a fault is reported once per file instead of once per row.
   */
  readonly setting?: string;
}
