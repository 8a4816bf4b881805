import { debuglog } from 'node:util';
import { isPayrunError, PayrunError } from '../domain/problem.ts';

const debug = debuglog('payrun');

/** Prints the error that ended a command and returns its exit code. NODE_DEBUG=payrun shows the stack trace. */
export function exitFor(error: unknown): number {
  const known = withExitCode(error);
  debug('%o', error);
  if (known !== null) {
    process.stderr.write(`payrun: ${known.message}\n`);
    return known.exit;
  }
  const what = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `payrun: a bug of ours ended this command: ${what}\n` +
      'Nothing is lost: what was sent is in the ledger, and running the same command again is safe. Please report it.\n',
  );
  return 1;
}

/** Errors that have an exit code; null for bugs. */
export function withExitCode(error: unknown): PayrunError | null {
  if (isPayrunError(error)) return error;
  // Compared by name, so that start-up does not load the ledger.
  if (error instanceof Error && error.name === 'LedgerError' && 'fault' in error) {
    const exit = error.fault === 'move' || error.fault === 'missing' ? 2 : error.fault === 'paused' ? 5 : 6;
    return new PayrunError(exit, `ledger-${String(error.fault)}`, error.message, { cause: error });
  }
  return null;
}

/**
 * An error of an output stream (a reader that went away, a full log disk, a dead terminal) must not end a run that is paying: the
 * messages are lost, the ledger and the report are not.
 */
export function installPipeGuard(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
