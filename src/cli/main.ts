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

/** `run FOLDER…` without flags that change what is done, when every file of the folders is settled; else undefined. */
async function idleSweep(args: readonly string[]): Promise<number | undefined> {
  if (args[0] !== 'run') return undefined;
  let config: string | null = null;
  let quiet = false;
  const folders: string[] = [];
  for (let at = 1; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--quiet') quiet = true;
    else if (arg === '--yes') continue;
    else if (arg === '--config' && args[at + 1] !== undefined) config = args[++at] ?? null;
    else if (arg.startsWith('-')) return undefined;
    else folders.push(arg);
  }
  const allFolders = folders.every((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true);
  if (folders.length === 0 || !allFolders) return undefined;
  const { unchangedFolders } = await import('../operations/session/idle-sweep.ts');
  // The command itself reports every error that stops this check.
  const unchanged = await unchangedFolders({ file: config, from: process.cwd() }, folders).catch(() => null);
  if (unchanged === null) return undefined;
  const { statusExit, worstExit } = await import('../operations/exit-code.ts');
  const left = [...unchanged.left];
  if (!quiet) {
    const open = left.length === 0 ? 'all paid' : `some are ${left.join(', ')} (payrun status)`;
    process.stderr.write(
      `Nothing to do: ${unchanged.files === 1 ? 'the one file was' : `all ${unchanged.files} files were`} taken in before; ${open}.\n`,
    );
  }
  return worstExit(left.map(statusExit));
}
