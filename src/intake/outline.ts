import { accountFor, accountsIn, type AccountChoice, type CsvDefaults } from '../domain/csv-defaults.ts';
import { DESTINATION_KINDS } from '../domain/destination.ts';
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
  readonly notAfter: number | null;
  readonly series: string | null;
  readonly occurrence: string | null;
  /** '' where nothing says who made the batch. */
  readonly preparedBy: string;
  readonly control: Control | null;
  readonly settings: PaymentSettings;
  /** Null when the payments cannot be reached, which was reported. */
  readonly input: TableInput | InlineInput | MessageInput | null;
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
  /** Name of the sheet, where the file is a workbook; null: the only one with payments. */
  readonly sheet: string | null;
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

/** Payments that come as a stream of elements. */
export interface MessageInput {
  readonly kind: 'message';
  readonly columns: Columns;
  readonly locate: Locate;
  /** To be read once. A row that is refused counts, and no further rule is asked about it. */
  pages(): AsyncGenerator<
    { readonly rows: readonly (Row & { readonly isRefused: boolean })[]; readonly isDamaged: boolean },
    void,
    undefined
  >;
}

/** Checks what holds for all payments once, so that a fault is reported once and not per row. */
export function checkSettings(
  outline: Outline,
  hasColumn: (field: string) => boolean,
  rules: ReadonlyMap<string, AccountRules>,
  problems: ProblemList,
): void {
  const { settings } = outline;
  const choice = settings.forcedAccount ?? settings.account;
  if (choice === null && !hasColumn('account')) {
    problems.error(
      outline.place('account'),
      'account-missing',
      'Nothing says which account pays. Write `account:` in a YAML batch, add a column `account`, or give a CSV, workbook or XML one with --account or under `defaults:` of the configuration, in a rule whose `match` fits its name.',
    );
  }
  for (const account of accountsIn(choice)) checkPayingAccount(outline, account, rules, problems);
  checkKinds(outline, choice, rules, problems);
  if (hasControlCharacter(settings.narrative)) {
    problems.error(
      outline.place('narrative'),
      'narrative-control-character',
      'The narrative holds an invisible control character. Type it again.',
    );
  }
}

function checkPayingAccount(
  outline: Outline,
  account: string,
  rules: ReadonlyMap<string, AccountRules>,
  problems: ProblemList,
): void {
  const { settings } = outline;
  const accountRules = rules.get(account);
  if (accountRules === undefined) {
    problems.error(outline.place('account'), 'account-unknown', unknownAccount(account, rules));
    return;
  }
  const currency = settings.currency ?? accountRules.currency;
  if (!canPay(accountRules, currency)) {
    problems.error(outline.place('currency'), 'currency-unsupported', unsupportedCurrency(currency, accountRules));
  }
  const max = accountRules.narrativeMax;
  if (max !== null && settings.narrative.length > max) {
    problems.warning(outline.place('narrative'), 'narrative-too-long', narrativeCut(max));
  }
}

/** An account that is chosen for a kind of destination must be able to pay it. */
function checkKinds(
  outline: Outline,
  choice: AccountChoice | null,
  rules: ReadonlyMap<string, AccountRules>,
  problems: ProblemList,
): void {
  for (const kind of DESTINATION_KINDS) {
    const accountRules = typeof choice === 'object' ? rules.get(accountFor(choice, kind) ?? '') : undefined;
    if (accountRules === undefined || accountRules.destinations[kind] !== undefined) continue;
    const kinds = DESTINATION_KINDS.filter((other) => accountRules.destinations[other] !== undefined);
    problems.error(
      outline.place(`account.${kind}`),
      'account-kind-unsupported',
      `\`account:\` names ${accountRules.account} for ${kind}, and that account (${accountRules.provider}) pays ${kinds.join(', ')}. Name another one.`,
    );
  }
}
