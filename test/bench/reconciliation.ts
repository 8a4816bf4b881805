import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { CONFIG } from '../cli/harness.ts';
import { measure, median, type Line, type Measured } from './measure.ts';

const STATEMENT = `    statement: mpesa-organisation\n    limits: { rate: 1000000/s, concurrency: 500 }`;

/**
 * `reconcile` of an organisation statement with one row for each payment, against one pass of the bare parser over the same file, run
 * by run in turn. The payments are registered and never sent: a statement is compared with them as with any other.
 */
export async function reconciliation(folder: string, bin: string, rows: number, rounds: number): Promise<Line[]> {
  const statement = await writePayments(folder, bin, rows);
  const bare = join(import.meta.dirname, 'bare-pass.ts');
  const args = [bin, 'reconcile', '--account', 'demo', '--statement', statement];
  const ratios: number[] = [];
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const theirs = await ended([bare, statement], folder, [0]);
    const ours = await ended(args, folder, [5]);
    ratios.push(ours.cpuMs / theirs.cpuMs);
    peaks.push(ours.peakMb);
  }
  const [ratio, peak] = [median(ratios), Math.max(...peaks)];
  const what = `reconcile, ${rows} rows against ${rows} payments`;
  return [
    {
      what: `${what}, CPU`,
      ours: '',
      theirs: 'bare csv-parse pass',
      ratio: ratio.toFixed(2),
      target: '<= 3.00',
      met: ratio <= 3,
    },
    {
      what: 'its peak memory',
      ours: `${peak.toFixed(0)} MB`,
      theirs: '',
      ratio: '',
      target: '<= 250 MB',
      met: peak <= 250,
    },
  ];
}

/** Registers the payments, paused before the first is sent, and writes the portal's statement of them, newest first. */
async function writePayments(folder: string, bin: string, rows: number): Promise<string> {
  mkdirSync(join(folder, 'batches'), { recursive: true });
  const config = CONFIG.replaceAll('ENDPOINT', 'simulator').replace(/ {4}limits: .*/, STATEMENT);
  writeFileSync(join(folder, 'payrun.yaml'), config);
  writeLines(join(folder, 'batches', 'large.csv'), rows, 'id,name,amount,mobile', (n) => {
    return `EMP-${String(n).padStart(7, '0')},Jane Wanjiku ${n},${10 + (n % 30)}.50,+2547${String(10_000_009 + n)}`;
  });
  // Only a ledger that is there can be paused.
  writeLines(
    join(folder, 'batches', 'first.csv'),
    1,
    'id,name,amount,mobile',
    () => 'EMP-0,Jane Wanjiku,7.00,+254712345679',
  );
  await ended([bin, 'run', 'batches/first.csv'], folder, [0]);
  await ended([bin, 'pause', 'demo', '--because', 'bench', '--by', 'bench'], folder, [0]);
  await ended([bin, 'run', 'batches/large.csv', '--wait', '0s'], folder, [5]);
  const report: string[][] = parse(readFileSync(join(folder, 'reports/large/report.csv'), 'utf8'), { from_line: 2 });
  const statement = join(folder, 'portal.csv');
  writeLines(statement, rows, PORTAL_HEADER, (n) => {
    const [, id = '', , , amount = '', , , , , , , reference = ''] = report[rows - 1 - n] ?? [];
    const details = `Salary Payment to 2547****${id.slice(-3)} - JANE WANJIKU via API. Original conversation ID is ${reference}.`;
    return `R${String(n).padStart(9, '0')},28-11-2026 16:02:08,28-11-2026 16:02:07,${details},Completed,,"-${amount}","586,444.60",true,Salary Payment via API,2547****${id.slice(-3)} - JANE WANJIKU,,`;
  });
  return statement;
}

const PORTAL_HEADER =
  'Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.';

async function ended(args: readonly string[], folder: string, codes: readonly number[]): Promise<Measured> {
  const measured = await measure(args, folder);
  if (measured.code !== null && codes.includes(measured.code)) return measured;
  throw new Error(`${args.join(' ')}: exit ${measured.code}: ${measured.stderr}`);
}

function writeLines(file: string, count: number, header: string, line: (n: number) => string): void {
  const out = openSync(file, 'w');
  let text = `${header}\n`;
  for (let n = 0; n < count; n++) {
    text += `${line(n)}\n`;
    if (text.length < 1 << 20) continue;
    writeSync(out, text);
    text = '';
  }
  writeSync(out, text);
  closeSync(out);
}
