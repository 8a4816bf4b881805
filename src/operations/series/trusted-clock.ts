import { PayrunError } from '../../domain/problem.ts';
import type { BatchOptions } from '../batch-options.ts';
import type { Session } from '../session/session.ts';

/**
 * Refuses to pay an occurrence for the first time while this machine's clock is known to stand wrong: it decides which date has come.
 * Throws {@link PayrunError} 5.
 */
export function requireTrustedClock(
  { clocks }: Pick<Session, 'clocks'>,
  { isFired = false }: Pick<BatchOptions, 'isFired'>,
): void {
  if (!isFired || clocks.isTrusted) return;
  throw new PayrunError(
    5,
    'clock-untrusted',
    'The clock of this machine stands wrong, so that it is not known which dates have come. Nothing of the series was sent. Set the clock ' +
      '(NTP); the next sweep pays what is due then.',
  );
}
