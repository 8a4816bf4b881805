import { checkSignature } from '../../approvals/check.ts';
import { countApprovals, type ApprovalState } from '../../approvals/count.ts';
import { PayrunError } from '../../domain/problem.ts';
import type { OperationContext } from '../session/session.ts';
import { withOwnKey, type KeyRequest, type OwnKey } from './own-key.ts';
import { writeSignature } from './signature-files.ts';
import { SshKeygen } from './ssh-keygen.ts';
import type { CheckedApprovals } from './state.ts';

export interface SigningRequest extends KeyRequest {
  /** Whether a person sits at the terminal. */
  readonly isAtTerminal: boolean;
  /** What is signed, for the question: `this plan of batch november (12 payments, 1200.00 KES)`. */
  readonly about: string;
}

export interface Signed {
  readonly principal: string;
  /** Path of the signature; null where the person had signed already. */
  readonly path: string | null;
  /** With the new signature. */
  readonly state: ApprovalState;
}

/**
 * Lets a person sign a subject with the own key. The signature is verified as a run would before it is written: one that would not count is
 * not written. Throws {@link PayrunError} 5 for a person or key whose signature does not count, and where the person declines.
 */
export function sign(context: OperationContext, checked: CheckedApprovals, request: SigningRequest): Promise<Signed> {
  const tool = new SshKeygen(context.project.config.timezone);
  return withOwnKey(tool, checked.signers, request, async (key) => {
    const { state, subject, signers } = checked;
    const expected = request.principal ?? (key.principals.length === 1 ? (key.principals[0] ?? null) : null);
    if (expected !== null) {
      const earlier = earlierText(checked, expected);
      if (earlier !== null) {
        context.watch.note(earlier);
        return { principal: expected, path: null, state };
      }
    }
    const who = expected ?? `whose key ${key.name} is`;
    if (!(await context.watch.agree(`Sign ${request.about} as ${who}?`))) {
      throw new PayrunError(5, 'declined', 'Nothing was signed: the question was not answered with yes.');
    }
    const { text } = subject;
    const signature = await tool.sign({ text, key: key.path, isAtTerminal: request.isAtTerminal });
    const principal =
      request.principal ??
      onlyPrincipal(
        await tool.principalsOf({ signers: signers.text, text, signature, at: signers.now }),
        key,
        signers.path,
      );
    const own = await checkSignature(tool, { principal, text, signature, what: subject.what }, signers);
    if (own.result.kind === 'void') throw notCounted(principal, own.result.why);
    const earlier = earlierText(checked, principal);
    if (earlier !== null) {
      context.watch.note(earlier);
      return { principal, path: null, state };
    }
    const signatures = [
      ...state.valid.map(({ principal: other, ...good }) => ({
        principal: other,
        result: { kind: 'good' as const, ...good },
      })),
      own,
    ];
    const { needed, preparedBy } = subject;
    const after = countApprovals({ needed, signatures, signers: signers.signers, preparedBy, now: signers.now });
    const why = after.void.find((one) => one.principal === principal)?.why;
    if (why !== undefined) throw notCounted(principal, why);
    const stillVoid = state.void.filter((one) => one.principal !== principal);
    return {
      principal,
      path: await writeSignature(subject.file, principal, signature),
      state: { ...after, void: stillVoid },
    };
  });
}

/** What a person is told who has signed already; null where the person has not. */
function earlierText({ state: { valid }, subject }: CheckedApprovals, principal: string): string | null {
  if (!valid.some((known) => known.principal === principal)) return null;
  return `${principal} has signed ${subject.what} already; one person counts once. Nothing was written.`;
}

function notCounted(principal: string, why: string): PayrunError {
  return new PayrunError(
    5,
    'approval-void',
    `The signature of ${principal} would not count: ${why} Nothing was written.`,
  );
}

function onlyPrincipal(principals: readonly string[], key: OwnKey, path: string): string {
  const [first] = principals;
  if (principals.length === 1 && first !== undefined) return first;
  if (first !== undefined) {
    throw new PayrunError(
      2,
      'principal-ambiguous',
      `The key ${key.name} is that of ${principals.join(', ')} in ${path}. Say who signs with --as NAME. Nothing was written.`,
    );
  }
  const [expired] = key.principals;
  const fingerprint = key.fingerprint ?? 'that was used';
  const why =
    expired === undefined
      ? `The key ${fingerprint} (${key.name}) is unknown: no line of ${path} has it.`
      : `The key ${fingerprint} of ${expired} is not valid now: see valid-after and valid-before in ${path}.`;
  throw new PayrunError(5, 'approval-void', `${why} The signature would not count, and nothing was written.`);
}
