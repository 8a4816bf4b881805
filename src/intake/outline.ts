import type { CsvDefaults } from '../domain/csv-defaults.ts';
import type { AccountRules } from '../domain/rules.ts';
import type { Columns, Mapping } from './columns.ts';
import type { ProblemList, ProblemPlace } from './problem-list.ts';
import { hasControlCharacter, narrativeCut } from './free-text.ts';
import { canPay, unknownAccount, unsupportedCurrency } from './payer.ts';
import type { PaymentSettings } from './payment-check.ts';
import type { Locate, Row } from './row.ts';

/** What a batch file says before its payments are read. */
export interface Outline {
  /** Null when there is none or it may not be one. */
  readonly batchId: string | null;
  readonly description: string;
  readonly notBefore: number | null;
  readonly series: string | null;
  readonly occurrence: string | null;
  readonly control: Control | null;
  readonly settings: PaymentSettings;
  /** Null when the payments cannot be reached, which was reported. */
  readonly input: TableInput | InlineInput | null;
  /** Faults of the schema that a rule explains better; if no rule reported anything, they refuse the batch all the same. */
  readonly unexplained: readonly string[];
  /** Where a key of the batch (`control.sum`) stands; the file as a whole when it is not in it. */
  place(key: string): ProblemPlace;
}

export interface Control {
  readonly count: number | null;
  /** As written: which currency it is in shows only with the payments. */
  readonly sum: string | null;
}

/** Records under a header, in a file of its own or in the batch's. */
export interface TableInput {
  readonly kind: 'table';
  readonly file: string;
  readonly encoding: 'windows-1252' | null;
  readonly mapping: Mapping;
  /** As in the rule of a bare CSV. */
  readonly headerRow: CsvDefaults['headerRow'];
  readonly skip: CsvDefaults['skip'];
}

export interface InlineInput {
  readonly kind: 'inline';
  readonly columns: Columns;
  readonly rows: readonly Row[];
  /** Payments that could not even be made a row are counted too. */
  readonly count: number;
  readonly locate: Locate;
}

/** Checks what holds for all payments once, so that a fault is reported once and not per row. */
export function checkSettings(
  outline: Outline,
  hasColumn: (field: string) => boolean,
  rules: ReadonlyMap<string, AccountRules>,
  problems: ProblemList,
): void {
  const { settings } = outline;
  const account = settings.forcedAccount ?? settings.account;
  const accountRules = account === null ? null : (rules.get(account) ?? null);
  if (account === null && !hasColumn('account')) {
    problems.error(
      outline.place('account'),
      'account-missing',
      'Nothing says which account pays. Write `account:` in a YAML batch, add a column `account`, or give a CSV one under `defaults:` of the configuration or with --account.',
    );
  } else if (account !== null && accountRules === null) {
    problems.error(outline.place('account'), 'account-unknown', unknownAccount(account, rules));
  }
  const currency = settings.currency ?? accountRules?.currency ?? null;
  if (currency !== null && accountRules !== null && !canPay(accountRules, currency)) {
    problems.error(outline.place('currency'), 'currency-unsupported', unsupportedCurrency(currency, accountRules));
  }
  if (hasControlCharacter(settings.narrative)) {
    problems.error(
      outline.place('narrative'),
      'narrative-control-character',
      'The narrative holds an invisible control character. Type it again.',
    );
  }
  const max = accountRules?.narrativeMax ?? null;
  if (max !== null && settings.narrative.length > max) {
    problems.warning(outline.place('narrative'), 'narrative-too-long', narrativeCut(max));
  }
}
