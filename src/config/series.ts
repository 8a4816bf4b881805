import { nearest } from '../documents/nearest.ts';
import type { YamlValue as Tree } from '../documents/yaml.ts';
import { entriesAt, textAt, timezoneFault, type ReportFault } from './tree.ts';

/** A recurring payroll that pays by itself: when it comes, and where its payments stand. */
export interface SeriesConfig {
  /** Part of the id of each of its batches: `salaries` → `salaries-2026-11-25`. */
  readonly name: string;
  /** A cron expression of five fields, as written. */
  readonly every: string;
  /** IANA name. */
  readonly timezone: string;
  /** A file that is paid on every date, or a folder whose newest file is. The path is absolute. */
  readonly source: { readonly kind: 'template' | 'folder'; readonly path: string };
  /** The account that pays, whatever the file says; null: the file says it. */
  readonly account: string | null;
  /** The first date that may be paid, `2026-11-25`; null: what comes after payrun has seen the series for the first time. */
  readonly from: string | null;
}

/** @param project.path makes a path of the configuration absolute. */
export function buildSeries(
  name: string,
  entry: Tree,
  project: { readonly timezone: string; path(text: string): string },
): SeriesConfig {
  const template = textAt(entry, 'template');
  const kind = template === null ? 'folder' : 'template';
  return {
    name,
    every: textAt(entry, 'every') ?? '',
    timezone: textAt(entry, 'timezone') ?? project.timezone,
    source: { kind, path: project.path(template ?? textAt(entry, 'folder') ?? '') },
    account: textAt(entry, 'account'),
    from: textAt(entry, 'from'),
  };
}

/** What the schema cannot say of `series:`. Whether an expression ever comes is checked where expressions are read. */
export function seriesAreClear(tree: Tree, report: ReportFault): void {
  const accounts = entriesAt(tree, 'accounts').map(([account]) => account);
  for (const [name, entry] of entriesAt(tree, 'series')) {
    const path = ['series', name];
    const place = path.join('.');
    if (typeof entry !== 'object') continue;
    const sources = ['template', 'folder'].filter((key) => textAt(entry, key) !== null);
    if (sources.length !== 1) {
      const what = sources.length === 0 ? 'does not say what it pays' : 'has a template and a folder';
      const advice = 'Write `template:` for a file that is paid each time, or `folder:` for one whose newest file is.';
      report(path, `${place} ${what}. ${advice}`, `template: templates/${name}.yaml`);
    }
    const timezone = textAt(entry, 'timezone');
    const fault = timezoneFault(timezone);
    if (fault !== null) report([...path, 'timezone'], `${place}.timezone: ${fault}`);
    const from = textAt(entry, 'from');
    if (from !== null && /^\d{4}-\d{2}-\d{2}$/.test(from) && !isFirstDate(from)) {
      report([...path, 'from'], `${place}.from: there is no ${from}. Write a date.`);
    }
    const account = textAt(entry, 'account');
    if (account === null || account === '' || accounts.length === 0 || accounts.includes(account)) continue;
    const near = nearest(account, accounts);
    const advice = near === null ? `There are: ${accounts.join(', ')}.` : `Did you mean \`${near}\`?`;
    const what = `${place}.account names the account \`${account.slice(0, 40)}\`, which accounts: lacks.`;
    report([...path, 'account'], `${what} ${advice}`, `account: ${near ?? accounts[0] ?? ''}`);
  }
}

function isFirstDate(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
