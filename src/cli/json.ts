import { formatAmount } from '../domain/money.ts';
import type { PayrollChange } from '../domain/changes.ts';
import type { PayrunError } from '../domain/problem.ts';
import { countsByStatus, sumTexts } from '../domain/totals.ts';
import { accountNeeds } from '../operations/index.ts';
import type { BatchResult, DisplayedPayment, Exit, PauseResult, PayDuration, Plan } from '../operations/index.ts';

/** The document that `--json` prints for a command that works on batches. */
export function batchDocument(
  exit: Exit,
  results: readonly BatchResult[],
  { failure, hasRows }: { readonly failure: PayrunError | null; readonly hasRows: boolean },
): object {
  return {
    version: 1,
    exit,
    ...(failure === null ? {} : { error: { code: failure.code, message: failure.message } }),
    batches: results.map((result) => ({
      batch: result.batch,
      file: result.file,
      refused: result.refused,
      digest: result.digest,
      ...(result.plan === null ? {} : { plan_digest: result.plan.planDigest }),
      count: result.count,
      counts: Object.fromEntries(countsByStatus(result.tallies)),
      sums: sumTexts(result.tallies),
      simulated: result.simulated,
      contradictions: result.contradictions?.count ?? 0,
      paused: pausedPart(result),
      canary: canaryPart(result),
      sent: result.sent,
      settled_at: result.settledAt === '' ? null : result.settledAt,
      report: result.report,
      ...(result.planFile === undefined ? {} : { plan_file: result.planFile }),
      errors: result.errors,
      issues: result.problems.map(({ severity, file, line, column, field, code, message }) => {
        return { severity, file, line, column, field, code, message };
      }),
      ...(result.proposals === undefined ? {} : { repair: result.proposals }),
      notes: notesOf(result),
      ...(result.plan === null ? {} : { plan: planDocument(result.plan, result.duration ?? null) }),
      ...(result.approvals === undefined ? {} : { approvals: approvalParts(result.approvals) }),
      ...(result.signature === undefined ? {} : { signature: result.signature }),
      ...(result.signed === undefined || result.signed.length === 0 ? {} : { signed: result.signed.map(signedParts) }),
      ...changesPart(result),
      ...(result.registeredAt === undefined
        ? {}
        : { registered_at: result.registeredAt, accounts: accountNamesOf(result) }),
      ...(hasRows || result.isOfPayments === true ? { payments: result.rows.map(paymentDocument) } : {}),
    })),
  };
}

/** What a command changed of payments, or in what a payroll differs from the one before. */
function changesPart({ changes, plan }: BatchResult): object {
  if (changes !== undefined) return { changes };
  if (plan?.compared === undefined || plan.compared === null) return {};
  return { changes: plan.compared.changes.map(changeDocument) };
}

function changeDocument({ kind, policy, id, name, line, was, is, ids, text }: PayrollChange): object {
  return { kind, policy, id, name, line, was, is, ...(ids === undefined ? {} : { ids }), text };
}

function paymentDocument(payment: DisplayedPayment): object {
  const { line, id, name, amount, currency, destination, account, status, reason, reference, receipt } = payment;
  return {
    ...{ line, id, name, amount, currency, destination, account, status, reason },
    next_action: payment.nextAction,
    reference,
    provider_reference: payment.providerReference,
    receipt,
    sent_at: payment.sentAt === '' ? null : payment.sentAt,
    settled_at: payment.settledAt === '' ? null : payment.settledAt,
  };
}

/** The accounts that the payments of a result are paid from, in the order of their names. */
export function accountNamesOf({ tallies }: BatchResult): string[] {
  return [...new Set(tallies.map(({ account }) => account))].sort();
}

/** The document that `--json` prints for `pause` and `resume`. */
export function pauseDocument({ exit, pauses, inForce, sending }: PauseResult): object {
  return {
    version: 1,
    exit,
    pauses: pauses.map(pauseParts),
    in_force: inForce.map(pauseParts),
    sending: sending.map(({ batch, id, reference }) => ({ batch, id, reference })),
  };
}

function notesOf({ notes, canary = null, error }: BatchResult): string[] {
  return [...notes, ...(canary === null ? [] : [canary.text]), ...(error === null ? [] : [error.message])];
}

/** A pause of a person or by `stop_when`; else the canary whose first payments have left. */
function pausedPart({ paused = null, canary = null }: BatchResult): object | null {
  if (paused !== null) return pauseParts(paused);
  const [first] = canary?.canaries ?? [];
  if (canary === null || first === undefined) return null;
  const { batch: name, at } = first;
  return pauseParts({ scope: 'batch', name, by: 'payrun (canary)', at, because: canary.text });
}

function canaryPart({ canary = null }: BatchResult): object | null {
  if (canary === null) return null;
  const accounts = canary.canaries.map(({ account, size, used, waiting }) => ({ account, size, used, waiting }));
  return { waiting: canary.waiting, accounts };
}

function pauseParts({ scope, name, by, at, because }: NonNullable<BatchResult['paused']>): object {
  return { scope, name, by, at: new Date(at).toISOString(), because };
}

function planDocument(plan: Plan, duration: PayDuration | null): object {
  const part = (totals: Plan['fresh']): object[] =>
    totals.map(({ account, currency, kind, count, sumMinor }) => {
      return { account, currency, kind, count, sum: formatAmount(sumMinor, currency) };
    });
  return {
    version: plan.version,
    action: plan.action,
    new: part(plan.fresh),
    resumed: part(plan.resumed),
    skipped: part(plan.skipped),
    blocked: part(plan.blocked),
    compared_with: plan.compared?.against ?? [],
    needs_approval: plan.needsApproval.length,
    duration_ms: duration === null ? null : Math.round(duration.ms),
    held_until: plan.heldUntil === null ? null : new Date(plan.heldUntil).toISOString(),
    balances: accountNeeds(plan).map(({ account, currency, availableMinor, neededMinor, leftMinor, ...need }) => ({
      account,
      currency,
      available: availableMinor === null ? null : formatAmount(availableMinor, currency),
      needed: formatAmount(neededMinor, currency),
      left: leftMinor === null ? null : formatAmount(leftMinor, currency),
      top_up: need.topUpMinor === null ? null : formatAmount(need.topUpMinor, currency),
      top_up_until: need.until === null ? null : new Date(need.until).toISOString(),
    })),
    waits: plan.coverage
      .flatMap(({ shortages }) => shortages)
      .map(({ account, currency, covered, waiting, waitingMinor, missingMinor, first }) => ({
        ...{ account, currency, covered, waiting, first },
        sum: formatAmount(waitingMinor, currency),
        top_up: formatAmount(missingMinor, currency),
      })),
    holds: plan.holds.map(({ kind, account, until, text }) => {
      return { kind, account, until: until === null ? null : new Date(until).toISOString(), text };
    }),
  };
}

/** As `run` and `approve` say it. */
export function approvalParts({ needed, valid, void: voided, maySign }: NonNullable<BatchResult['approvals']>): object {
  return {
    needed,
    missing: Math.max(0, needed - valid.length),
    valid: valid.map(({ principal, fingerprint }) => ({ principal, key: fingerprint })),
    void: voided,
    may_sign: maySign,
  };
}

function signedParts({ principal, keyFingerprint, command, at }: NonNullable<BatchResult['signed']>[number]): object {
  return { principal, key: keyFingerprint, command, at: new Date(at).toISOString() };
}
