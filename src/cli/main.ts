import { statSync } from 'node:fs';
import { exitFor, installPipeGuard } from './last-resort.ts';

/**
 * Parses the arguments and runs the command. A sweep that finds nothing to do never loads more than it needs: it is what cron
 * starts every minute.
 */
export async function main(argv: readonly string[]): Promise<void> {
  installPipeGuard();
  const args = argv.slice(2);
  try {
    process.exitCode = (await idleSweep(args)) ?? (await command(argv));
  } catch (error) {
    process.exitCode = exitFor(error);
  }
}

async function command(argv: readonly string[]): Promise<number> {
  const { runProgram } = await import('./program.ts');
  return runProgram(argv);
}

/**
 * `run FOLDER… --quiet`, as cron runs it: exit 0 where there is nothing to do and nothing to print, else undefined. The command itself
 * looks at everything again, so that this check never has anything to report.
 */
async function idleSweep(args: readonly string[]): Promise<number | undefined> {
  if (args[0] !== 'run') return undefined;
  let config: string | null = null;
  let isQuiet = false;
  const folders: string[] = [];
  for (let at = 1; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--quiet') isQuiet = true;
    else if (arg === '--yes') continue;
    else if (arg === '--config' && args[at + 1] !== undefined) config = args[++at] ?? null;
    else if (arg.startsWith('-')) return undefined;
    else folders.push(arg);
  }
  const allFolders = folders.every((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true);
  if (!isQuiet || folders.length === 0 || !allFolders) return undefined;
  const { isIdleSweep } = await import('../operations/session/idle-sweep.ts');
  const isIdle = await isIdleSweep({ file: config, from: process.cwd() }, folders).catch(() => false);
  return isIdle ? 0 : undefined;
}
