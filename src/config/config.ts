import { resolve } from 'node:path';
import type { ApprovalPolicy } from '../domain/approval.ts';
import type { ChangeRules } from '../domain/changes.ts';
import type { AccountChoice, AfterPaid, CsvDefaults, NumberFormat } from '../domain/csv-defaults.ts';
import { parseDuration } from '../domain/duration.ts';
import { currencyDecimals, parseAmount } from '../domain/money.ts';
import type { PayingHours } from '../domain/hours.ts';
import type { AmountOrder } from '../domain/paying-order.ts';
import type { Rounding } from '../domain/rounding.ts';
import type { AccountConfig, AccessToken, OnShort, SecretSource } from './account.ts';
import { readAccountHours } from './account-hours.ts';
import { buildApprovals } from './approvals.ts';
import { buildBrakes } from './brakes.ts';
import { buildChanges } from './changes.ts';
import { checkSchema } from './schema.ts';
import type { YamlValue as Tree } from '../documents/yaml.ts';
import type { ConfigDocument } from './document.ts';
import { ConfigExamples } from './examples.ts';
import { findConfig, type ConfigSource } from './find.ts';
import { ConfigProblems } from './problems.ts';
import { placesOf, TIMEZONE, type Places } from './places.ts';
import { parseRate } from './rate.ts';
import { checkRules, tokenVariable } from './rules.ts';
import { buildSeries, type SeriesConfig } from './series.ts';
import { statementForm } from './statement-form.ts';
import { entriesAt, ruleAt, textAt } from './tree.ts';

export type { AccountConfig, SecretSource } from './account.ts';
export type { SeriesConfig } from './series.ts';
export { resolveCallbackToken, resolveCredentials, resolveStatusToken } from './credentials.ts';
export { peekConfig, type PeekedConfig } from './peek.ts';

/** `payrun.yaml`, checked and frozen. Secrets are named in it and never held. */
export interface Config extends Places {
  /** Absolute, as {@link folder}. */
  readonly file: string;
  readonly folder: string;
  /** sha256 of the file's bytes, hexadecimal. */
  readonly digest: string;
  readonly organisation: string;
  /** IANA name. */
  readonly timezone: string;
  readonly duplicateWindowMs: number;
  /** Payments that are open for longer are named. */
  readonly openWarningAfterMs: number;
  /** What becomes of the file of a batch in the drop folder when all of it is paid; a rule may say otherwise. */
  readonly afterPaid: AfterPaid;
  /** Where providers report payments by themselves. */
  readonly callbacks: CallbackPlace;
  /** Where `serve` shows metrics; null: nowhere. */
  readonly status: StatusPlace | null;
  /** Null: nobody has to sign anything. */
  readonly approvals: ApprovalPolicy | null;
  /** What is to happen where a payroll differs from the one before; a rule may say otherwise. */
  readonly changes: ChangeRules;
  readonly accounts: ReadonlyMap<string, AccountConfig>;
  /** Tokens that stand in the file themselves. */
  readonly tokensInFile: readonly TokenInFile[];
  readonly defaults: readonly CsvDefaults[];
  /** Recurring payrolls, by their names. */
  readonly series: ReadonlyMap<string, SeriesConfig>;
}

export interface TokenInFile {
  /** `accounts.salaries.callback_token` */
  readonly place: string;
  /** Physical line from 1. */
  readonly line: number;
  /** The line as it should be: `callback_token: ${SALARIES_CALLBACK_TOKEN}`. */
  readonly right: string;
}

export interface ListenPlace {
  readonly host: string;
  readonly port: number;
}

export interface StatusPlace extends ListenPlace {
  /** Null: this machine only, and whoever asks there. */
  readonly token: AccessToken | null;
}

/** Where `serve`, and a `run` while it works, receive callbacks. */
export interface CallbackPlace extends ListenPlace {
  /** As providers reach it, without a trailing slash; null: they are given no address. */
  readonly publicUrl: string | null;
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
}

/** Something wrong at a place of the configuration that only the rooms of its accounts can tell. */
export interface ConfigFault {
  readonly path: readonly string[];
  readonly message: string;
}

/**
 * Reads the named file, or the first `payrun.yaml` in `from` and the folders above it. Throws {@link PayrunError} (exit 2)
 * that lists every problem at once, each with file, line and a right line.
 *
 * @param check finds what is wrong with a configuration whose form is right.
 */
export async function loadConfig(
  options: { file: string | null; from: string },
  check: (config: Config) => Promise<readonly ConfigFault[]> = () => Promise.resolve([]),
): Promise<Config> {
  const source = findConfig(options);
  const problems = new ConfigProblems(source.file);
  // Imported here so that a caller who only peeks does not load a YAML parser.
  const { readDocument } = await import('./document.ts');
  const document = readDocument(source.bytes, problems);
  if (document === null) return problems.thrown(null);
  const checked = await checkSchema(document, problems);
  checkRules(checked, problems);
  const hours = readAccountHours(checked, source.folder, problems);
  if (problems.hasAny()) return problems.thrown(await ConfigExamples.open(checked.tree));
  const config = freeze(build(source, document, hours));
  for (const { path, message } of await check(config)) problems.add(document.line(path), message, path);
  return problems.hasAny() ? problems.thrown(await ConfigExamples.open(document.tree)) : config;
}

function build(source: ConfigSource, document: ConfigDocument, hours: ReadonlyMap<string, PayingHours>): Config {
  const { tree } = document;
  const path = (text: string): string => resolve(source.folder, text);
  const timezone = textAt(tree, 'timezone') ?? TIMEZONE;
  return {
    file: source.file,
    folder: source.folder,
    digest: source.digest,
    organisation: configText(tree, 'organisation'),
    ...placesOf(source.folder, {
      ledger: textAt(tree, 'ledger'),
      batches: textAt(tree, 'batches'),
      reports: textAt(tree, 'reports'),
    }),
    timezone,
    duplicateWindowMs: checked(parseDuration(textAt(tree, 'duplicate_window') ?? '20d')),
    openWarningAfterMs: checked(parseDuration(textAt(tree, 'open_warning_after') ?? '24h')),
    afterPaid: (textAt(tree, 'after_paid') as AfterPaid | null) ?? 'leave',
    callbacks: buildCallbacks(ruleAt(tree, 'callbacks')),
    status: buildStatus(ruleAt(tree, 'status')),
    approvals: buildApprovals(ruleAt(tree, 'approvals'), path),
    changes: buildChanges(ruleAt(tree, 'changes')),
    accounts: new Map(
      entriesAt(tree, 'accounts').map(([name, account]) => [
        name,
        { ...buildAccount(name, account, path), hours: hours.get(name) ?? null },
      ]),
    ),
    tokensInFile: tokensIn(document),
    defaults: entriesAt(tree, 'defaults').map(([, entry]) => buildDefaults(entry)),
    series: new Map(
      entriesAt(tree, 'series').map(([name, entry]) => [name, buildSeries(name, entry, { timezone, path })]),
    ),
  };
}

/** Of accounts at the built-in simulator no token is used. */
function tokensIn(document: ConfigDocument): readonly TokenInFile[] {
  const { tree } = document;
  const places = entriesAt(tree, 'accounts')
    .filter(([, account]) => textAt(account, 'endpoint') !== 'simulator')
    .map(([name]) => ({ path: ['accounts', name, 'callback_token'], variable: tokenVariable(name) }));
  return [...places, { path: ['status', 'token'], variable: 'PAYRUN_STATUS_TOKEN' }].flatMap(({ path, variable }) => {
    if (buildToken(textAt(tree, ...path))?.kind !== 'text') return [];
    return [{ place: path.join('.'), line: document.line(path), right: `${path.at(-1) ?? ''}: \${${variable}}` }];
  });
}

function buildCallbacks(callbacks: Tree | undefined): CallbackPlace {
  return {
    ...listenPlace(textAt(callbacks, 'listen') ?? '127.0.0.1:8787'),
    publicUrl: textAt(callbacks, 'public_url')?.replace(/\/+$/, '') ?? null,
    trustedProxies: entriesAt(callbacks, 'trusted_proxies').map(([, item]) => configText(item)),
  };
}

function buildStatus(status: Tree | undefined): StatusPlace | null {
  if (status === undefined) return null;
  const listen = textAt(status, 'listen') ?? '127.0.0.1:8788';
  return { ...listenPlace(listen), token: buildToken(textAt(status, 'token')) };
}

/** `127.0.0.1:8787`, `[::1]:8787` */
function listenPlace(listen: string): ListenPlace {
  const colon = listen.lastIndexOf(':');
  return { host: listen.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(listen.slice(colon + 1)) };
}

function buildAccount(name: string, account: Tree, path: (text: string) => string): Omit<AccountConfig, 'hours'> {
  const currency = configText(account, 'currency');
  const rate = ruleAt(account, 'limits', 'rate');
  const rates = typeof rate === 'string' ? [rate] : entriesAt(rate).map(([, item]) => configText(item));
  const maxAmount = textAt(account, 'limits', 'max_amount');
  const concurrency = textAt(account, 'limits', 'concurrency');
  return {
    name,
    provider: configText(account, 'provider'),
    // A base URL and a path are joined with one slash; two would make another path to some servers.
    endpoint: textAt(account, 'endpoint')?.replace(/\/+$/, '') ?? null,
    hasMagic: textAt(account, 'magic') === 'true',
    environment: textAt(account, 'environment') as AccountConfig['environment'],
    currency,
    credentials: Object.fromEntries(
      entriesAt(account, 'credentials').map(([key, secret]) => [key, buildSecret(secret, path)]),
    ),
    options: Object.fromEntries(entriesAt(account, 'options')),
    callbackToken: buildCallbackToken(ruleAt(account, 'callback_token'), path),
    callbackSources: entriesAt(account, 'callback_sources').map(([, item]) => configText(item)),
    statement: statementForm(ruleAt(account, 'statement')),
    limits: {
      rates: rate === undefined ? null : rates.map((item) => checked(parseRate(item))),
      concurrency: concurrency === null ? null : Number(concurrency),
      maxAmountMinor: maxAmount === null ? null : checkedAmount(maxAmount, currency),
    },
    onShort: (textAt(account, 'on_short') as OnShort | null) ?? 'hold',
    ...buildBrakes(account),
  };
}

function buildToken(token: string | null): AccessToken | null {
  if (token === null) return null;
  return token.startsWith('${') ? { kind: 'environment', name: token.slice(2, -1) } : { kind: 'text', text: token };
}

function buildCallbackToken(token: Tree | undefined, path: (text: string) => string): AccessToken | null {
  return typeof token === 'object' ? buildSecret(token, path) : buildToken(token ?? null);
}

function buildSecret(secret: Tree, path: (text: string) => string): SecretSource {
  return typeof secret === 'string'
    ? { kind: 'environment', name: secret.slice(2, -1) }
    : { kind: 'file', path: path(configText(secret, 'file')) };
}

function buildDefaults(entry: Tree): CsvDefaults {
  const priority = textAt(entry, 'priority') as AmountOrder | null;
  return {
    match: configText(entry, 'match'),
    account: buildAccountChoice(ruleAt(entry, 'account')),
    currency: textAt(entry, 'currency'),
    narrative: textAt(entry, 'narrative'),
    series: textAt(entry, 'series'),
    columns: buildTexts(ruleAt(entry, 'columns')),
    encoding: textAt(entry, 'encoding') === 'windows-1252' ? 'windows-1252' : null,
    sheet: textAt(entry, 'sheet'),
    numberFormat: textAt(entry, 'number_format') as NumberFormat | null,
    headerRow: Number(textAt(entry, 'header_row')) || null,
    skip: entriesAt(entry, 'skip').map(([, text]) => configText(text)),
    values: Object.fromEntries(entriesAt(entry, 'values').map(([field, map]) => [field, buildTexts(map)])),
    rounding: textAt(entry, 'rounding') as Rounding | null,
    ...(priority === null ? {} : { priority }),
    debtorAccounts:
      ruleAt(entry, 'debtor_accounts') === undefined ? null : buildTexts(ruleAt(entry, 'debtor_accounts')),
    afterPaid: textAt(entry, 'after_paid') as AfterPaid | null,
    ...changesOfRule(ruleAt(entry, 'changes')),
    ...preparedBy(textAt(entry, 'prepared_by')),
  };
}

function changesOfRule(tree: Tree | undefined): Pick<CsvDefaults, 'changes'> {
  return tree === undefined ? {} : { changes: buildChanges(tree) };
}

function preparedBy(text: string | null): Pick<CsvDefaults, 'preparedBy'> {
  return text === null ? {} : { preparedBy: text.trim() };
}

function buildAccountChoice(account: Tree | undefined): AccountChoice | null {
  if (account === undefined) return null;
  return typeof account === 'string' ? account : buildTexts(account);
}

function buildTexts(tree: Tree | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(entriesAt(tree).map(([key, text]) => [key, configText(text)]));
}

// The checks before `build` promise what the following three ask for; a miss is a bug of ours.

function configText(tree: Tree | undefined, ...path: readonly string[]): string {
  return checked(textAt(tree, ...path));
}

function checked<Value>(value: Value | null): Value {
  if (value === null) throw new Error('the configuration passed its checks and cannot be read');
  return value;
}

function checkedAmount(amount: string, currency: string): bigint {
  const reading = parseAmount(amount, checked(currencyDecimals(currency) ?? null));
  return checked(typeof reading === 'bigint' ? reading : null);
}

/** Freezes the value and everything in it, so that no room can change the configuration of the others. */
function freeze<Value extends object>(value: Value): Value {
  for (const inner of value instanceof Map ? value.values() : Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) freeze(inner as object);
  }
  return Object.freeze(value);
}
