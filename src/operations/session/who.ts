import type { LockOwner } from '../../ledger/records.ts';

/** The person and the process that act. */
export interface Who {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
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
