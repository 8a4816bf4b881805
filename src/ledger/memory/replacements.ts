import type { Payment, RefusedReplacement } from '../../domain/payment.ts';
import { confirmedAt } from '../earlier-references.ts';
import { replacementRefusal, type ChainMember, type ReplacementCheck } from '../replacement-chain.ts';
import type { KeptPayment, MemoryTables } from './tables.ts';

/** The payment and all that stand for the same debt, oldest first. */
export function chainOf(tables: MemoryTables, key: number): ChainMember[] {
  const keys = new Set([key]);
  for (let size = 0; size < keys.size;) {
    size = keys.size;
    for (const [payment, replaced] of tables.replacements) {
      if (keys.has(payment) || keys.has(replaced)) keys.add(payment).add(replaced);
    }
  }
  return [...keys].sort((a, b) => a - b).flatMap((one) => memberOf(tables, tables.find(one)) ?? []);
}

/** What a row of a new batch takes the place of, or why it may not. */
export function checkedCorrection(
  tables: MemoryTables,
  { id, line, replaces }: Payment,
  { batch, check, taken }: { readonly batch: string; readonly check: ReplacementCheck; readonly taken: Set<number> },
): readonly ChainMember[] | RefusedReplacement {
  const refused = (message: string): RefusedReplacement => ({ line, id, message });
  if (replaces === undefined) return [];
  const name = `${replaces.batch}/${replaces.id}`;
  if (replaces.batch === batch) {
    return refused(`${name} is a row of this batch itself. A correction stands in a file of its own.`);
  }
  const named = memberOf(tables, tables.byId(replaces.batch, replaces.idKey));
  if (named === null) return refused(`The ledger has no payment ${name} that could be replaced.`);
  const chain = chainOf(tables, named.key);
  const refusal = replacementRefusal(named, chain, check);
  if (refusal !== null) return refused(refusal);
  const oldest = chain[0]?.key ?? 0;
  if (taken.has(oldest))
    return refused(`${name} is replaced by an earlier row of this file already. Keep one of the two.`);
  taken.add(oldest);
  return chain;
}

/** Null where a changed payment goes on standing for the debt that it stood for. */
export function changedCorrection(
  tables: MemoryTables,
  found: KeptPayment,
  { id, line, replaces }: Payment,
): RefusedReplacement | null {
  const chain = chainOf(tables, found.key);
  if (replaces === undefined && chain[0]?.key === found.key) return null;
  const named = replaces === undefined ? undefined : tables.byId(replaces.batch, replaces.idKey);
  if (named !== undefined && named.key !== found.key && chain.some(({ key }) => key === named.key)) return null;
  const message = `What ${id} replaces cannot be changed by --amend. Cancel it, and put the row into a new file.`;
  return { line, id, message };
}

function memberOf(tables: MemoryTables, stored: KeptPayment | undefined): ChainMember | null {
  if (stored === undefined) return null;
  const { key, state, content } = stored;
  const name = `${state.batch}/${content.id}`;
  return {
    key,
    name,
    state,
    hasUnprocessedCallback: tables.isNamedByUnprocessed(stored),
    earlierConfirmedAt: earlierConfirmedAt(tables, stored),
  };
}

export function earlierConfirmedAt(tables: MemoryTables, { key }: KeptPayment): number | null {
  const resting = [...tables.earlier.values()].filter((earlier) => earlier.payment === key && earlier.restsOnPerson);
  return resting.length === 0 ? null : Math.min(...resting.map(confirmedAt));
}
