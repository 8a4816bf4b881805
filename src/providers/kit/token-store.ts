import { hash } from 'node:crypto';
import type { Redactor } from './redaction.ts';

/** A bearer token as the processes of one machine share it. All times are Unix milliseconds. */
export interface SharedToken {
  readonly value: string;
  readonly fetchedAt: number;
  /** When the provider begins to accept it. */
  readonly activeAt: number;
  readonly renewAt: number;
  readonly expiresAt: number;
}

/**
 * The tokens that the processes and accounts of one machine share: at some providers each new token ends the one before it, so
 * that two processes with tokens of their own would end each other's for ever. `key` names what buys the token ({@link tokensOf}).
 */
export interface TokenStore {
  /** The newest token, and behind it the one before where that was kept; empty where there is none. */
  read(key: string): readonly SharedToken[];
  write(key: string, tokens: readonly SharedToken[]): void;
  /** Runs `work` while nobody else on this machine runs any for the same key; waits for that. */
  alone<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

/** Where the tokens of one account are shared. */
export interface SharedTokens {
  readonly store: TokenStore;
  readonly key: string;
  /** Called with each token that another process fetched, so that it is masked as our own ones are. */
  readonly learn: (value: string) => void;
}

/**
 * The shared tokens of an account; null where it shares none.
 *
 * @param buyer everything besides the endpoint that a token depends on, secrets included: an account with a wrong secret must not
 *   live on the token of another. The key is a digest of it.
 */
export function tokensOf(
  { tokenStore, endpoint }: { readonly tokenStore: TokenStore | null; readonly endpoint: string },
  buyer: readonly string[],
  redactor: Redactor,
): SharedTokens | null {
  if (tokenStore === null) return null;
  const key = hash('sha256', JSON.stringify(['payrun token 1', endpoint, ...buyer]), 'hex').slice(0, 32);
  return { store: tokenStore, key, learn: (value) => redactor.learn(value) };
}
