import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { LedgerError } from '../../ledger/errors.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { ledgerPlace } from '../../ledger/open.ts';
import { readWrittenSummary, reportedNames, type WrittenSummary } from '../../report/summaries.ts';

type ReportPlaces = Pick<Config, 'ledger' | 'reports'>;
type ReadIdentity = Pick<Ledger, 'identity'>;
type PastConfig = Pick<Config, 'ledger' | 'reports' | 'organisation' | 'file'>;

/**
 * Refuses a ledger that is not the one that the reports folder and the configuration are of. Called before a command sends or shows
 * anything. Throws `LedgerError` `behind`.
 *
 * @param records whether the organisation is recorded in a ledger that has none.
 */
export async function checkPast(config: PastConfig, ledger: Ledger, { records }: { records: boolean }): Promise<void> {
  await checkReports(config, await ledger.batchIds());
  const recorded = (await ledger.identity()).organisation;
  if (recorded !== null || records)
    checkOrganisation(config, recorded ?? (await ledger.recordOrganisation(config.organisation)));
}

/**
 * Refuses a ledger that does not know batches which the reports folder shows as paid by a provider, or as perhaps paid: taken for new
 * ones, they would be paid again. Throws `LedgerError` `behind`.
 *
 * @param known ids of the ledger's batches; empty where there is no ledger.
 */
export async function checkReports(config: PastConfig, known: ReadonlySet<string>): Promise<void> {
  const unknown = await unknownReports(config.reports, known);
  if (unknown.length === 0) return;
  const names = unknown.slice(0, 5).map(({ batch }) => batch);
  const more = unknown.length > names.length ? ` and ${unknown.length - names.length} more` : '';
  throw new LedgerError(
    'behind',
    `Ledger ${ledgerPlace(config.ledger)} does not know batch ${names.join(', ')}${more}, of which ${config.reports} says that ` +
      'payments were sent: it is another ledger, a new one, or an older state. Nothing was sent. Put the right ledger back ' +
      `(ledger: in ${config.file} says where), or give another ledger a reports folder of its own. Where it is lost for good: ` +
      'payrun recover',
  );
}

/** The summaries of batches that the ledger does not know and that a provider may have paid. */
export async function unknownReports(reports: string, known: ReadonlySet<string>): Promise<readonly WrittenSummary[]> {
  const unknown: WrittenSummary[] = [];
  for (const name of await reportedNames(reports)) {
    if (known.has(name)) continue;
    const summary = await readWrittenSummary(reports, name);
    if (summary?.mayBePaid === true && !known.has(summary.batch)) unknown.push(summary);
  }
  return unknown;
}

/**
 * Refuses to work a batch whose last report is of another ledger, or of a later state of this one. Throws `LedgerError` `behind`.
 */
export async function checkBatchReport(config: ReportPlaces, ledger: ReadIdentity, batch: string): Promise<void> {
  const fault = await reportFault(config, ledger, batch);
  if (fault === null) return;
  const wayOn = 'Nothing was sent. Put the right ledger back. Where it is lost for good: payrun recover';
  throw new LedgerError('behind', `${fault} ${wayOn}`);
}

/** Why the last report of the batch is not of this ledger, or of a later state of it; null where it is. */
export async function reportFault(config: ReportPlaces, ledger: ReadIdentity, batch: string): Promise<string | null> {
  const summary = await readWrittenSummary(config.reports, batch);
  if (summary === null || summary.ledger === null || !summary.mayBePaid) return null;
  const { id, counter } = await ledger.identity();
  const place = ledgerPlace(config.ledger);
  const file = join(config.reports, batch, 'summary.json');
  if (summary.ledger.id !== id) {
    return `Batch ${batch} was reported from ledger ${summary.ledger.id} (${file}), and ${place} is ledger ${id}.`;
  }
  if (summary.ledger.counter <= counter) return null;
  return (
    `Ledger ${place} went back in time: it has ${counter} changes, and batch ${batch} was reported after ` +
    `${summary.ledger.counter} (${file}).`
  );
}

/** The highest counter that a report says of any ledger; 0 without reports. */
export async function reportedCounter(reports: string): Promise<number> {
  const names = await reportedNames(reports);
  const summaries = await Promise.all(names.map((name) => readWrittenSummary(reports, name)));
  return Math.max(0, ...summaries.map((summary) => summary?.ledger?.counter ?? 0));
}

/** Another organisation gives every payment another reference, so that no provider would know a payment again. */
function checkOrganisation({ organisation, ledger: url, file }: PastConfig, known: string): void {
  if (known === organisation) return;
  throw new LedgerError(
    'behind',
    `Ledger ${ledgerPlace(url)} is of organisation ${known}, and ${file} says organisation: ${organisation}. Nothing was sent. ` +
      `Write organisation: ${known} again; another organisation needs a ledger and a reports folder of its own.`,
  );
}
