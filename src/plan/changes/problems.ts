import type { BatchSummary } from '../../domain/batch.ts';
import type { ChangeKind, ComparedPayroll, PayrollChange } from '../../domain/changes.ts';
import type { Problem } from '../../domain/problem.ts';
import type { PlanInput } from '../input.ts';
import { idAndName, inputColumnOf } from '../refusals.ts';
import { policyOf, settingOf } from './change-list.ts';

/** What decides how heavy a change weighs. */
interface ChangeContext {
  readonly summary: BatchSummary;
  /** Whether somebody can sign: `approvals:` is configured. */
  readonly hasApprovals: boolean;
  /** Whether payments of the batch were sent already, so that nothing of it can be refused any more. */
  readonly isStarted: boolean;
  /** Ids whose changed destination is refused, or allowed by a person, as a number that has lost digits. */
  readonly damaged: ReadonlyMap<string, 'refused' | 'allowed'>;
}

/**
 * The changes of a payroll as problems, and those of them for which somebody has to sign.
 *
 * @param isStarted whether payments of the batch were sent already.
 */
export function changesOfPlan(
  { compared = null, summary, hasApprovals = false, destinationChanges = [], allowDestination }: PlanInput,
  isStarted: boolean,
): { readonly problems: readonly Problem[]; readonly needsApproval: readonly Problem[] } {
  if (compared === null) return { problems: [], needsApproval: [] };
  const damaged = new Map(
    destinationChanges.map(
      ({ id, idKey }) => [id, allowDestination?.has(idKey) === true ? 'allowed' : 'refused'] as const,
    ),
  );
  const problems = changeProblems(compared, { summary, hasApprovals, isStarted, damaged });
  return { problems, needsApproval: needingApproval(problems, compared) };
}

/** The changes of a payroll, as far as no other problem of the batch says the same. */
function changeProblems(compared: ComparedPayroll, context: ChangeContext): Problem[] {
  const { changes, unlisted } = compared;
  const listed = changes.filter((change) => !isNamed(change, context)).map((change) => changeProblem(change, context));
  const counted = [...unlisted].map(([kind, count]) => unlistedProblem(compared, { kind, count }, context));
  return [...listed, ...counted];
}

/** The changes for which somebody has to sign. */
function needingApproval(problems: readonly Problem[], compared: ComparedPayroll): readonly Problem[] {
  const kinds = new Set([...compared.changes.map(({ kind }) => kind), ...compared.unlisted.keys()]);
  const codes = [...kinds].filter((kind) => policyOf(compared.settings, kind) === 'approve').map(changeCode);
  return problems.filter(({ code }) => codes.includes(code));
}

function isNamed({ kind, policy, id, isNamedAlready }: PayrollChange, { damaged }: ChangeContext): boolean {
  // A warning that is there already is no second one; a refusal, or what has to be signed, never falls away for it.
  if (kind !== 'destination') return isNamedAlready === true && policy === 'warn';
  const damage = damaged.get(id);
  return damage === 'refused' || (damage === 'allowed' && policy === 'warn');
}

function changeProblem(change: PayrollChange, context: ChangeContext): Problem {
  const { header } = context.summary;
  const { kind, id, name, line, text } = change;
  const field = CHANGED_FIELDS[kind];
  const person = id === '' ? '' : idAndName({ id, name });
  const advice = adviceFor(change, context);
  const whole = `${text}${advice}`;
  const place = {
    file: header.rowsFile ?? header.file,
    line,
    column: line === 0 ? '' : inputColumnOf(header, field),
    field,
  };
  const where = line === 0 ? '' : `line ${line}`;
  return {
    ...place,
    severity: severityOf(change, context),
    code: changeCode(kind),
    message: person === '' ? whole : `${person}: ${whole}`,
    ...(person === '' ? {} : { row: { where, person, value: '', text: whole } }),
  };
}

function unlistedProblem(
  { settings }: ComparedPayroll,
  { kind, count }: { readonly kind: ChangeKind; readonly count: number },
  context: ChangeContext,
): Problem {
  const { header } = context.summary;
  const change = { kind, policy: policyOf(settings, kind) };
  const severity = severityOf(change, context);
  const message = `${count} more changes of this kind (${settingOf(kind)}) are not listed.${adviceFor(change, context)}`;
  const code = changeCode(kind);
  return {
    severity,
    file: header.rowsFile ?? header.file,
    line: 0,
    column: '',
    field: CHANGED_FIELDS[kind],
    code,
    message,
  };
}

type Weighed = Pick<PayrollChange, 'kind' | 'policy'>;

/** Of a batch that is partly sent nothing can be "refused, nothing of it sent": what is left goes on, with a warning. */
function severityOf({ policy }: Weighed, { isStarted, hasApprovals }: ChangeContext): Problem['severity'] {
  const isRefused = policy === 'block' || (policy === 'approve' && !hasApprovals);
  return isRefused && !isStarted ? 'error' : 'warning';
}

function adviceFor({ kind, policy }: Weighed, { summary, isStarted, hasApprovals }: ChangeContext): string {
  const setting = settingOf(kind);
  if (policy === 'approve' && hasApprovals)
    return ` Somebody has to sign for it: payrun approve ${summary.header.file}`;
  if (isStarted || policy === 'warn' || policy === 'ignore') return '';
  if (policy === 'block') {
    return ` ${setting} is block: correct the file, or, if it is right, change the policy in payrun.yaml.`;
  }
  return ` ${setting} is approve, and nobody can sign: set up \`approvals:\` in payrun.yaml, or change the policy.`;
}

/** `change-shared-destination` */
function changeCode(kind: ChangeKind): string {
  return `change-${kind.replace('_', '-')}`;
}

const CHANGED_FIELDS: Readonly<Record<ChangeKind, string>> = {
  joiner: 'id',
  leaver: 'id',
  id: 'id',
  amount: 'amount',
  destination: '',
  shared_destination: '',
  repeated_person: 'id',
  moved_money: 'amount',
};
