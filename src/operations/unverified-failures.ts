import { PayrunError } from '../domain/problem.ts';
import type { PersonsReason } from '../ledger/stops.ts';
import type { Session } from './session/session.ts';
import { actingAs, personText } from './session/who.ts';

/** What a person allowed beforehand about failures that no provider can confirm. */
export interface UnverifiedOptions {
  /** `--accept-unverified`: without a question, and also where there is no terminal. */
  readonly isAccepted: boolean;
  /** `--because`; null: not given. */
  readonly because: string | null;
}

/** A payment that is about to be paid again, although only a person's word, or an unverified callback, says that it was not paid. */
export interface UnverifiedFailure {
  readonly id: string;
  readonly reference: string;
}

/** How many payments a question names. */
const NAMED_IN_QUESTION = 5;

/** Checked before anything is opened: the flag is worth nothing without a reason. Throws {@link PayrunError} 2. */
export function checkUnverifiedOptions({ isAccepted, because }: UnverifiedOptions): void {
  if (!isAccepted || (because ?? '').trim() !== '') return;
  throw new PayrunError(
    2,
    'because-missing',
    '--accept-unverified takes --because with the evidence that these payments were not paid: what was seen, where, and when.',
  );
}

/**
 * Asks before anything leaves whether failures that the provider cannot be asked about are really to be paid again. `--yes` is no answer:
 * scripts give it for every retry. Null: they are not.
 */
export async function acceptUnverified(
  session: Session,
  { provider, failures }: { readonly provider: string; readonly failures: readonly UnverifiedFailure[] },
  { isAccepted, because }: UnverifiedOptions,
): Promise<PersonsReason | null> {
  const { watch, system } = session;
  const question = unverifiedText(provider, failures);
  if (isAccepted && because !== null) {
    watch.fail(`${question} Accepted by ${personText(system.who)}: ${because}`);
    return { by: personText(system.who), because };
  }
  const answer = await watch.askText(
    `${question} If one of them was paid after all, it is paid twice. Pay again? Type yes:`,
  );
  if (answer === null || !/^yes$/i.test(answer)) return null;
  const { system: acting } = await actingAs(session, null);
  const reason = because ?? (await watch.askText('What was seen, where, and when?')) ?? '';
  return reason.trim() === '' ? null : { by: personText(acting.who), because: reason.trim() };
}

/** What a person has to know about such payments. */
export function unverifiedText(provider: string, failures: readonly UnverifiedFailure[]): string {
  const names = new Map(failures.map(({ id, reference }) => [id, `${id} (${reference})`]));
  const list = [...names.values()];
  const more = list.length > NAMED_IN_QUESTION ? ` and ${list.length - NAMED_IN_QUESTION} more` : '';
  return (
    `${provider} cannot be asked about ${list.slice(0, NAMED_IN_QUESTION).join(', ')}${more}: that no money moved rests on a person's ` +
    'word, or on an unverified callback.'
  );
}

/** The way on where nobody has accepted them. */
export function notAcceptedText(provider: string, failures: readonly UnverifiedFailure[]): string {
  return (
    `${unverifiedText(provider, failures)} Nothing of it was sent again. Compare the next statement with: payrun reconcile. If it is ` +
    'certain that they were not paid: --accept-unverified --because "what was seen, where"'
  );
}
