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
 * `run FOLDER…`, as cron runs it, where there is nothing to do and nobody who has to do anything: says of each batch what the command
 * itself says, and answers 0; else undefined. The command itself looks at everything again.
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
  if (folders.length === 0 || !allFolders) return undefined;
  const { idleBatches, nothingNewText } = await import('../operations/session/idle-sweep.ts');
  const idle = await idleBatches({ file: config, from: process.cwd() }, folders).catch(() => null);
  if (idle === null) return undefined;
  if (!isQuiet) {
    const { nothingSentText } = await import('./time-text.ts');
    for (const { batch, settledAt } of idle) process.stdout.write(`Batch ${batch}: ${nothingSentText(settledAt)}\n`);
    process.stderr.write(`${nothingNewText(idle.length)}\n`);
  }
  return 0;
}
