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

/** Why nothing of a paused account or batch is sent, and how a person lets it go on. */
export function pausedText({ scope, name, by, at, because }: Pause): string {
  const what = name === ALL_ACCOUNTS ? 'Every account' : scope === 'account' ? `Account ${name}` : `Batch ${name}`;
  const command = name === ALL_ACCOUNTS ? 'payrun resume' : `payrun resume ${name}`;
  return `${what} was paused by ${by} at ${new Date(at).toISOString()}: ${because} To go on: ${command}`;
}
