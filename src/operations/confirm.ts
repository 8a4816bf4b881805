import type { Plan } from '../plan/plan.ts';
import { isLive } from './session/account.ts';
import type { Session } from './session/session.ts';

/** Asks before the first payment of a batch, naming the accounts that move real money; false: nothing may be sent. */
export function confirmed({ project, watch }: Session, plan: Plan): Promise<boolean> {
  const live = [...plan.fresh, ...plan.resumed].filter((total) => {
    const account = project.config.accounts.get(total.account);
    return account !== undefined && isLive(account);
  });
  return watch.confirm(plan, [...new Set(live.map((total) => total.account))]);
}
