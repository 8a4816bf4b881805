import {
  actionDigest,
  actionFault,
  actionSums,
  paidSums,
  type Action,
  type ActionCommand,
  type ActionPayment,
} from '../../approvals/action.ts';
import { isApproved } from '../../approvals/count.ts';
import { signaturesNeeded } from '../../approvals/rules.ts';
import { textOfAction } from '../../approvals/signed-text.ts';
import { missingText } from '../../approvals/words.ts';
import type { Approval, ApprovalPolicy } from '../../domain/approval.ts';
import type { BatchSummary } from '../../domain/batch.ts';
import { plainDigest, type PlainObject, type PlainValue } from '../../domain/plain-value.ts';
import { isPayrunError, PayrunError } from '../../domain/problem.ts';
import { shellWord } from '../../domain/shell-word.ts';
import type { ChangedPayment } from '../changed-payments.ts';
import { planPolicy } from '../plan-policy.ts';
import type { Session } from '../session/session.ts';
import { writeActionFile, type OpenedAction } from './action-file.ts';
import { checkApprovals, type ApprovalSubject } from './state.ts';

/** What a command is about to do, besides a batch that is run. */
export interface IntendedAction {
  readonly command: ActionCommand;
  /** Null where it concerns several batches. */
  readonly batch: string | null;
  readonly because: string | null;
  readonly request: PlainObject;
  readonly payments: readonly ActionPayment[];
  /** All batches that it concerns. */
  readonly batches: readonly Pick<BatchSummary, 'header' | 'totals'>[];
  /** Names of the accounts that it concerns. */
  readonly accounts: readonly string[];
  /** The command as it is typed, without the flags of an action, for messages: `payrun retry november`. */
  readonly typed: string;
}

/** How a person asks for an action: by a file that others have signed, or for such a file. */
export interface ActionFlags {
  /** With `--action`. */
  readonly action?: OpenedAction | null;
  /** With `--dry-run --out`: path of the file that is written. */
  readonly out?: string | null;
}

/** Writes what would be done into a file that people can sign; returns what is to be done with it. */
export async function writeIntended(session: Session, intended: IntendedAction, out: string): Promise<string> {
  await writeActionFile(out, await actionOf(session, intended));
  const file = shellWord(out);
  return `Written: ${out}. To have it done: payrun approve ${file}, then: payrun ${intended.command} --action ${file}`;
}

/**
 * The signatures under which an action may be done; none where nobody has to sign. Throws {@link PayrunError} 5 where the rules want
 * signatures that are missing, and where the action that was signed is not what would be done now.
 */
export async function permission(
  session: Session,
  intended: IntendedAction,
  opened: OpenedAction | null,
): Promise<readonly Approval[]> {
  const policy = session.project.config.approvals;
  if (policy === null && opened === null) return [];
  const now = await actionOf(session, intended);
  if (opened !== null) {
    const fault = actionFault(opened.action, now);
    if (fault !== null) throw outdated(opened.file, fault);
  }
  const needed = policy === null ? 0 : actionSignatures(policy, now);
  if (policy === null || needed === 0) return [];
  if (opened === null) throw actionMissing(intended, needed);
  const subject = actionSubject(opened, needed);
  const { state, fresh } = await checkApprovals(session, policy, subject, []);
  if (isApproved(state)) return fresh;
  const next = `Nothing was done. To sign: payrun approve ${shellWord(opened.file)}`;
  throw new PayrunError(5, 'approval-missing', `${missingText(opened.file, state)} ${next}`);
}

/** Notes that an action is done under these signatures. Throws {@link PayrunError} 5 where it was done before: once is all they allow. */
export async function usePermission({ ledger }: Session, approvals: readonly Approval[]): Promise<void> {
  if (approvals.length === 0 || (await ledger.useApprovals(approvals))) return;
  throw new PayrunError(
    5,
    'action-used',
    'This action was done already, and its signatures allow it once. Nothing was done now. What it left: payrun status. For more: write a new action ' +
      'with --dry-run --out.',
  );
}

/** What people sign of an action. */
export function actionSubject({ file, action }: OpenedAction, needed: number): ApprovalSubject {
  const { command, organisation, ledger, batch, prepared_by: preparedBy } = action;
  return {
    file,
    text: textOfAction({ command, organisation, ledger, digest: actionDigest(action) }),
    what: 'this action',
    batch: batch ?? '',
    command,
    needed,
    preparedBy,
  };
}

/** As the rules say for the sums of an action. The word that a payment was paid lets nothing be sent, so that nobody has to agree with it. */
export function actionSignatures(policy: ApprovalPolicy, action: Action): number {
  if (action.command === 'resolve' && action.request['as'] === 'paid') return 0;
  return signaturesNeeded(policy.rules, paidSums(action));
}

/** Changes of one batch as an action has them. */
export function actionPayments(batch: string, changes: readonly ChangedPayment[]): ActionPayment[] {
  return changes.map(({ id, name, amount, currency, account, reference, generation, from, to }) => {
    return { batch, id, name, amount, currency, account, reference, generation, from, to };
  });
}

async function actionOf(session: Session, intended: IntendedAction): Promise<Action> {
  const { project, ledger, system } = session;
  const { command, batch, because, request, payments, batches, accounts } = intended;
  return {
    version: 1,
    command,
    organisation: project.config.organisation,
    ledger: (await ledger.identity()).id,
    batch,
    by: system.who.user,
    because,
    made_at: new Date(system.clock.now()).toISOString(),
    request,
    payments,
    sums: actionSums(batches.flatMap(({ totals }) => totals)),
    conditions: await conditionsOf(session, batches, [...new Set(accounts)].sort()),
    prepared_by: makersOf(command, batches),
  };
}

/** With every maker left out there might be nobody who could sign a recovery, which concerns every batch and sends nothing. */
function makersOf(command: ActionCommand, batches: IntendedAction['batches']): readonly string[] {
  if (command === 'recover') return [];
  return [...new Set(batches.flatMap(({ header }) => header.preparedBy ?? []))].sort();
}

async function conditionsOf(
  { project, places }: Session,
  batches: IntendedAction['batches'],
  names: readonly string[],
): Promise<string> {
  const { config } = project;
  const found: Record<string, PlainValue> = {};
  for (const name of names) {
    const account = config.accounts.get(name);
    const place =
      account === undefined
        ? null
        : await places.of(account).catch((error: unknown) => {
            if (!isPayrunError(error)) throw error;
            return null;
          });
    found[name] = place === null ? null : { ...place };
  }
  return plainDigest({ policies: batches.map(({ header }) => planPolicy(config, header, names)), places: found });
}

function outdated(file: string, fault: string): PayrunError {
  return new PayrunError(
    5,
    'action-outdated',
    `${file} is not what would be done now. ${fault} Nothing was done. Write it again with --dry-run --out, and have it signed again.`,
  );
}

function actionMissing({ command, typed }: IntendedAction, needed: number): PayrunError {
  const count = needed === 1 ? '1 person has' : `${needed} people have`;
  return new PayrunError(
    5,
    'approval-missing',
    `${command} needs approval: ${count} to sign it first. Nothing was done. Write down what it would do: ${typed} --dry-run --out ACTION.json; have it ` +
      `signed: payrun approve ACTION.json; then: payrun ${command} --action ACTION.json`,
  );
}
