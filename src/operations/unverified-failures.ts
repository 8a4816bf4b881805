import type { PersonsReason } from '../ledger/stops.ts';
import type { Session } from './session/session.ts';
import { personText } from './session/who.ts';

/** A payment that is about to be paid again, although only a person's word, or an unverified callback, says that it was not paid. */
export interface UnverifiedFailure {
  readonly id: string;
  readonly reference: string;
}

/** How many payments a question names. */
const NAMED_IN_QUESTION = 5;

/**
 * Says before anything leaves which failures the provider cannot be asked about, and asks on a terminal whether they are really to be paid
 * again. Without a terminal the decision that is on record stands. Null: they are not paid again.
 *
 * @param because the reason that the person gave, recorded with the name; null: none.
 */
export async function acceptUnverified(
  { watch, system }: Session,
  { provider, failures }: { readonly provider: string; readonly failures: readonly UnverifiedFailure[] },
  because: string | null,
): Promise<PersonsReason | null> {
  const text = unverifiedText(provider, failures);
  watch.fail(text);
  const isAgreed = await watch.agree('If one of them was paid after all, it is paid twice. Pay again?');
  return isAgreed ? { by: personText(system.who), because: because ?? 'the decision on record' } : null;
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

/** The way on where a person did not agree. */
export function notAcceptedText(provider: string, failures: readonly UnverifiedFailure[]): string {
  return `${unverifiedText(provider, failures)} Nothing of it was sent again. Compare the next statement with: payrun reconcile.`;
}
