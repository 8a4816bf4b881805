import type { AccountChoice, CsvDefaults, FieldValues } from '../domain/csv-defaults.ts';
import type { Rounding } from '../domain/rounding.ts';
import type { AccountRules } from '../domain/rules.ts';
import type { RepairStage } from './repair/stage.ts';

/** What the configuration and the command line say about files. */
export interface IntakeContext {
  /** Every configured account. */
  readonly rules: ReadonlyMap<string, AccountRules>;
  /** For bare CSV files; the first match on the file's base name wins. */
  readonly defaults: readonly CsvDefaults[];
  /** `--account NAME` and `--batch ID`; they win over what the file says. */
  readonly overrides: { readonly account: string | null; readonly batch: string | null };
  /** Set where a file corrects payments of a batch: how that batch was read, whatever the file's name is. */
  readonly corrected?: CorrectedBatch;
  /** Set where a file is paid as an occurrence of a series: what the file says of id and series does not count. */
  readonly occurrence?: PaidOccurrence;
  /** Proposes or applies repairs of cells; absent where the batch is read as it came. */
  readonly repair?: RepairStage;
  /** Whether nothing is planned with the batch: the digest of rows that people agree to is then not made. */
  readonly isOnlyChecked?: boolean;
  /** IANA name, for a `not_before` without an offset. */
  readonly timezone: string;
}

/** One date of a series, that a file is paid as. */
export interface PaidOccurrence {
  readonly series: string;
  readonly occurrence: string;
  /** Whether the file is paid on every date, so that it may say nothing that is true of one alone. */
  readonly isTemplate: boolean;
}

/** How a batch was read that a file corrects. */
export interface CorrectedBatch {
  /** Of the batch: its name chooses the rule of the configuration that it was read under. */
  readonly file: string;
  /** The sheet that the rule of the correcting file names; null: the only one with payments. */
  readonly sheet: string | null;
  /** Our field → the header that it was read from. */
  readonly columns: Readonly<Record<string, string>>;
  readonly account: AccountChoice | null;
  readonly currency: string | null;
  readonly narrative: string;
  readonly encoding: 'windows-1252' | null;
  readonly numberFormat: CsvDefaults['numberFormat'] | null;
  /** Null: as the rule has them now, for a batch of an older version. */
  readonly values: FieldValues | null;
  readonly rounding: Rounding | null;
  /** Who made the batch, where that is known; the maker of a batch approves no correction of it. */
  readonly preparedBy: string | null;
}
