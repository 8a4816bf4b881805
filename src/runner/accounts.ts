import { formatAmount } from '../domain/money.ts';
import { isPayrunError, PayrunError } from '../domain/problem.ts';
import type { Ledger } from '../ledger/port.ts';
import { holdAccount, openAccount } from './account.ts';
import { whileRunning } from './balance.ts';
import type { Project } from './project.ts';
import type { Exit } from './result.ts';

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
  for (const name of project.config.accounts.keys()) {
    try {
      states.push(await accountState(project, ledger, name, signal));
    } catch (error) {
      if (!isPayrunError(error)) throw error;
      states.push(state(project, name, null, error.exit, error.message));
    }
  }
  return states;
}

async function accountState(
  project: Project,
  ledger: Ledger,
  name: string,
  signal: AbortSignal,
): Promise<AccountState> {
  const held = await holdAccount(project, ledger, name, 'accounts', 0, signal, () => undefined);
  if (held.kind === 'busy')
    return state(project, name, null, 5, 'A live run is working this account; ask again later.');
  try {
    const open = await openAccount(project, ledger, held.hold, signal, () => undefined);
    try {
      const ready = await whileRunning(open.provider.prepare());
      if (ready === null) return state(project, name, null, 5, 'Interrupted before it could be asked.');
      if (ready.kind !== 'ready')
        return state(project, name, null, ready.kind === 'stop' ? 2 : 5, ready.evidence.reason);
      const asked = open.provider.balance?.();
      const reading = asked === undefined ? null : await whileRunning(asked);
      if (reading === null) return state(project, name, null, 0, '');
      if (reading.kind !== 'balance')
        return state(project, name, null, reading.kind === 'stop' ? 2 : 5, reading.evidence.reason);
      return {
        ...state(project, name, formatAmount(reading.availableMinor, reading.currency), 0, ''),
        currency: reading.currency,
      };
    } finally {
      await open.close();
    }
  } finally {
    await held.hold.release();
  }
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
