import type { ChangeRules } from './changes.ts';
import type { DestinationKind } from './destination.ts';
import type { AmountOrder } from './paying-order.ts';
import type { Rounding } from './rounding.ts';

/** Whether a file stays in the drop folder when all of it is paid, or is moved to `done/` in it. */
export type AfterPaid = 'leave' | 'move';

/** The account that pays: one for all payments, or one for each kind of destination. */
export type AccountChoice = string | { readonly [Kind in DestinationKind]?: string };

/** Field of ours → what stands in its cells → the value that is read for it: `{ bank_code: { 'Equity Bank': '068' } }`. */
export type FieldValues = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a bare CSV cannot say, from `defaults:` of the configuration (first match wins) or from a batch's `rows:`. */
export interface CsvDefaults {
  /** Glob on the file's name, without folders: `*.csv`. */
  readonly match: string;
  readonly account: AccountChoice | null;
  readonly currency: string | null;
  readonly narrative: string | null;
  /** The recurring payroll that such files are occurrences of; which one, the file's name says. Null: they stand alone. */
  readonly series: string | null;
  /** Field of ours → header in the file: `{ id: 'Employee No' }`. */
  readonly columns: Readonly<Record<string, string>>;
  /** Declared bytes; null: UTF-8, or UTF-16 by its byte-order mark. */
  readonly encoding: 'windows-1252' | null;
  /** Name of the sheet of a workbook; null: the only one with payments. */
  readonly sheet: string | null;
  /** Declared spelling of amounts; null: digits and a point only. */
  readonly numberFormat: NumberFormat | null;
  /** Physical line, or row of the sheet, on which the header stands; null: it is looked for. */
  readonly headerRow: number | null;
  /** Lines under the header whose first filled cell begins with one of these, case apart, are no payments. */
  readonly skip: readonly string[];
  readonly values: FieldValues;
  /** Null: amounts that cannot be paid to the last digit are refused. */
  readonly rounding: Rounding | null;
  /** Of a pain.001: number of a debtor's account → account that pays; null: one account pays all payments. */
  readonly debtorAccounts: Readonly<Record<string, string>> | null;
  /** Which payments go first where the balance does not cover all; absent: not said. */
  readonly priority?: AmountOrder;
  /** Null: as the configuration says for all files. */
  readonly afterPaid: AfterPaid | null;
  /** Wins over the same setting for all files; absent: the rule says nothing. */
  readonly changes?: ChangeRules;
  /** Who makes such files, as the signers file of the approvals names the person; absent: not said. */
  readonly preparedBy?: string;
}

/** The account for a kind of destination; null where the choice has none. */
export function accountFor(choice: AccountChoice | null, kind: DestinationKind | null): string | null {
  if (choice === null || typeof choice === 'string') return choice;
  return kind === null ? null : (choice[kind] ?? null);
}

/** Every account that a choice names. */
export function accountsIn(choice: AccountChoice | null): readonly string[] {
  if (choice === null) return [];
  return typeof choice === 'string' ? [choice] : [...new Set(Object.values(choice))];
}

/** Named by an example of itself: `1,250.50`, `1.250,50`, `1 250,50`, `1250,50`. */
export type NumberFormat = '1,250.50' | '1.250,50' | '1 250,50' | '1250,50';
