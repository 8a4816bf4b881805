import { formatAmount } from '../domain/money.ts';
import { isPayrunError, PayrunError } from '../domain/problem.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { AccountPool } from './session/account-pool.ts';
import { whileRunning } from './session/balance.ts';
import type { Project } from './session/project.ts';
import type { Exit } from './batch-result.ts';

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

/** Checks credentials and balance of every account, one after the other. */
export async function accountStates(project: Project, ledger: Ledger, signal: AbortSignal): Promise<AccountState[]> {
  const states: AccountState[] = [];
  const pool = new AccountPool({ project, ledger, command: 'accounts', waitMs: 0, signal, note: () => undefined });
  try {
    for (const name of project.config.accounts.keys()) {
      try {
        states.push(await accountState(project, pool, name));
      } catch (error) {
        if (!isPayrunError(error)) throw error;
        states.push(state(project, name, null, error.exit, error.message));
      }
    }
  } finally {
    await pool.close();
  }
  return states;
}

async function accountState(project: Project, pool: AccountPool, name: string): Promise<AccountState> {
  const hold = await pool.hold(name);
  if (hold === null) return state(project, name, null, 5, 'A live run is working this account; ask again later.');
  const { provider } = await pool.open(hold);
  const ready = await whileRunning(provider.prepare());
  if (ready === null) return state(project, name, null, 5, 'Interrupted before it could be asked.');
  if (ready.kind !== 'ready') return state(project, name, null, ready.kind === 'stop' ? 2 : 5, ready.evidence.reason);
  const asked = provider.balance?.();
  const reading = asked === undefined ? null : await whileRunning(asked);
  if (reading === null) return state(project, name, null, 0, '');
  // Asked too lately to be asked again: the account is fine, as its credentials have just shown.
  if (reading.kind === 'throttled') return state(project, name, null, 0, reading.evidence.reason);
  if (reading.kind !== 'balance') {
    return state(project, name, null, reading.kind === 'stop' ? 2 : 5, reading.evidence.reason);
  }
  const { currency, availableMinor } = reading;
  return { ...state(project, name, formatAmount(availableMinor, currency), 0, ''), currency };
}

function state(project: Project, name: string, balance: string | null, exit: Exit, message: string): AccountState {
  const account = project.config.accounts.get(name);
  if (account === undefined) throw new PayrunError(2, 'account-unknown', `There is no account ${name}.`);
  return {
    account: name,
    provider: account.provider,
    currency: account.currency,
    balance,
    ok: exit === 0,
    exit,
    message,
  };
}
