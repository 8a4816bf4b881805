/** A person, by name, and the reason that was given. */
export interface PersonsReason {
  readonly by: string;
  readonly because: string;
}

/** Name of the {@link PauseScope} of all accounts; no account can have it. */
export const ALL_ACCOUNTS = '*';

/** What a person has stopped: nothing of it is sent, whichever process would. Callbacks and queries go on. */
export interface Pause extends PauseScope {
  /** Name of the person. */
  readonly by: string;
  readonly at: number;
  readonly because: string;
}

export interface PauseScope {
  readonly scope: 'account' | 'batch';
  /** Of the account or batch; {@link ALL_ACCOUNTS} for every account. */
  readonly name: string;
}

export interface CancelRequest {
  readonly batch: string;
  /** Folded ids; null: all planned payments. */
  readonly idKeys: readonly string[] | null;
  readonly because: string;
  /** Name of the person. */
  readonly by: string;
  readonly at: number;
}

/**
 * What people stop, from any process. Once {@link pause} or {@link cancel} has resolved, no claim of what it names succeeds. What was
 * claimed before is `submitting`, and its request may be on its way.
 */
export interface StopStore {
  /** Pauses an account or a batch, and returns the pause that is in force: an earlier one stays. */
  pause(pause: Pause): Promise<Pause>;
  /** Ends a pause. Returns the one that was in force, or null. */
  resume(scope: PauseScope & { readonly by: string; readonly at: number }): Promise<Pause | null>;
  /** The pauses that are in force, oldest first. */
  pauses(): Promise<readonly Pause[]>;
  /**
   * Makes the `planned` payments among the named ones, or all of the batch, `cancelled` by a person, in one transaction. Returns
   * their references. Throws `missing` for an unknown batch.
   */
  cancel(request: CancelRequest): Promise<readonly string[]>;
}

/** Why nothing of a paused account or batch is sent, and how a person lets it go on. */
export function pausedText({ scope, name, by, at, because }: Pause): string {
  const what = name === ALL_ACCOUNTS ? 'Every account' : scope === 'account' ? `Account ${name}` : `Batch ${name}`;
  const command = name === ALL_ACCOUNTS ? 'payrun resume' : `payrun resume ${name}`;
  return `${what} was paused by ${by} at ${new Date(at).toISOString()}: ${because} To go on: ${command}`;
}
