import type { ContradictionCounts } from '../ledger/contradiction.ts';
import type { BatchStore } from '../ledger/ledger.ts';

/**
 * The contradictions of a batch, as every command counts them. What contradicts a replaced payment is decided with its correction, in
 * another batch: until then it counts here, too.
 */
export async function contradictionsOf(
  ledger: Pick<BatchStore, 'contradictions' | 'correctionsOf'>,
  batch: string,
): Promise<ContradictionCounts | null> {
  const counts = await ledger.contradictions();
  const own = counts.get(batch) ?? null;
  if (own === null || own.undecided > 0 || own.replaced === 0) return own;
  const related = new Set([batch]);
  // A set that grows while it is walked hands out what was added, too.
  for (const one of related) for (const other of await ledger.correctionsOf(one)) related.add(other);
  const undecided = [...related].reduce((sum, one) => sum + (counts.get(one)?.undecided ?? 0), 0);
  return { ...own, undecided };
}
