import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG } from '../cli/harness.ts';
import { writeWorkbook, type WrittenCell } from '../workbook/workbook-writer.ts';
import { measure, median, type Line, type Measured } from './measure.ts';
import type { WorkloadFactory } from './workload.ts';

/** `validate` of a large workbook. */
export function workbookOf(rows: number): WorkloadFactory {
  return (folder, bin) => {
    const file = writeBook(folder, rows);
    return Promise.resolve({
      name: `validate, workbook of ${rows} rows`,
      sample: async () => {
        const { wallMs, cpuMs, peakMb } = await endedWell([bin, 'validate', file], folder);
        return { 'wall ms': wallMs, 'CPU µs per row': (cpuMs * 1_000) / rows, 'peak MB': peakMb };
      },
    });
  };
}

/** `validate` of a large workbook against one pass of read-excel-file over it, run by run in turn: the CPU time of both. */
export async function workbook(folder: string, bin: string, rows: number, rounds: number): Promise<Line[]> {
  const file = writeBook(folder, rows);
  const bare = join(import.meta.dirname, 'bare-workbook-pass.ts');
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    theirs.push(await endedWell([bare, file], folder));
    ours.push(await endedWell([bin, 'validate', file], folder));
  }
  const seconds = (all: readonly Measured[]): string =>
    `${(median(all.map(({ cpuMs }) => cpuMs)) / 1_000).toFixed(2)} s CPU`;
  const peakOf = (all: readonly Measured[]): number => Math.max(...all.map(({ peakMb }) => peakMb));
  const ratio = median(ours.map(({ cpuMs }, at) => cpuMs / (theirs[at]?.cpuMs ?? cpuMs)));
  return [
    {
      what: `validate, workbook of ${rows} rows, whole process`,
      ours: seconds(ours),
      theirs: `${seconds(theirs)} (bare read-excel-file pass)`,
      ratio: ratio.toFixed(2),
      target: '<= 1.20',
      met: ratio <= 1.2,
    },
    {
      what: 'its peak memory',
      ours: `${peakOf(ours).toFixed(0)} MB`,
      theirs: `${peakOf(theirs).toFixed(0)} MB`,
      ratio: '',
      target: '<= 250 MB',
      met: peakOf(ours) <= 250,
    },
  ];
}

async function endedWell(args: readonly string[], folder: string): Promise<Measured> {
  const measured = await measure(args, folder);
  if (measured.code === 0) return measured;
  throw new Error(`${args.join(' ')}: exit ${measured.code}: ${measured.stderr}`);
}

/** Ten columns, as a payroll has them: texts of a person, texts that many share, and numbers. */
function writeBook(folder: string, rows: number): string {
  const file = join(folder, 'large.xlsx');
  mkdirSync(folder, { recursive: true });
  const rule = '  - match: "*.xlsx"\n    account: demo\n';
  writeFileSync(join(folder, 'payrun.yaml'), CONFIG.replaceAll('ENDPOINT', 'http://127.0.0.1:9/api/v1') + rule);
  const header = ['id', 'name', 'amount', 'mobile', 'department', 'basic', 'allowance', 'tax', 'fund', 'branch'];
  const people = Array.from({ length: rows }, (_, n): readonly WrittenCell[] => [
    `EMP-${String(n).padStart(7, '0')}`,
    `Jane Wanjiku ${n}`,
    1_000.5 + (n % 5_000),
    `+2547${String(10_000_000 + n)}`,
    'Operations',
    900 + (n % 5_000),
    100,
    55.25,
    17.5,
    'Nairobi West',
  ]);
  writeFileSync(file, writeWorkbook([{ name: 'Sheet1', rows: [header, ...people] }]));
  return file;
}
