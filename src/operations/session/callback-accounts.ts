import { resolveCallbackToken, resolveCredentials, type AccountConfig } from '../../config/config.ts';
import { placeKey } from '../../domain/place.ts';
import { PayrunError } from '../../domain/problem.ts';
import { CallbackListener } from '../../callbacks/listener.ts';
import { CallbackReceiver } from '../../callbacks/receiver.ts';
import { callbackWaiter } from '../../callbacks/waiter.ts';
import type { CallbackSpool, Ledger } from '../../ledger/ledger.ts';
import type { CallbackWaiter, ProviderDefinition } from '../../providers/port.ts';
import { placeWith } from './place.ts';
import { providerOf, type Project } from './project.ts';
import type { System } from './system.ts';

export interface CallbackAccountsRequest {
  readonly project: Project;
  readonly system: System;
  readonly ledger: Ledger;
  readonly spool: CallbackSpool;
  /** Who is named in the ledger's entries. */
  readonly by: string;
  readonly note: (text: string) => void;
  /** What keeps an account from working, and what follows. */
  readonly fault: (error: PayrunError, then: string) => void;
}

/**
 * Which accounts this process receives callbacks for, with the receiver and the listener that it does so with. A run receives for
 * as long as it works, unless another process has the address; then callbacks reach the run through the ledger.
 */
export class CallbackAccounts {
  readonly receiver: CallbackReceiver;
  readonly listener: CallbackListener;
  private readonly request: CallbackAccountsRequest;

  constructor(request: CallbackAccountsRequest) {
    const { project, system, ledger, spool, by, note } = request;
    const { host, port, trustedProxies } = project.config.callbacks;
    this.request = request;
    this.receiver = new CallbackReceiver({
      ledger,
      spool,
      clock: system.clock,
      by,
      note,
    });
    this.listener = new CallbackListener({
      receiver: this.receiver,
      address: { host, port },
      trustedProxies,
      clock: system.clock,
    });
    // Taken over later, the address receives the callbacks of all accounts too.
    this.listener.onTakenOver(() => void this.admitOthers());
    this.listener.onTaken((address, { isPayrun, who }) => {
      if (isPayrun) return;
      note(
        `Callbacks cannot be received: ${address} is taken by ${who}, which is no payrun. Stop that program, or change ` +
          'callbacks.listen. The address is tried again and again.',
      );
    });
  }

  /**
   * Makes an account's callbacks readable here and starts the server at which they arrive. Returns the address that the provider
   * is given, or null where none is configured. Throws {@link PayrunError} for a configuration that cannot work.
   */
  async admit(
    account: AccountConfig,
    definition: ProviderDefinition,
    credentials: Readonly<Record<string, string>>,
  ): Promise<string | null> {
    const address = await this.addressOf(account, definition);
    if (address === null) {
      if (definition.needsCallbackAddress !== true) return null;
      throw new PayrunError(
        2,
        'callback-address-missing',
        `Account ${account.name}: ${definition.name} wants an address for its results in every request. ` +
          `Set callbacks.public_url and accounts.${account.name}.callback_token.`,
      );
    }
    const { origin, token } = address;
    const callbackAddress = `${origin}/callbacks/${token}`;
    const fault = definition.addressFault?.(callbackAddress) ?? null;
    if (fault !== null) {
      const what = `Account ${account.name}: its callback address ${fault}`;
      throw new PayrunError(2, 'callback-address-unfit', `${what} Change callbacks.public_url or the callback_token.`);
    }
    const { name, currency, options, callbackSources: sources } = account;
    const hasKnownSources = sources.length > 0;
    const setup = { account: name, currency, credentials, options, callbackAddress, hasKnownSources };
    const reader = definition.callbacks?.(setup);
    const place = placeKey(placeWith(account, credentials));
    if (reader !== undefined) this.receiver.add({ account: name, token, sources, reader, place });
    return callbackAddress;
  }

  /** Makes callbacks readable that any process has stored for the account. Starts no server at which more of them arrive. */
  admitStored(
    account: AccountConfig,
    definition: ProviderDefinition,
    credentials: Readonly<Record<string, string>>,
  ): void {
    const { name, currency, options, callbackSources } = account;
    if (this.receiver.has(name)) return;
    const hasKnownSources = callbackSources.length > 0;
    // The address is a part of signatures, which were verified before the callbacks were stored.
    const setup = { account: name, currency, credentials, options, callbackAddress: '', hasKnownSources };
    const reader = definition.callbacks?.(setup);
    const place = placeKey(placeWith(account, credentials));
    if (reader !== undefined) this.receiver.addStored({ account: name, reader, place });
  }

  /**
   * While this process has the configured address, makes the callbacks of all other accounts readable too: Daraja delivers a
   * callback once, and an answer of 404 would lose it. An account whose secrets are missing is skipped: no process can pay from it.
   */
  async admitOthers(): Promise<void> {
    if (this.listener.url === null) return;
    for (const { account, definition } of calledAccounts(this.request.project)) {
      if (this.receiver.has(account.name)) continue;
      try {
        await this.admit(account, definition, await resolveCredentials(account, definition.credentials));
      } catch (error) {
        if (!(error instanceof PayrunError)) throw error;
        this.request.fault(error, `Callbacks of account ${account.name} cannot be received.`);
      }
    }
  }

  /** What the adapter of an account waits on for answers that come by callback. */
  waiterFor(account: string, ending: AbortSignal): CallbackWaiter {
    const { ledger, system } = this.request;
    return callbackWaiter({ ledger, clock: system.clock, account, ending });
  }

  async close(): Promise<void> {
    await this.listener.close();
    await this.receiver.close();
  }

  private async addressOf(
    account: AccountConfig,
    definition: ProviderDefinition,
  ): Promise<{ readonly origin: string; readonly token: string } | null> {
    if (definition.callbacks === undefined) return null;
    const { system } = this.request;
    const { config } = this.request.project;
    if (account.endpoint === 'simulator') {
      return { origin: await this.listener.openSimulation(), token: randomToken(system.random) };
    }
    const token = await resolveCallbackToken(account);
    if (token === null || config.callbacks.publicUrl === null) return null;
    // Before the first callback can come.
    await this.receiver.prepare();
    await this.listener.openConfigured();
    return { origin: config.callbacks.publicUrl, token };
  }
}

/** Accounts that are called from outside this process. The built-in simulator calls only the process in which it runs. */
export function calledAccounts(
  project: Project,
): { readonly account: AccountConfig; readonly definition: ProviderDefinition }[] {
  return [...project.config.accounts.values()]
    .map((account) => ({ account, definition: providerOf(account) }))
    .filter(({ account, definition }) => {
      return definition.callbacks !== undefined && account.endpoint !== 'simulator' && account.callbackToken !== null;
    });
}

/** 32 hexadecimal digits, as an account of the built-in simulator gets one for each process. */
function randomToken(random: () => number): string {
  return Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
}
