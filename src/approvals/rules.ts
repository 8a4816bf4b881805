import type { ApprovalRule } from '../domain/approval.ts';

/** What is to be paid in all. */
export interface PaidSum {
  readonly currency: string;
  readonly sumMinor: bigint;
}

/** How many people have to sign: what the first rule that fits says, and none where no rule fits. */
export function signaturesNeeded(rules: readonly ApprovalRule[], paid: readonly PaidSum[]): number {
  const sums = new Map<string, bigint>();
  for (const { currency, sumMinor } of paid) sums.set(currency, (sums.get(currency) ?? 0n) + sumMinor);
  return rules.find(({ above }) => above === null || isAbove(above, sums))?.signatures ?? 0;
}

function isAbove(above: Readonly<Record<string, bigint>>, sums: ReadonlyMap<string, bigint>): boolean {
  return Object.entries(above).some(([currency, limit]) => (sums.get(currency) ?? 0n) > limit);
}
