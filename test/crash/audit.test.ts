import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BookEntry, WireEvent } from '../../src/simulator/index.ts';
import { audit, type Evidence } from './audit.ts';
import { amountText, draftRows, type BatchFile } from './files.ts';
import type { Life } from './lives.ts';
import { sellapayPayer } from './payers.ts';

const rows = draftRows(sellapayPayer, 0, 4).map((draft, index) => ({ ...draft, line: index + 2 }));
const batch: BatchFile = { file: 'b.csv', batch: 'b', rows };
const statuses = ['paid', 'unknown', 'paid', 'pending'];

const book: BookEntry[] = rows.map((row, index) => ({
  seq: index + 1,
  at: 1000,
  payer: 'acctSIM0001',
  kind: row.ends === 'pending' ? 'bank' : 'mobile',
  destination: row.destination,
  amountMinor: row.amountMinor,
  feeMinor: 0n,
  currency: 'KES',
  reference: `R${index}`,
  providerReference: `TXN-${index}`,
  name: '',
  narrative: '',
}));

const event = (ordinal: number, step: WireEvent['step'], more: Partial<WireEvent> = {}): WireEvent => ({
  step,
  ordinal,
  route: 'sendFundsToMobile',
  reference: `R${ordinal}`,
  status: step === 'received' ? 0 : 200,
  at: 1000,
  ...more,
});
const events = rows.flatMap((_, index) => [event(index, 'received'), event(index, index === 1 ? 'gone' : 'answered')]);

const killed: Life = {
  number: 1,
  trigger: 'early',
  startedAt: 900,
  endedAt: 1100,
  exit: null,
  wasKilled: true,
  inFlightAtKill: 1,
  stdout: '',
  stderr: '',
};

let reports = '';

beforeEach(async () => {
  reports = await mkdtemp(join(tmpdir(), 'audit-'));
  await mkdir(join(reports, 'b'));
  await report((lines) => lines);
  const [first, unknown, third, pending] = rows.map((row) => row.amountMinor);
  const sums = { paid: (first ?? 0n) + (third ?? 0n), pending: pending ?? 0n, unknown: unknown ?? 0n };
  const texts = Object.fromEntries(Object.entries(sums).map(([status, sum]) => [status, amountText(sum)]));
  await writeFile(join(reports, 'b', 'summary.json'), JSON.stringify({ sums: { KES: texts } }));
});

afterEach(() => rm(reports, { recursive: true }));

async function report(change: (lines: string[]) => string[]): Promise<void> {
  const lines = rows.map((row, index) => {
    const destination = row.destination.replace(/^\+/, "'+");
    const amount = amountText(row.amountMinor);
    return `${row.line},${row.id},${destination},${amount},KES,${statuses[index] ?? ''},demo,sellapay,R${index},look`;
  });
  const header = 'line,id,destination,amount,currency,status,account,provider,reference,next_action';
  await writeFile(join(reports, 'b', 'report.csv'), `${[header, ...change(lines)].join('\r\n')}\r\n`);
}

async function problems(change: Partial<Evidence> = {}): Promise<string> {
  const evidence = { batches: [batch], book, events, spoilt: new Set<string>(), lives: [killed], concurrency: 8 };
  return (await audit({ payer: sellapayPayer, reports, ...evidence, ...change })).problems.join('\n');
}

describe('the audit of a crash test', () => {
  it('passes reports that agree with the book', async () => {
    expect(await problems()).toBe('');
    expect(await problems({ book: book.filter((entry) => entry.reference !== 'R1') })).toBe('');
  });

  it.each([
    ['a payment twice', { book: [...book, ...book.slice(0, 1)] }, 'PAID TWICE: reference R0'],
    [
      'a payment twice under two references',
      { book: [...book, ...book.slice(0, 1).map((entry) => ({ ...entry, reference: 'R9' }))] },
      'PAID TWICE: +254',
    ],
    [
      'money to somebody else',
      { book: book.map((entry) => ({ ...entry, destination: `${entry.destination}0` })) },
      '+2547000000990 got 1000.00',
    ],
    [
      'another amount',
      { book: book.map((entry) => ({ ...entry, amountMinor: entry.amountMinor + 1n })) },
      'got 1000.01',
    ],
    [
      'a paid payment that was not booked',
      { book: book.slice(1) },
      "(R0) is paid, and it is not in the provider's book",
    ],
    [
      'a request again after a lost one',
      { events: [...events, event(9, 'received', { reference: 'R1' })] },
      'SENT AGAIN: R1 after a request that was gone',
    ],
    [
      'a request again after an answered one',
      { events: [...events, event(9, 'received', { reference: 'R0' })] },
      'SENT AGAIN: R0',
    ],
    [
      'an unknown that no kill explains',
      { lives: [{ ...killed, endedAt: 900 }] },
      '(R1) is unknown, and no kill explains it',
    ],
  ])('finds %s', async (_words, change, found) => {
    expect(await problems(change)).toContain(found);
  });

  it('lets a refused token be presented again, and a spoilt answer be unknown', async () => {
    const refused = [event(8, 'received', { reference: 'R0' }), event(8, 'answered', { reference: 'R0', status: 401 })];
    expect(await problems({ events: [...refused, ...events] })).toBe('');
    expect(await problems({ lives: [], spoilt: new Set(['R1']) })).toBe('');
  });

  it.each([
    ['a row that is missing', (lines: string[]) => lines.slice(1), 'EMP-00000 is not in the report'],
    ['a row that stands twice', (lines: string[]) => [...lines, ...lines.slice(0, 1)], '4 rows, 5 in the report'],
    [
      'a failed payment that was booked',
      (lines: string[]) => lines.map((line) => line.replace('paid', 'failed')),
      'ended as "failed"',
    ],
    [
      'a payment that is left planned',
      (lines: string[]) => lines.map((line) => line.replace('pending', 'planned')),
      'ended as "planned"',
    ],
    [
      'another amount in the report',
      (lines: string[]) => lines.map((line) => line.replace('1000.00', '1000.01')),
      'EMP-00000 is reported as',
    ],
    [
      'sums that disagree',
      (lines: string[]) => lines.map((line) => line.replace('unknown', 'paid')),
      'the report adds up to',
    ],
  ])('finds %s', async (_words, change, found) => {
    await report(change);
    expect(await problems()).toContain(found);
  });
});
