import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One finished process, as the operating system saw it. */
export interface Measured {
  readonly wallMs: number;
  readonly peakMb: number;
  readonly code: number | null;
  readonly stderr: string;
}

export const node = process.execPath;

/** Runs a command to its end. Its peak memory is told by itself on its way out. */
export async function measure(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'payrun-bench-'));
  const told = join(folder, 'rss');
  const tell = `import{writeFileSync}from'node:fs';process.on('exit',()=>writeFileSync(${JSON.stringify(told)},String(process.resourceUsage().maxRSS)))`;
  const started = performance.now();
  const child = spawn(node, [`--import=data:text/javascript,${encodeURIComponent(tell)}`, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? cwd, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const wallMs = performance.now() - started;
  const peakMb = Number(readFileSync(told, 'utf8')) / 1024;
  rmSync(folder, { recursive: true });
  return { wallMs, peakMb, code, stderr };
}

/** Start-up times are short enough for the telling to weigh, so they are taken without it. */
export async function wall(args: readonly string[], cwd: string): Promise<number> {
  const started = performance.now();
  const child = spawn(node, args, { cwd, stdio: 'ignore' });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return performance.now() - started;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export interface Line {
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
  readonly ratio: string;
  readonly target: string;
  readonly met: boolean;
}

export function table(lines: readonly Line[]): string {
  const cells = [
    ['what', 'payrun', 'against', 'ratio', 'target', ''],
    ...lines.map((line) => [line.what, line.ours, line.theirs, line.ratio, line.target, line.met ? 'met' : 'MISSED']),
  ];
  const widths = cells[0]?.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0))) ?? [];
  return cells.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`).join('\n');
}
