import { readDocument } from './document.ts';
import { findConfig } from './find.ts';
import type { PeekedConfig } from './peek.ts';
import { placesOf, TIMEZONE } from './places.ts';
import { ConfigProblems } from './problems.ts';
import { entriesAt, ruleAt, textAt } from './tree.ts';

/**
 * What {@link PeekedConfig} has, read with the YAML parser and nothing else: for files with quotes, flow maps or anything else that no
 * reading line by line understands. Null for a file that is no YAML mapping, or whose ledger is no file. Throws as `loadConfig` when
 * there is no file.
 */
export function parsedPlaces(where: { readonly file: string | null; readonly from: string }): PeekedConfig | null {
  const { file, folder, bytes, digest } = findConfig(where);
  const problems = new ConfigProblems(file);
  const document = readDocument(bytes, problems);
  if (document === null || problems.hasAny()) return null;
  const { tree } = document;
  const ledger = textAt(tree, 'ledger');
  if (ledger !== null && !ledger.startsWith('sqlite:')) return null;
  const values = { ledger, batches: textAt(tree, 'batches'), reports: textAt(tree, 'reports') };
  const rules = entriesAt(tree, 'defaults').map(([, rule]) => textAt(rule, 'after_paid'));
  const hasSeries = ruleAt(tree, 'series') !== undefined;
  const mayMovePaid = [textAt(tree, 'after_paid'), ...rules].some((afterPaid) => afterPaid !== null);
  return {
    file,
    folder,
    digest,
    mayMovePaid,
    hasSeries,
    timezone: textAt(tree, 'timezone') ?? TIMEZONE,
    ...placesOf(folder, values),
  };
}
