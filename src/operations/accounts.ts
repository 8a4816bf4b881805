import type { AccountConfig } from '../config/config.ts';
import { unlessDrained } from '../domain/call-budgets.ts';
import { formatAmount } from '../domain/money.ts';
import { isPayrunError } from '../domain/problem.ts';
import type { Exit } from './exit-code.ts';
import { withSession, type OperationContext, type Session } from './session/session.ts';
import { SILENT } from './session/watch.ts';

/** What `accounts` found out about one account. */
export interface AccountState {
  readonly account: string;
  readonly provider: string;
  readonly currency: string;
  /** Decimal text, or null. */
  readonly balance: string | null;
  readonly ok: boolean;
  readonly exit: Exit;
  /** What is wrong and what to do; empty when nothing is. */
  readonly message: string;
}

/**
 * Checks credentials and balance of every account, one after the other. Creates a ledger where there is none: the calls of the
 * check count against the provider's rate limits.
 */
export function accounts(context: OperationContext): Promise<AccountState[]> {
  const options = { command: 'accounts', createsLedger: true };
  return withSession({ ...context, watch: SILENT }, options, async (session) => {
    const states: AccountState[] = [];
    for (const account of session.project.config.accounts.values()) states.push(await accountState(session, account));
    return states;
  });
}

/** The longest that a new token is waited for; a provider that needs longer is said. */
const TOKEN_WAIT_MAX_MS = 5_000;

interface Found {
  readonly exit: Exit;
  readonly message: string;
  readonly balance?: { readonly currency: string; readonly availableMinor: bigint };
}

async function accountState(session: Session, account: AccountConfig): Promise<AccountState> {
  const found = await checkAccount(session, account.name).catch((error: unknown): Found => {
    if (!isPayrunError(error)) throw error;
    return { exit: error.exit, message: error.message };
  });
  const { exit, message, balance } = found;
  const { name, provider, currency } = account;
  const state = { account: name, provider, ok: exit === 0, exit, message };
  if (balance === undefined) return { ...state, currency, balance: null };
  return { ...state, currency: balance.currency, balance: formatAmount(balance.availableMinor, balance.currency) };
}

async function checkAccount({ accounts: pool, system }: Session, name: string): Promise<Found> {
  const lock = await pool.lock(name);
  if (lock === null) return { exit: 5, message: 'A live run is working this account; ask again later.' };
  const { provider } = await pool.open(lock);
  let ready = await unlessDrained(provider.prepare());
  if (ready?.kind === 'throttled' && (ready.waitMs ?? Number.POSITIVE_INFINITY) <= TOKEN_WAIT_MAX_MS) {
    // A new token that is accepted in a moment says nothing against the account.
    await system.clock.sleep(ready.waitMs ?? 0);
    ready = await unlessDrained(provider.prepare());
  }
  if (ready === null) return { exit: 5, message: 'Interrupted before it could be asked.' };
  if (ready.kind !== 'ready') return { exit: ready.kind === 'stop' ? 2 : 5, message: ready.evidence.reason };
  const call = provider.balance?.();
  const reading = call === undefined ? null : await unlessDrained(call);
  if (reading === null) return { exit: 0, message: '' };
  switch (reading.kind) {
    case 'balance':
      return { exit: 0, message: '', balance: reading };
    case 'throttled':
      // Nothing is wrong with the account: its credentials have just worked.
      return { exit: 0, message: reading.evidence.reason };
    case 'stop':
      return { exit: 2, message: reading.evidence.reason };
    case 'unreachable':
      return { exit: 5, message: reading.evidence.reason };
  }
}
