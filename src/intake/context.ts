import type { CsvDefaults } from '../domain/csv-defaults.ts';
import type { AccountRules } from '../domain/rules.ts';

/** What the configuration and the command line say about files. */
export interface IntakeContext {
  /** Every configured account. */
  readonly rules: ReadonlyMap<string, AccountRules>;
  /** For bare CSV files; the first match on the file's base name wins. */
  readonly defaults: readonly CsvDefaults[];
  /** `--account NAME` and `--batch ID`; they win over what the file says. */
  readonly overrides: { readonly account: string | null; readonly batch: string | null };
  /** IANA name, for a `not_before` without an offset. */
  readonly timezone: string;
}
