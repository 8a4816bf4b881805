import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { BookEntry, WireEvent } from '../../src/simulator/index.ts';
import { amountText, type BatchFile, type Row } from './files.ts';
import type { Life } from './lives.ts';
import type { Payer } from './payers.ts';

/** Everything that can be known after the last run. */
export interface Evidence {
  readonly payer: Payer;
  readonly reports: string;
  /** Batches that were registered, one for each set of payments. */
  readonly batches: readonly BatchFile[];
  readonly book: readonly BookEntry[];
  /** Every step of every payout, in order. */
  readonly events: readonly WireEvent[];
  /** References whose answer was spoilt by a fault. */
  readonly spoilt: ReadonlySet<string>;
  readonly lives: readonly Life[];
  readonly concurrency: number;
}

export interface AuditResult {
  readonly problems: readonly string[];
  readonly statuses: Readonly<Record<string, number>>;
}

interface Reported {
  readonly row: Row;
  readonly batch: string;
  readonly status: string;
  readonly reference: string;
}

/** Compares the reports with the provider's book and with what passed over the wire. An empty list is a pass. */
export async function audit(evidence: Evidence): Promise<AuditResult> {
  const problems = bookedOnce(evidence.book, evidence.payer);
  const reported: Reported[] = [];
  for (const batch of evidence.batches) reported.push(...(await readReport(evidence, batch, problems)));
  problems.push(...bookAgrees(reported, evidence.book));
  if (!evidence.payer.resends) problems.push(...sentOnce(evidence.events));
  problems.push(...unknownsExplained(reported, evidence));
  const statuses: Record<string, number> = {};
  for (const { status } of reported) statuses[status] = (statuses[status] ?? 0) + 1;
  return { problems, statuses };
}

function bookedOnce(book: readonly BookEntry[], payer: Payer): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const entry of book) {
    const keys = entry.reference === '' ? [] : [`reference ${entry.reference}`];
    for (const key of [...keys, placeOf(entry)]) {
      if (seen.has(key)) problems.push(`PAID TWICE: ${key} (entry ${entry.seq})`);
      seen.add(key);
    }
    if (entry.reference === '' && !payer.isReferenceOptional) problems.push(`entry ${entry.seq} has no reference`);
  }
  return problems;
}

async function readReport(
  { reports, payer }: Evidence,
  { batch, rows }: BatchFile,
  problems: string[],
): Promise<Reported[]> {
  const text = await readFile(join(reports, batch, 'report.csv'), 'utf8').catch(() => null);
  if (text === null) {
    problems.push(`${batch}: there is no report.csv`);
    return [];
  }
  const records = parse(text, { columns: true, bom: true }).map(plainCells);
  if (records.length !== rows.length) problems.push(`${batch}: ${rows.length} rows, ${records.length} in the report`);
  const byId = new Map(records.map((record) => [record.id ?? '', record]));
  const reported: Reported[] = [];
  for (const row of rows) {
    const record = byId.get(row.id);
    const wanted = [
      String(row.line),
      row.destination,
      amountText(row.amountMinor),
      payer.currency,
      payer.provider,
      'demo',
    ];
    const found = ['line', 'destination', 'amount', 'currency', 'provider', 'account'].map((name) => record?.[name]);
    if (record === undefined) problems.push(`${batch}: ${row.id} is not in the report`);
    else if (wanted.join() !== found.join()) problems.push(`${batch}: ${row.id} is reported as ${found.join()}`);
    else if (OPEN.includes(record.status ?? '') && (record.next_action ?? '') === '')
      problems.push(`${batch}: ${row.id} is ${record.status ?? ''} and nobody is told what to do`);
    else reported.push({ row, batch, status: record.status ?? '', reference: record.reference ?? '' });
  }
  await summaryAgrees(reports, payer.currency, batch, reported, problems);
  return reported;
}

/** Reports put an apostrophe before cells that a spreadsheet would run. */
function plainCells(record: unknown): Record<string, string> {
  const cells = Object.entries(record as Record<string, string>);
  return Object.fromEntries(cells.map(([name, cell]) => [name, cell.replace(/^'/, '')]));
}

async function summaryAgrees(
  reports: string,
  currency: string,
  batch: string,
  reported: readonly Reported[],
  problems: string[],
): Promise<void> {
  const summary: unknown = JSON.parse(await readFile(join(reports, batch, 'summary.json'), 'utf8'));
  const minor = new Map<string, bigint>();
  for (const { status, row } of reported) minor.set(status, (minor.get(status) ?? 0n) + row.amountMinor);
  const sums = Object.fromEntries([...minor].sort().map(([status, sum]) => [status, amountText(sum)]));
  const summarySums = (summary as { sums?: Record<string, Record<string, string>> }).sums?.[currency] ?? {};
  const sorted = Object.fromEntries(Object.entries(summarySums).sort());
  if (JSON.stringify(sorted) !== JSON.stringify(sums)) {
    problems.push(
      `${batch}: summary.json says ${JSON.stringify(sorted)}, the report adds up to ${JSON.stringify(sums)}`,
    );
  }
}

function placeOf({ destination, amountMinor }: { readonly destination: string; readonly amountMinor: bigint }): string {
  return `${destination} ${amountText(amountMinor)}`;
}

function bookAgrees(reported: readonly Reported[], book: readonly BookEntry[]): string[] {
  const problems: string[] = [];
  // Where a request carries no reference, what tells payments apart is that no two have destination and amount in common.
  const entries = new Map(book.map((entry) => [entry.reference === '' ? placeOf(entry) : entry.reference, entry]));
  for (const { row, batch, status, reference } of reported) {
    const key = entries.has(reference) ? reference : placeOf(row);
    const entry = entries.get(key);
    entries.delete(key);
    const who = `${batch} ${row.id} (${reference})`;
    if (entry !== undefined && (entry.destination !== row.destination || entry.amountMinor !== row.amountMinor)) {
      problems.push(`${who}: ${entry.destination} got ${amountText(entry.amountMinor)}`);
    }
    const mayBe = mayBeBooked(status, row);
    if (mayBe === null) problems.push(`${who} ended as "${status}"`);
    else if (mayBe !== 'either' && (entry !== undefined) !== (mayBe === 'yes')) {
      problems.push(`${who} is ${status}, and it is ${entry === undefined ? 'not in' : 'in'} the provider's book`);
    }
  }
  for (const entry of entries.values()) problems.push(`entry ${entry.seq} (${entry.reference}) is in no report`);
  return problems;
}

const OPEN: readonly string[] = ['pending', 'unknown'];

/** After the last run nothing is left planned or submitting; null for a status that should not be there. */
function mayBeBooked(status: string, row: Row): 'yes' | 'no' | 'either' | null {
  if (status === 'unknown') return 'either';
  // Taken by a provider that tells later, and not told yet.
  if (status === 'pending' && row.ends === 'paid') return 'either';
  if (row.ends === 'failed') return status === 'failed' ? 'no' : null;
  return status === row.ends ? 'yes' : null;
}

/** Answers after which the same reference may be presented again: they prove that nothing moved. */
const HARMLESS: readonly number[] = [401, 429];

function sentOnce(events: readonly WireEvent[]): string[] {
  const problems: string[] = [];
  const requests = new Map<string, Map<number, WireEvent>>();
  for (const event of events) {
    const ofReference = requests.get(event.reference) ?? new Map<number, WireEvent>();
    const last = ofReference.get(event.ordinal);
    // A request that lost its client is still served; how it left the wire is what counts.
    const isOver = last !== undefined && last.step !== 'received' && last.step !== 'served';
    if (!isOver) ofReference.set(event.ordinal, event);
    requests.set(event.reference, ofReference);
  }
  for (const [reference, ofReference] of requests) {
    const ends = [...ofReference.values()];
    for (const end of ends.slice(0, -1)) {
      // Of an answer that was cut the status had arrived.
      if ((end.step === 'answered' || end.step === 'cut') && HARMLESS.includes(end.status)) continue;
      problems.push(`SENT AGAIN: ${reference} after a request that was ${end.step} with ${end.status}`);
    }
  }
  return problems;
}

/** How long before a kill an answer may have gone out that was not recorded any more. */
const RECORDING_MS = 1_000;

function unknownsExplained(reported: readonly Reported[], { events, spoilt, lives, concurrency }: Evidence): string[] {
  const problems: string[] = [];
  const kills = lives.filter((life) => life.wasKilled);
  let lost = 0;
  for (const { batch, row, status, reference } of reported) {
    if (status !== 'unknown' || spoilt.has(reference)) continue;
    lost += 1;
    const steps = events.filter((event) => event.reference === reference);
    const first = steps[0];
    // Claimed and killed before its request was out: nobody but the ledger knows of it.
    if (first === undefined) continue;
    const answered = steps.findLast((event) => event.step === 'answered')?.at ?? Number.POSITIVE_INFINITY;
    const hit = kills.some((kill) => kill.endedAt >= first.at && kill.endedAt - RECORDING_MS <= answered);
    if (!hit) problems.push(`${batch} ${row.id} (${reference}) is unknown, and no kill explains it`);
  }
  if (lost > kills.length * concurrency)
    problems.push(`${lost} unknown payments are more than ${kills.length} kills explain`);
  return problems;
}
