import { createHash } from 'node:crypto';
import { checkSignature, type SignersOfCheck } from '../../approvals/check.ts';
import { countApprovals, isApproved, type ApprovalState, type CheckedSignature } from '../../approvals/count.ts';
import { signaturesNeeded } from '../../approvals/rules.ts';
import { textOfPlan } from '../../approvals/signed-text.ts';
import { missingText } from '../../approvals/words.ts';
import type { Approval, ApprovalPolicy } from '../../domain/approval.ts';
import { formatAmount } from '../../domain/money.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { sumsByCurrency } from '../../domain/totals.ts';
import { PayrunError } from '../../domain/problem.ts';
import type { Plan } from '../../plan/plan.ts';
import type { CleanBatch } from '../batch-options.ts';
import type { Session } from '../session/session.ts';
import { signatureFilesOf } from './signature-files.ts';
import { openSigners } from './signers-file.ts';
import { SshKeygen } from './ssh-keygen.ts';

/** Something that people sign. */
export interface ApprovalSubject {
  /** The file beside which the signatures stand. */
  readonly file: string;
  readonly text: string;
  /** For messages: `this plan`. */
  readonly what: string;
  readonly batch: string;
  readonly command: string;
  readonly needed: number;
  readonly preparedBy: readonly string[];
}

export interface CheckedApprovals {
  readonly subject: ApprovalSubject;
  readonly signers: SignersOfCheck;
  readonly state: ApprovalState;
  /** Of the valid signatures, those that the ledger does not keep yet, as it is to keep them. */
  readonly fresh: readonly Approval[];
}

/** What people sign of a batch. Throws {@link PayrunError} 2 where a secret is missing, so that the plan has no digest. */
export async function planSubject(
  { project, ledger }: Session,
  { policy, batch: { checked, summary }, plan }: { policy: ApprovalPolicy; batch: CleanBatch; plan: Plan },
): Promise<ApprovalSubject> {
  const { header, count, totals } = summary;
  if (plan.planDigest === null) {
    throw new PayrunError(
      2,
      'plan-without-digest',
      `The plan of batch ${header.id} has no digest, because a secret of an account is missing here: what is signed names the place that ` +
        'pays. Approve where the batch is run, with the same credentials. See: payrun accounts',
    );
  }
  const text = textOfPlan({
    organisation: project.config.organisation,
    ledger: (await ledger.identity()).id,
    batch: header.id,
    plan: plan.planDigest,
    count,
    sums: [...sumsByCurrency(totals)].map(([currency, sum]) => `${currency} ${formatAmount(sum, currency)}`).sort(),
  });
  return {
    file: checked.file,
    text,
    what: 'this plan',
    batch: header.id,
    command: 'run',
    // A change under the policy `approve` is signed even where the rules ask nobody.
    needed: Math.max(signaturesNeeded(policy.rules, totals), plan.needsApproval.length > 0 ? 1 : 0),
    preparedBy: header.preparedBy === undefined ? [] : [header.preparedBy],
  };
}

/**
 * Verifies every signature of a subject, beside its file and in the ledger, with the signers as they are now.
 *
 * @param inLedger the approvals that the ledger keeps for the batch, of whatever plan.
 */
export async function checkApprovals(
  { project, system, by }: Pick<Session, 'project' | 'system' | 'by'>,
  policy: ApprovalPolicy,
  subject: ApprovalSubject,
  inLedger: readonly Approval[],
): Promise<CheckedApprovals> {
  const { timezone } = project.config;
  const at = system.clock.now();
  const signers = await openSigners(policy.signers, at, timezone);
  const tool = new SshKeygen(timezone);
  const { text, what, batch, command, needed, preparedBy } = subject;
  const digest = createHash('sha256').update(text).digest('hex');
  const kept = inLedger.filter((approval) => approval.digest === digest);
  const signatures: CheckedSignature[] = [];
  for (const { principal, signature, fault, path } of await signatureFilesOf(subject.file)) {
    const checked = signature === null ? null : { principal, text, signature, what };
    signatures.push(
      checked === null
        ? { principal, result: { kind: 'void', why: `${path} ${fault}` } }
        : await checkSignature(tool, checked, signers),
    );
  }
  for (const { principal, signature } of kept) {
    signatures.push(await checkSignature(tool, { principal, text, signature, what }, signers));
  }
  const state = countApprovals({ needed, signatures, signers: signers.signers, preparedBy, now: signers.now });
  const fresh = state.valid
    .filter(({ principal }) => !kept.some((approval) => approval.principal === principal))
    .map(({ principal, fingerprint, signature }) => {
      return { digest, principal, keyFingerprint: fingerprint, text, signature, batch, command, at, by };
    });
  return { subject, signers, state, fresh };
}

/** What a run must know before it registers and sends. */
export interface PlanApproval {
  /** Null where nobody has to sign. */
  readonly state: ApprovalState | null;
  readonly fresh: readonly Approval[];
  /** Why nothing may be sent; null where enough people have signed. */
  readonly missing: string | null;
}

export const NONE_NEEDED: PlanApproval = { state: null, fresh: [], missing: null };

/** Whether enough people have signed this very plan. Nothing is needed for a batch of which nothing is left to be sent. */
export async function approvalOfPlan(session: Session, batch: CleanBatch, plan: Plan): Promise<PlanApproval> {
  const policy = session.project.config.approvals;
  if (plan.action === 'nothing' || plan.action === 'refuse') return NONE_NEEDED;
  if (policy === null) {
    if (plan.needsApproval.length === 0) return NONE_NEEDED;
    // A change under the policy `approve` is never paid because nobody was named who could sign it.
    const example = 'approvals: { signers: signers, rules: [{ signatures: 1 }] }';
    const message = `Batch ${plan.batch} has changes that somebody has to sign (changes: approve), and payrun.yaml names no signers. Nothing of it was sent. Add: ${example}`;
    return { state: null, fresh: [], missing: message };
  }
  const subject = await planSubject(session, { policy, batch, plan });
  if (subject.needed === 0) return NONE_NEEDED;
  const { state, fresh } = await checkApprovals(
    session,
    policy,
    subject,
    await session.ledger.approvals(subject.batch),
  );
  if (isApproved(state)) return { state, fresh, missing: null };
  const text = missingText(`Batch ${subject.batch}`, state);
  const next = `Nothing of it was sent. To sign: payrun approve ${shellWord(subject.file)}`;
  return { state, fresh: [], missing: `${text} ${next}` };
}
