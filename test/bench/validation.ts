import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG } from '../cli/harness.ts';
import { measure, median, type Line } from './measure.ts';

/** `validate` of a large CSV against one pass of the bare parser over the same file, run by run in turn. */
export async function validation(folder: string, bin: string, rows: number, rounds: number): Promise<Line[]> {
  const file = join(folder, 'large.csv');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'payrun.yaml'), CONFIG.replaceAll('ENDPOINT', 'http://127.0.0.1:9/api/v1'));
  writeRows(file, rows);
  const bare = join(import.meta.dirname, 'bare-pass.ts');
  const ours: number[] = [];
  const theirs: number[] = [];
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const pass = await measure([bare, file], folder);
    const validated = await measure([bin, 'validate', file], folder);
    if (pass.code !== 0 || validated.code !== 0)
      throw new Error(`exit ${pass.code}, ${validated.code}: ${validated.stderr}`);
    theirs.push(pass.wallMs);
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
