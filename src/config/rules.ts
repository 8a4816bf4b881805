import { isIP } from 'node:net';
import { parseDuration } from '../domain/duration.ts';
import { currencyDecimals, parseAmount } from '../domain/money.ts';
import { approvalRulesAreReached } from './approvals.ts';
import { changeAmountsFit } from './changes.ts';
import { nearest } from '../documents/nearest.ts';
import type { YamlValue as Tree } from '../documents/yaml.ts';
import type { ConfigDocument } from './document.ts';
import type { ConfigProblems } from './problems.ts';
import { seriesAreClear } from './series.ts';
import { entriesAt, ruleAt, textAt, timezoneFault, type ConfigRule, type ReportFault } from './tree.ts';

/** The rules that the schema cannot express. Each adds to the problems, and none stops at the first. The tree may be of any form. */
export function checkRules(document: ConfigDocument, problems: ConfigProblems): void {
  for (const rule of RULES) {
    rule(document.tree, (path, message, example) => problems.add(document.line(path), message, example ?? path));
  }
}

const RULES: readonly ConfigRule[] = [
  timezoneIsKnown,
  durationsAreReadable,
  currenciesAreKnown,
  endpointsAreSafe,
  magicIsOfTheSimulator,
  publicUrlIsSafe,
  callbackTokensAreDistinct,
  callbackSourcesAreAddresses,
  statusIsGuarded,
  hostsNeedAnEnvironment,
  amountsFitTheirCurrency,
  approvalRulesAreReached,
  changeAmountsFit,
  defaultsNameKnownAccounts,
  seriesAreClear,
  variablesStandUnderCredentialsOnly,
];

function timezoneIsKnown(tree: Tree, report: ReportFault): void {
  const timezone = textAt(tree, 'timezone');
  const fault = timezoneFault(timezone);
  if (fault !== null) report(['timezone'], `timezone: ${fault}`);
}

function durationsAreReadable(tree: Tree, report: ReportFault): void {
  for (const key of ['duplicate_window', 'open_warning_after']) {
    const text = textAt(tree, key);
    // Syntax is the schema's; what is left is a number past all reason.
    if (text !== null && /^\d{1,9}(ms|s|m|h|d)$/.test(text) && parseDuration(text) === null) {
      report([key], `${key}: longer than ten years.`);
    }
  }
}

function currenciesAreKnown(tree: Tree, report: ReportFault): void {
  const places = [
    ...entriesAt(tree, 'accounts').map(([name]) => ['accounts', name, 'currency']),
    ...entriesAt(tree, 'defaults').map(([index]) => ['defaults', index, 'currency']),
  ];
  for (const path of places) {
    const currency = textAt(tree, ...path);
    if (currency === null || !/^[A-Z]{3}$/.test(currency) || currencyDecimals(currency) !== undefined) continue;
    report(
      path,
      `${path.join('.')}: payrun does not know the currency ${currency}. Write an ISO 4217 code, such as KES.`,
    );
  }
}

function endpointsAreSafe(tree: Tree, report: ReportFault): void {
  for (const [name] of entriesAt(tree, 'accounts')) {
    const path = ['accounts', name, 'endpoint'];
    const endpoint = textAt(tree, ...path);
    if (endpoint === null || !/^https?:\/\//.test(endpoint)) continue;
    const fault = endpointFault(endpoint);
    // The address itself stays unsaid: it may carry a password.
    if (fault !== null) report(path, `${path.join('.')}: ${fault}`, 'endpoint: https://pay.example.org/api/v1');
  }
}

/** Magic values are the built-in simulator's; at an address payrun cannot switch them. */
function magicIsOfTheSimulator(tree: Tree, report: ReportFault): void {
  for (const [name, account] of entriesAt(tree, 'accounts')) {
    if (ruleAt(account, 'magic') === undefined || textAt(account, 'endpoint') === 'simulator') continue;
    const path = ['accounts', name, 'magic'];
    const advice = 'Remove it; simulators that run by themselves take it as a flag: payrun simulate --magic.';
    report(path, `${path.join('.')}: only an account with \`endpoint: simulator\` has it. ${advice}`);
  }
}

function endpointFault(endpoint: string): string | null {
  const url = URL.parse(endpoint);
  if (url === null || /\s/.test(endpoint))
    return 'This is not an address. Write one such as https://pay.example.org/api/v1.';
  if (url.username !== '' || url.password !== '') {
    return 'An address must not carry a user name or password. Write them under credentials.';
  }
  if (endpoint.includes('?') || endpoint.includes('#'))
    return 'An address ends with its path. Remove what follows ? or #.';
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return 'Payments leave this machine over https only. Write https:// (http is for 127.0.0.1, [::1] and localhost).';
  }
  return null;
}

function publicUrlIsSafe(tree: Tree, report: ReportFault): void {
  const path = ['callbacks', 'public_url'];
  const publicUrl = textAt(tree, ...path);
  if (publicUrl === null || !/^https?:\/\//.test(publicUrl)) return;
  const fault = endpointFault(publicUrl);
  if (fault !== null) report(path, `callbacks.public_url: ${fault}`);
}

/** With one token two accounts would take each other's callbacks. */
function callbackTokensAreDistinct(tree: Tree, report: ReportFault): void {
  const seen = new Map<string, string>();
  for (const [name] of entriesAt(tree, 'accounts')) {
    const path = ['accounts', name, 'callback_token'];
    const token = textAt(tree, ...path) ?? textAt(tree, ...path, 'file');
    if (token === null) continue;
    const other = seen.get(token);
    if (other !== undefined) {
      report(
        path,
        `accounts.${name}.callback_token is that of account ${other}. Give each account a token of its own.`,
        `callback_token: \${${tokenVariable(name)}}`,
      );
    }
    seen.set(token, name);
  }
}

function callbackSourcesAreAddresses(tree: Tree, report: ReportFault): void {
  const places = [
    ['callbacks', 'trusted_proxies'],
    ...entriesAt(tree, 'accounts').map(([name]) => ['accounts', name, 'callback_sources']),
  ];
  for (const path of places) {
    for (const [index, item] of entriesAt(tree, ...path)) {
      if (typeof item !== 'string' || isAddressOrNetwork(item)) continue;
      report(
        [...path, index],
        `${path.join('.')}: write IP addresses or networks, such as 196.201.214.200 or 10.0.0.0/8.`,
      );
    }
  }
}

/** Name of an environment variable for the callback token of an account. */
export function tokenVariable(account: string): string {
  return `${account.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_CALLBACK_TOKEN`;
}

/** Metrics say how many payments are open; whoever is outside this machine needs the token for that. */
function statusIsGuarded(tree: Tree, report: ReportFault): void {
  const listen = textAt(tree, 'status', 'listen');
  if (listen === null || textAt(tree, 'status', 'token') !== null) return;
  const host = listen.slice(0, listen.lastIndexOf(':'));
  if (isLoopback(host)) return;
  const advice = 'Add `token: ${NAME}`, or listen on 127.0.0.1.';
  report(['status', 'listen'], `status.listen: other machines may look there only with a token. ${advice}`);
}

function isAddressOrNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function hostsNeedAnEnvironment(tree: Tree, report: ReportFault): void {
  for (const [name, account] of entriesAt(tree, 'accounts')) {
    if (typeof account === 'string' || ruleAt(account, 'endpoint') !== undefined) continue;
    if (ruleAt(account, 'environment') !== undefined) continue;
    const advice = 'Write `endpoint: simulator` to rehearse, `environment: live` to pay, or an address as endpoint.';
    const what = `accounts.${name} does not say where to send its payments.`;
    report(['accounts', name], `${what} ${advice}`, 'endpoint: simulator');
  }
}

function amountsFitTheirCurrency(tree: Tree, report: ReportFault): void {
  for (const [name, account] of entriesAt(tree, 'accounts')) {
    const currency = textAt(account, 'currency') ?? '';
    const decimals = currencyDecimals(currency);
    if (decimals === undefined) continue;
    const path = ['accounts', name, 'limits', 'max_amount'];
    const text = textAt(account, 'limits', 'max_amount');
    const reading = text === null ? null : parseAmount(text, decimals);
    if (reading === 'zero')
      report(path, `${path.join('.')}: zero would allow no payment. Write the largest one, or remove it.`);
    if (reading === 'decimals') report(path, `${path.join('.')}: ${currency} has ${decimals} decimals. Write no more.`);
    for (const [option, value] of entriesAt(account, 'options')) {
      if (typeof value !== 'string' || !/(^|_)(amount|fee)$/.test(option)) continue;
      if (parseAmount(value, decimals) !== 'decimals') continue;
      const where = ['accounts', name, 'options', option];
      report(where, `${where.join('.')}: ${currency} has ${decimals} decimals. Write no more.`);
    }
  }
}

function defaultsNameKnownAccounts(tree: Tree, report: ReportFault): void {
  const known = entriesAt(tree, 'accounts').map(([name]) => name);
  for (const [index] of entriesAt(tree, 'defaults')) {
    const path = ['defaults', index, 'account'];
    const debtors = ['defaults', index, 'debtor_accounts'];
    // One account, or one for each kind of destination, or one for each debtor of a message.
    const named = [path, debtors].flatMap((choice) => entriesAt(tree, ...choice).map(([key]) => [...choice, key]));
    for (const choice of [path, ...named]) {
      const account = textAt(tree, ...choice);
      if (account === null || account === '' || known.includes(account)) continue;
      const near = nearest(account, known);
      // Without accounts, that is the fault to report.
      const right = near ?? known[0];
      if (right === undefined) continue;
      const advice = near === null ? `There are: ${known.join(', ')}.` : `Did you mean \`${near}\`?`;
      const what = `names the account \`${account.slice(0, 40)}\`, which accounts: lacks. ${advice}`;
      report(choice, `${choice.join('.')} ${what}`, `${choice.at(-1) ?? 'account'}: ${right}`);
    }
  }
}

function variablesStandUnderCredentialsOnly(tree: Tree, report: ReportFault): void {
  const walk = (node: Tree, path: readonly string[]): void => {
    if (typeof node === 'object') {
      for (const [key, value] of Object.entries(node)) walk(value, [...path, key]);
      return;
    }
    const isOfAccount = path[0] === 'accounts' && (path[2] === 'credentials' || path[2] === 'callback_token');
    const secret = isOfAccount || path.join('.') === 'status.token';
    if (secret || !/\$\{[A-Za-z0-9_]*\}/.test(node)) return;
    report(path, `${path.join('.')}: \${…} is read under credentials only. Write the value itself.`);
  };
  walk(tree, []);
}
