import { resolveCredentials, type AccountConfig } from '../../config/config.ts';
import { FirstPayment } from '../../execute/first-payment.ts';
import { isSamePlace, type Place } from '../../domain/place.ts';
import { PayrunError } from '../../domain/problem.ts';
import { openRateLimiter, type RateLimiter, type RateLimiterRequest } from '../../limits/rate-limiter.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { ledgerPlace } from '../../ledger/open.ts';
import type { AccountLock, BatchRecord } from '../../ledger/records.ts';
import { createHttp, type Http } from '../../providers/kit/http.ts';
import type { TokenStore } from '../../providers/kit/token-store.ts';
import type { Provider, ProviderDefinition } from '../../providers/port.ts';
import {
  simulationSettings,
  simulationAccountOptions,
  simulatorNames,
  startSimulator,
  type Simulator,
} from '../../simulator/index.ts';
import type { CallbackAccounts } from './callback-accounts.ts';
import { limitsAt } from './shared-limits.ts';
import type { ClockCheck } from './clock-check.ts';
import { endpointOf, placeWith } from './place.ts';
import { providerOf, type Project } from './project.ts';
import { VERSION, type System } from './system.ts';

/** An account that this process works: its lock in the ledger, its rate limits and its provider. */
export interface OpenAccount {
  readonly account: AccountConfig;
  readonly lock: AccountLock;
  readonly definition: ProviderDefinition;
  readonly provider: Provider;
  readonly limiter: RateLimiter;
  /** Aborted, with its `Evidence`, when the account is known not to be able to go on. */
  readonly halt: AbortController;
  /** The account's first payment of this command, which goes alone; null for the built-in simulator, which moves no money. */
  readonly first: FirstPayment | null;
  /** Aborted when a process that pays wants the account: no answer that comes by callback is waited for any more. */
  readonly wanted: AbortController;
  close(): Promise<void>;
}

export interface AccountRequest {
  readonly project: Project;
  readonly system: System;
  readonly ledger: Ledger;
  readonly clocks: ClockCheck;
  readonly callbacks: CallbackAccounts;
  readonly lock: AccountLock;
  readonly tokenStore: TokenStore;
  /** Makes the rate limiter of the account's place, once for all accounts that send there. */
  readonly limiterOf: (lock: AccountLock, open: () => Promise<RateLimiter>) => Promise<RateLimiter>;
  /** Where the configured accounts send to. */
  readonly places: ReadonlyMap<string, Place>;
  readonly signal: AbortSignal;
  /** Called when a call has to wait for room in a budget of the account. */
  readonly onWait: (account: string, budget: string, ms: number) => void;
}

/** Opens a locked account. Throws {@link PayrunError} for credentials that are not there, before anything is sent. */
export async function openAccount(request: AccountRequest): Promise<OpenAccount> {
  const { project, system, ledger, clocks, callbacks, lock, signal, onWait } = request;
  const { clock, random } = system;
  const account = project.config.accounts.get(lock.account);
  if (account === undefined) throw new Error(`lock of an account that is not configured: ${lock.account}`);
  const definition = providerOf(account);
  const simulated = account.endpoint === 'simulator';
  const simulator = simulated ? await startAccountSimulator(project, system, account) : null;
  // An old copy of a ledger that paid through a provider is never taken for a new one.
  if (!simulated) await ledger.noteProviderUse();
  const credentials =
    simulator !== null ? simulator.credentials : await resolveCredentials(account, definition.credentials);
  const http: Http = createHttp({
    userAgent: `payrun/${VERSION}`,
    onDate: (providerAt) => clocks.observe(account.name, providerAt),
  });
  const halt = new AbortController();
  const wanted = new AbortController();
  try {
    checkPlace(account, lock, credentials);
    const callbackAddress = await callbacks.admit(account, definition, credentials);
    callbacks.receiver.onStop(account.name, (evidence) => halt.abort(evidence));
    const limiter = await request.limiterOf(lock, () =>
      openRateLimiter({
        ...{ ledger, lock, clock, signal },
        host: system.who.host,
        provider: account.provider,
        ...placeLimits(request, account),
        onWait: (budget, ms) => onWait(account.name, budget, ms),
      }),
    );
    const provider = definition.open({
      account: account.name,
      currency: account.currency,
      endpoint: simulator?.endpoint ?? endpointOf(account, definition),
      environment: account.environment,
      credentials,
      options: simulated ? { ...simulationAccountOptions[account.provider], ...account.options } : account.options,
      http,
      clock,
      callBudgets: limiter,
      random,
      callbackAddress,
      callbackWaiter: callbackAddress === null ? null : callbacks.waiterFor(account.name, wanted.signal),
      tokenStore: simulated ? null : request.tokenStore,
    });
    const first = simulated
      ? null
      : new FirstPayment({
          ledger,
          account: account.name,
          decidesByCallback: definition.decidesByCallback === true,
          clock,
          stop: (evidence) => halt.abort(evidence),
        });
    const close = async (): Promise<void> => {
      first?.close();
      await closeAll(http, simulator);
    };
    return { account, lock, definition, provider, limiter, halt, first, wanted, close };
  } catch (error) {
    await closeAll(http, simulator);
    throw error;
  }
}

/** Of all accounts that send to the place of this one. */
function placeLimits(
  { project, lock, places }: AccountRequest,
  account: AccountConfig,
): Pick<RateLimiterRequest, 'limits' | 'overrides'> {
  const limits = providerOf(account).limits(account.options);
  const shared = limitsAt(project, lock.place, places);
  return { limits: { ...limits, ...shared }, overrides: { rates: null, concurrency: null } };
}

/** Never send with other settings than those of the place that is locked: payments are recorded as sent to that place. */
function checkPlace(account: AccountConfig, lock: AccountLock, credentials: Readonly<Record<string, string>>): void {
  if (isSamePlace(placeWith(account, credentials), lock.place)) return;
  const message = `Account ${account.name}: its credentials changed while this command ran. Nothing was sent with them; run again.`;
  throw new PayrunError(2, 'credentials-changed', message);
}

/**
 * Never send a payment to another provider than the one that it was registered for: its reference proves nothing there, so that it
 * may be paid twice. Throws {@link PayrunError} when the configuration has changed the provider of an account since.
 */
export function checkProvider(record: BatchRecord, account: AccountConfig): void {
  const was = record.providers[account.name];
  if (was === undefined || was === account.provider) return;
  throw new PayrunError(
    2,
    'provider-changed',
    `Batch ${record.header.id} was registered to be paid by ${was} from account ${account.name}, which is now an account of ` +
      `${account.provider}. Give the new one another name in the configuration.`,
  );
}

/** Whether paying from this account moves real money, so that a person at a terminal is asked first. */
export function isLive(account: AccountConfig): boolean {
  if (account.endpoint === 'simulator') return false;
  if (account.environment !== null) return account.environment === 'live';
  if (account.endpoint === null) return true;
  return !/^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(new URL(account.endpoint).hostname);
}

/** The simulator goes on where an earlier process ended it: its state stands beside the ledger that knows its payments. */
function startAccountSimulator(
  { config }: Project,
  { clock, random }: System,
  account: AccountConfig,
): Promise<Simulator> {
  const provider = simulatorNames.find((name) => name === account.provider);
  if (provider === undefined) {
    const message = `Account ${account.name}: there is no simulator of ${account.provider}. Set accounts.${account.name}.endpoint.`;
    throw new PayrunError(2, 'simulator-missing', message);
  }
  return startSimulator({
    provider,
    now: () => clock.now(),
    random,
    settings: simulationSettings[provider] ?? {},
    magicValues: account.hasMagic ? 'all' : 'test-numbers',
    bookFile: `${ledgerPlace(config.ledger)}.sim/${encodeURIComponent(account.name)}`,
    isJournaled: true,
  });
}

async function closeAll(http: Http, simulator: Simulator | null): Promise<void> {
  await http.close();
  await simulator?.close();
}
