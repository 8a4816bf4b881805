import { PayrunError } from '../../domain/problem.ts';
import type { LockOwner } from '../../ledger/records.ts';
import type { Watch } from './watch.ts';

/** The person and the process that act. */
export interface Who {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
}

/** Login names that say nothing about who acts. */
const NAMELESS: ReadonlySet<string> = new Set(['root', 'unknown user']);

const PERSON_NAME_MAX = 64;

interface ActingContext {
  readonly system: { readonly who: Who };
  readonly watch: Pick<Watch, 'askText'>;
}

/**
 * The context in which the person acts who is named by `--by`, else by the login name. A login as root names nobody, so that the
 * name is asked for. Throws {@link PayrunError} 2 without a usable name, before anything is opened.
 */
export async function actingAs<Context extends ActingContext>(context: Context, by: string | null): Promise<Context> {
  const { system, watch } = context;
  const { who } = system;
  if (by === null && !NAMELESS.has(who.user)) return context;
  const name = (by ?? (await watch.askText('Who decides this? Your name:')) ?? '').trim();
  if (name === '' && by === null) {
    const message = `The login name ${who.user} does not say who acts. Name the person: --by NAME`;
    throw new PayrunError(2, 'person-unnamed', message);
  }
  if (!isPersonName(name)) {
    const message = `--by takes the name of a person: up to ${PERSON_NAME_MAX} characters, at least one letter, no control characters.`;
    throw new PayrunError(2, 'person-name', message);
  }
  return { ...context, system: { ...system, who: { ...who, user: name } } };
}

function isPersonName(name: string): boolean {
  return name.length <= PERSON_NAME_MAX && /\p{L}/u.test(name) && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name);
}

/** Who an entry of the ledger is by: `run by alice on host (pid 12)`. */
export function entryAuthor({ user, host, pid }: Who, command: string): string {
  return `${command} by ${user} on ${host} (pid ${pid})`;
}

/** Who takes a decision: `alice on host`. */
export function personText({ user, host }: Who): string {
  return `${user} on ${host}`;
}

/** How messages name another process that has locked an account. */
export function ownerText(owner: LockOwner | null): string {
  return owner === null ? 'another process' : `${owner.command}, pid ${owner.pid} on ${owner.host}`;
}
