import type { Approval } from '../../domain/approval.ts';
import type { MemoryTables } from './tables.ts';

/** Every function of this file needs an open transaction. */
export function keepApprovals({ approvals: kept }: MemoryTables, approvals: readonly Approval[]): void {
  for (const approval of approvals) {
    const { digest, principal } = approval;
    if (!kept.some((known) => known.digest === digest && known.principal === principal)) kept.push(approval);
  }
}

/** Returns whether they were kept. */
export function useApprovals(tables: MemoryTables, approvals: readonly Approval[]): boolean {
  const digests = new Set(approvals.map(({ digest }) => digest));
  if (tables.approvals.some(({ digest }) => digests.has(digest))) return false;
  keepApprovals(tables, approvals);
  return true;
}
