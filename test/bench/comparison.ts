import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG } from '../cli/harness.ts';
import { measure, median, type Line, type Measured } from './measure.ts';

const IGNORED = [
  'joiners',
  'leavers',
  'amount',
  'destination',
  'shared_destination',
  'repeated_person',
  'moved_money',
].map((setting) => `${setting}: ignore`);

/**
 * `plan` of a payroll that is compared with the one before, against `plan` of the same rows with every change ignored, run by run in
 * turn; and its peak memory against that of a payroll of a tenth of the rows.
 */
export async function comparison(folder: string, bin: string, rows: number, rounds: number): Promise<Line[]> {
  const project = join(folder, String(rows));
  await writePayrolls(project, bin, rows);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const without = await planned(project, bin, 'quiet');
    const compared = await planned(project, bin, 'salaries');
    ratios.push(compared.cpuMs / without.cpuMs);
  }
  const ratio = median(ratios);
  const [peak, larger] = [await peakMb(project, bin, rounds), join(folder, String(rows * 10))];
  await writePayrolls(larger, bin, rows * 10);
  const largerPeak = await peakMb(larger, bin, 1);
  return [
    {
      what: `plan with comparison, ${rows} rows, CPU`,
      ours: '',
      theirs: 'plan without',
      ratio: ratio.toFixed(2),
      target: '<= 1.50',
      met: ratio <= 1.5,
    },
    {
      what: `its peak memory at ${rows * 10} rows`,
      ours: `${largerPeak.toFixed(0)} MB`,
      theirs: `${peak.toFixed(0)} MB at ${rows}`,
      ratio: (largerPeak / peak).toFixed(2),
      target: '<= 1.10',
      met: largerPeak <= peak * 1.1,
    },
  ];
}

async function peakMb(project: string, bin: string, rounds: number): Promise<number> {
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round++) peaks.push((await planned(project, bin, 'salaries')).peakMb);
  return Math.max(...peaks);
}

function planned(project: string, bin: string, series: string): Promise<Measured> {
  return succeeded([bin, 'plan', `batches/${series}-2026-11.csv`], project, 0);
}

/** Registers the payroll of October, paused before the first payment is sent, and writes that of November, twice. */
async function writePayrolls(project: string, bin: string, rows: number): Promise<void> {
  mkdirSync(join(project, 'batches'), { recursive: true });
  const rule = (match: string, changes: string): string => `  - { match: "${match}", account: demo${changes} }\n`;
  const config = CONFIG.replaceAll('ENDPOINT', 'simulator').replace(
    / {4}limits: .*/,
    '    limits: { rate: 1000000/s }',
  );
  const rules = [
    rule('salaries-*.csv', ', series: salaries'),
    rule('quiet-*.csv', `, series: salaries, changes: { ${IGNORED.join(', ')} }`),
    rule('*.csv', ''),
  ];
  writeFileSync(join(project, 'payrun.yaml'), config.replace(/defaults:[^]*$/, `defaults:\n${rules.join('')}`));
  const file = (name: string): string => join(project, 'batches', `${name}.csv`);
  // Only a ledger that is there can be paused.
  writeFileSync(file('first'), 'id,name,amount,mobile\nEMP-0,Jane Wanjiku,7.00,+254712345679\n');
  await succeeded([bin, 'run', file('first')], project, 0);
  await succeeded([bin, 'pause', 'demo', '--because', 'bench', '--by', 'bench'], project, 0);
  writeRows(file('salaries-2026-10'), rows, (n) => row(n, {}));
  await succeeded([bin, 'run', file('salaries-2026-10'), '--wait', '0s'], project, 5);
  for (const name of ['salaries-2026-11', 'quiet-2026-11']) writeRows(file(name), rows, nextMonth);
}

interface RowChange {
  readonly id?: number;
  readonly phone?: number;
  readonly factor?: number;
}

/** The simulator's account has ten million: the amounts are small. */
function row(n: number, { id = n, phone = n, factor = 1 }: RowChange): string {
  const amount = (5 + (n % 3)) * factor;
  return `EMP-${String(id).padStart(7, '0')},Jane Wanjiku ${id},${amount}.50,+2547${String(10_000_009 + phone)}\n`;
}

/** Of a thousand people one leaves, one joins, one has a new destination, one another amount, and one the destination of another. */
function nextMonth(n: number): string {
  switch (n % 1000) {
    case 1:
      return '';
    case 2:
      return row(n, { id: n + 5_000_000, phone: n + 10_000_000 });
    case 3:
      return row(n, { phone: n + 20_000_000 });
    case 4:
      return row(n, { factor: 2 });
    case 5:
      return row(n, { phone: n + 1 });
    default:
      return row(n, {});
  }
}

function writeRows(file: string, rows: number, line: (n: number) => string): void {
  const out = openSync(file, 'w');
  let text = 'id,name,amount,mobile\n';
  for (let n = 1; n <= rows; n++) {
    text += line(n);
    if (text.length < 1 << 20) continue;
    writeSync(out, text);
    text = '';
  }
  writeSync(out, text);
  closeSync(out);
}

async function succeeded(args: readonly string[], project: string, code: number): Promise<Measured> {
  const measured = await measure(args, project);
  if (measured.code === code) return measured;
  throw new Error(`${args.join(' ')}: exit ${measured.code}: ${measured.stderr}`);
}
