import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STATE_HOME } from '../cli/harness.ts';

/** One finished process, as the operating system saw it. */
export interface Measured {
  readonly wallMs: number;
  /** Of the processor, by the process and by the kernel for it. */
  readonly cpuMs: number;
  readonly peakMb: number;
  readonly code: number | null;
  readonly stderr: string;
}

export const node = process.execPath;

/** Runs a command to its end. The process itself reports its peak memory and its CPU time on its way out. */
export async function measure(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'payrun-bench-'));
  const usageFile = join(folder, 'usage.json');
  const report =
    `import{writeFileSync}from'node:fs';process.on('exit',()=>` +
    `writeFileSync(${JSON.stringify(usageFile)},JSON.stringify(process.resourceUsage())))`;
  const started = performance.now();
  const child = spawn(node, [`--import=data:text/javascript,${encodeURIComponent(report)}`, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? cwd, XDG_STATE_HOME: STATE_HOME, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const wallMs = performance.now() - started;
  const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as NodeJS.ResourceUsage;
  rmSync(folder, { recursive: true });
  const cpuMs = (usage.userCPUTime + usage.systemCPUTime) / 1_000;
  return { wallMs, cpuMs, peakMb: usage.maxRSS / 1_024, code, stderr };
}

/** Wall time only: start-up is so short that the report of {@link measure} would weigh in it. */
export async function wall(args: readonly string[], cwd: string): Promise<number> {
  const started = performance.now();
  const child = spawn(node, args, { cwd, env: { ...process.env, XDG_STATE_HOME: STATE_HOME }, stdio: 'ignore' });
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
  return tableOf([
    ['what', 'payrun', 'against', 'ratio', 'target', ''],
    ...lines.map((line) => [line.what, line.ours, line.theirs, line.ratio, line.target, line.met ? 'met' : 'MISSED']),
  ]);
}

export function tableOf(cells: readonly (readonly string[])[]): string {
  const widths = cells[0]?.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0))) ?? [];
  return cells.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`).join('\n');
}
