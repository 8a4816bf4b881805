import { isApproved, type ApprovalState } from '../../approvals/count.ts';
import { missingText } from '../../approvals/words.ts';
import type { ApprovalPolicy } from '../../domain/approval.ts';
import { PayrunError } from '../../domain/problem.ts';
import { totalText } from '../../domain/totals.ts';
import type { BatchOptions } from '../batch-options.ts';
import { unsent, type BatchResult } from '../batch-result.ts';
import { checkFileIfLedger } from '../check-file.ts';
import { planWithBalances } from '../plan.ts';
import { plannedResult } from '../planned-result.ts';
import type { Config } from '../../config/config.ts';
import { withSession, type OperationContext } from '../session/session.ts';
import { SILENT } from '../session/watch.ts';
import type { KeyRequest } from './own-key.ts';
import { sign, type Signed } from './sign.ts';
import { checkApprovals, planSubject, type CheckedApprovals } from './state.ts';

export interface ApproveRequest extends KeyRequest {
  readonly file: string;
  readonly options: BatchOptions;
  /** Whether a person sits at the terminal. */
  readonly isAtTerminal: boolean;
}

/** What a person is shown before the question. */
export interface ApprovalView {
  readonly result: BatchResult;
  /** Null where there is nothing to sign. */
  readonly approvals: ApprovalState | null;
}

export interface ApproveResult extends ApprovalView {
  /** Null where nothing was to be signed. */
  readonly signed: Signed | null;
  readonly isApproved: boolean;
  /** Who is missing now, or that nobody is, as a sentence. */
  readonly sentence: string;
}

/**
 * Shows what `run` would do with a file, and signs it. Nothing is sent or registered.
 *
 * @param show called before the person is asked.
 */
export async function approve(
  context: OperationContext,
  { file, options, ...request }: ApproveRequest,
  show: (view: ApprovalView) => void,
): Promise<ApproveResult> {
  const policy = approvalPolicy(context.project.config);
  const { result, checked } = await plannedForApproval(context, policy, { file, options });
  show({ result, approvals: checked?.state ?? null });
  if (checked === null) {
    return {
      result,
      approvals: null,
      signed: null,
      isApproved: false,
      sentence: result.refused ? '' : nothingText(result),
    };
  }
  const { summary, subject } = checked;
  const about = `${subject.what} of batch ${subject.batch} (${totalText(summary)})`;
  const signed = await sign(context, checked, { ...request, about });
  const sentence = isApproved(signed.state)
    ? `Batch ${subject.batch} has the signatures that it needs.`
    : missingText(`Batch ${subject.batch}`, signed.state);
  return { result, approvals: signed.state, signed, isApproved: isApproved(signed.state), sentence };
}

/** Throws {@link PayrunError} 2 where the configuration asks nobody to sign. */
export function approvalPolicy({ approvals, file }: Config): ApprovalPolicy {
  if (approvals !== null) return approvals;
  throw new PayrunError(
    2,
    'approvals-unset',
    `${file} does not say who has to sign. Add for example: approvals: { signers: signers, rules: [{ signatures: 1 }] }`,
  );
}

interface PlannedForApproval {
  readonly result: BatchResult;
  /** Null where the file is refused, or nothing of it is left to be paid. */
  readonly checked: (CheckedApprovals & { readonly summary: Parameters<typeof totalText>[0] }) | null;
}

async function plannedForApproval(
  context: OperationContext,
  policy: ApprovalPolicy,
  { file, options }: Pick<ApproveRequest, 'file' | 'options'>,
): Promise<PlannedForApproval> {
  const checked = await checkFileIfLedger(context, file, options);
  const { summary } = checked;
  if (summary === null) return { result: { ...unsent(checked), refused: true }, checked: null };
  // Whatever is signed names the ledger, so that the first approval makes it.
  const opening = { command: 'approve', createsLedger: true };
  return withSession({ ...context, watch: SILENT }, opening, async (session) => {
    const batch = { checked, summary };
    const { planned, notes, duration } = await planWithBalances(session, batch, options);
    const about = { problems: [...checked.problems, ...planned.problems], plan: planned, notes, duration };
    if (planned.action === 'refuse') {
      return { result: { ...unsent(checked), ...about, refused: true }, checked: null };
    }
    const result = { ...(await plannedResult(context.project, checked, options.rows)), ...about };
    if (planned.action === 'nothing') return { result, checked: null };
    const subject = await planSubject(session, { policy, batch, plan: planned });
    const approvals = await checkApprovals(session, policy, subject, await session.ledger.approvals(subject.batch));
    return {
      result: { ...result, approvals: approvals.state },
      checked: { ...approvals, summary: summary.totals },
    };
  });
}

function nothingText({ batch }: BatchResult): string {
  return `Nothing of batch ${batch ?? ''} is left to be sent, so that there is nothing to sign.`;
}
