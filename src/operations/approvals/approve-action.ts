import type { Action } from '../../approvals/action.ts';
import { isApproved, type ApprovalState } from '../../approvals/count.ts';
import { missingText } from '../../approvals/words.ts';
import { PayrunError } from '../../domain/problem.ts';
import type { OperationContext } from '../session/session.ts';
import { entryAuthor } from '../session/who.ts';
import { openAction } from './action-file.ts';
import { approvalPolicy, type ApproveRequest } from './approve.ts';
import { actionSignatures, actionSubject } from './permission.ts';
import { sign, type Signed } from './sign.ts';
import { checkApprovals } from './state.ts';

export interface ApprovedAction {
  readonly action: Action;
  readonly approvals: ApprovalState;
  readonly signed: Signed;
  readonly isApproved: boolean;
  /** Who is missing now, or that nobody is, as a sentence. */
  readonly sentence: string;
}

/**
 * Shows what an action would do, and signs it. The ledger is not read: the command that does the action refuses one that does not fit any more.
 *
 * @param show called before the person is asked.
 */
export async function approveAction(
  context: OperationContext,
  { file, ...request }: Omit<ApproveRequest, 'options'>,
  show: (action: Action, approvals: ApprovalState) => void,
): Promise<ApprovedAction> {
  const { project, system } = context;
  const policy = approvalPolicy(project.config);
  const opened = await openAction(file, null);
  const { action } = opened;
  if (action.organisation !== project.config.organisation) {
    const message = `${file} is of organisation ${action.organisation}, and ${project.config.file} is of ${project.config.organisation}.`;
    throw new PayrunError(2, 'action-of-another', message);
  }
  const subject = actionSubject(opened, actionSignatures(policy, action));
  const by = entryAuthor(system.who, 'approve');
  const checked = await checkApprovals({ project, system, by }, policy, subject, []);
  show(action, checked.state);
  const count = action.payments.length === 1 ? '1 payment' : `${action.payments.length} payments`;
  const signed = await sign(context, checked, { ...request, about: `this action (${action.command}, ${count})` });
  const isEnough = isApproved(signed.state);
  const sentence = isEnough
    ? `${file} has the signatures that it needs. To do it: payrun ${action.command} --action ${file}`
    : missingText(file, signed.state);
  return { action, approvals: signed.state, signed, isApproved: isEnough, sentence };
}
