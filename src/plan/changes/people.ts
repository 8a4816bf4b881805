import type { Fingerprint } from '../../domain/fingerprint.ts';
import { destinationKey, type Destination } from '../../domain/destination.ts';
import type { PayrollPayment } from '../../domain/payroll.ts';
import type { Status } from '../../domain/status.ts';

/** A name as two spellings of it are compared: capitals, spaces and look-alike forms do not count. */
export function foldedName(name: string): string {
  return name.normalize('NFKC').trim().replace(/\s+/g, ' ').toUpperCase();
}

/** The same for two payments to one person, whatever their ids; null where no name says who it is. */
export function personKey({
  name,
  destination,
}: {
  readonly name: string;
  readonly destination: Destination;
}): string | null {
  const key = foldedName(name);
  return key === '' ? null : JSON.stringify([key, destinationKey(destination)]);
}

export function fingerprintText(print: Fingerprint, text: string, seed = 0): void {
  print.begin();
  if (seed > 0) print.addNumber(seed);
  print.addText(text);
  print.end();
}

const ENDED_UNPAID: readonly Status[] = ['failed', 'cancelled', 'returned'];

/**
 * What an id was to be paid: all payments that stand, or where none does, the last one. A payment that failed and was made once more
 * in another batch is one debt and not two.
 */
export function standing(payments: readonly PayrollPayment[]): readonly PayrollPayment[] {
  if (payments.length < 2) return payments;
  const left = payments.filter(({ status }) => !ENDED_UNPAID.includes(status));
  return left.length > 0 ? left : payments.slice(-1);
}
