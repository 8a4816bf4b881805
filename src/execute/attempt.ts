import type { Outcome } from '../domain/outcome.ts';
import type { AttemptResult, Claim } from '../ledger/records.ts';

/**
 * What an outcome is in the ledger: the status that this attempt leads to, and whether there was a request at all. `planned`
 * says that the attempt moved nothing; what that means for a payment that was sent before is the ledger's rule.
 */
export function attemptResult(claim: Claim, outcome: Outcome, at: number, by: string): AttemptResult {
  const result = { claim, evidence: outcome.evidence, feeMinor: null, at, by };
  switch (outcome.kind) {
    case 'paid':
      return { ...result, status: 'paid', left: true, feeMinor: outcome.feeMinor ?? null };
    case 'pending':
    case 'failed':
    case 'unknown':
      return { ...result, status: outcome.kind, left: true };
    case 'throttled':
    case 'stop':
      // The provider refused before it moved anything. The request did leave, so budgets and counts include it.
      return { ...result, status: 'planned', left: true };
    case 'not-sent':
      return { ...result, status: 'planned', left: false };
  }
}

/** Outcome of a claimed payment that was not sent because the run ended first. */
export const DRAINED: Outcome = {
  kind: 'not-sent',
  evidence: { code: 'drained', reason: 'The run ended before this payment was sent.' },
};

/** Outcome when an adapter throws: how far the request got is not known. */
export const BUG: Outcome = {
  kind: 'unknown',
  evidence: {
    code: 'bug',
    reason: 'payrun failed while this payment was being sent; whether it was paid is not known.',
  },
};
