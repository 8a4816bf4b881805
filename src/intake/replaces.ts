import type { PaymentName } from '../domain/payment.ts';
import { isBatchId, readId } from './identifiers.ts';

/** `BATCH/ID`; null for another form. An id may hold slashes, a batch's id holds none. */
export function readReplaces(text: string): PaymentName | null {
  const slash = text.indexOf('/');
  const batch = text.slice(0, Math.max(0, slash)).trim().toLowerCase();
  const reading = readId(text.slice(slash + 1).trim());
  if (slash < 0 || !isBatchId(batch) || !reading.ok) return null;
  return { batch, id: reading.id, idKey: reading.idKey };
}
