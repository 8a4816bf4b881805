import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Status } from '../domain/status.ts';

/** What `summary.json` of an earlier report says of its batch. */
export interface WrittenSummary {
  readonly batch: string;
  /** Null: written by a payrun that did not know the ledger's identity. */
  readonly ledger: { readonly id: string; readonly counter: number } | null;
  /** Whether a provider, and not only the built-in simulator, may have paid something of it. */
  readonly mayBePaid: boolean;
}

/** Statuses of which money may have moved. */
const MAY_BE_PAID: readonly Status[] = ['paid', 'returned', 'pending', 'unknown', 'submitting'];

/** Names of the reports folder that may be batches. Empty where there is no folder. */
export async function reportedNames(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() && !/^[._]/.test(entry.name)).map(({ name }) => name);
}

/** Null where there is no summary, or none that can be read. */
export async function readWrittenSummary(root: string, name: string): Promise<WrittenSummary | null> {
  const text = await readFile(join(root, name, 'summary.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isJsonObject(document)) return null;
  const { ledger, counts, sent_to_provider: sent } = document;
  const has = (status: Status): boolean => isJsonObject(counts) && Number(counts[status] ?? 0) > 0;
  return {
    batch: typeof document['batch'] === 'string' ? document['batch'] : name,
    ledger: isJsonObject(ledger) ? { id: String(ledger['id']), counter: Number(ledger['counter']) } : null,
    // Written by an earlier payrun, a summary does not say where it was paid.
    mayBePaid: sent !== false && MAY_BE_PAID.some(has),
  };
}

function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
