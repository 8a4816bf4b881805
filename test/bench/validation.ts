import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG } from '../cli/harness.ts';
import { measure, median, type Line, type Measured } from './measure.ts';
import type { WorkloadFactory } from './workload.ts';

/** `validate` of a large CSV. */
export function validationOf(rows: number): WorkloadFactory {
  return (folder, bin) => {
    const file = writeProject(folder, rows);
    return Promise.resolve({
      name: `validate, ${rows} rows`,
      sample: async () => {
        const { wallMs, cpuMs, peakMb } = await succeeded([bin, 'validate', file], folder);
        return { 'wall ms': wallMs, 'CPU µs per row': (cpuMs * 1_000) / rows, 'peak MB': peakMb };
      },
    });
  };
}

/** `validate` of a large CSV against one pass of the bare parser over the same file, run by run in turn. */
export async function validation(folder: string, bin: string, rows: number, rounds: number): Promise<Line[]> {
  const file = writeProject(folder, rows);
  const bare = join(import.meta.dirname, 'bare-pass.ts');
  const ours: number[] = [];
  const theirs: number[] = [];
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round++) {
    theirs.push((await succeeded([bare, file], folder)).wallMs);
    const validated = await succeeded([bin, 'validate', file], folder);
    ours.push(validated.wallMs);
    peaks.push(validated.peakMb);
  }
  const ratio = median(ours.map((ms, at) => ms / (theirs[at] ?? ms)));
  const peak = Math.max(...peaks);
  return [
    {
      what: `validate, ${rows} rows, whole process`,
      ours: `${(median(ours) / 1_000).toFixed(2)} s`,
      theirs: `${(median(theirs) / 1_000).toFixed(2)} s (bare csv-parse pass)`,
      ratio: ratio.toFixed(2),
      target: '<= 2.00',
      met: ratio <= 2,
    },
    {
      what: 'its peak memory',
      ours: `${peak.toFixed(0)} MB`,
      theirs: '',
      ratio: '',
      target: '< 200 MB',
      met: peak < 200,
    },
  ];
}

async function succeeded(args: readonly string[], folder: string): Promise<Measured> {
  const measured = await measure(args, folder);
  if (measured.code === 0) return measured;
  throw new Error(`${args.join(' ')}: exit ${measured.code}: ${measured.stderr}`);
}

function writeProject(folder: string, rows: number): string {
  const file = join(folder, 'large.csv');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'payrun.yaml'), CONFIG.replaceAll('ENDPOINT', 'http://127.0.0.1:9/api/v1'));
  writeRows(file, rows);
  return file;
}

function writeRows(file: string, rows: number): void {
  const out = openSync(file, 'w');
  let text = 'id,name,amount,mobile,department\n';
  for (let n = 0; n < rows; n++) {
    text += `EMP-${String(n).padStart(7, '0')},Jane Wanjiku ${n},${1_000 + (n % 5_000)}.50,+2547${String(10_000_000 + n)},Operations\n`;
    if (text.length > 1 << 20) {
      writeSync(out, text);
      text = '';
    }
  }
  writeSync(out, text);
  closeSync(out);
}
