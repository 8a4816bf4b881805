import { createHash, timingSafeEqual } from 'node:crypto';
import { resolveCallbackToken, resolveCredentials, type AccountConfig } from '../../config/config.ts';
import type { Evidence } from '../../domain/outcome.ts';
import { PayrunError } from '../../domain/problem.ts';
import { Wakeup } from '../../domain/wakeup.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { CallbackReader, CallbackWaiter, ProviderDefinition } from '../../providers/port.ts';
import type { Delivery, Desk, Reception } from '../../callbacks/http.ts';
import type { Listening, ListenPlace, ListenResult } from '../../callbacks/listener.ts';
import { Sources } from '../../callbacks/caller.ts';
import { judgeLeft, takeCallback, type CallbackEnd } from '../../callbacks/apply.ts';
import type { CallbackMetrics } from './callback-metrics.ts';
import { providerOf, signature, type Project } from './project.ts';

/** An account whose callbacks this process can read. */
interface Client {
  readonly account: string;
  readonly tokenDigest: Buffer;
  readonly sources: Sources;
  readonly reader: CallbackReader;
}

export interface DeskRequest {
  readonly project: Project;
  readonly ledger: Ledger;
  /** For the ledger's entries: `run`, `serve`. */
  readonly command: string;
  readonly note: (text: string) => void;
  /** Told of every delivery: the account, '' for none of ours, and what was made of it. */
  readonly received?: (account: string, result: string) => void;
}

/** How often a mailbox looks whether another process has stored what it waits for. */
const MAILBOX_POLL_MS = 100;

/**
 * Where callbacks arrive in this process: verified, stored, acknowledged, applied. A run opens it for as long as it works, unless
 * somebody else serves the address already; then their callbacks come by way of the ledger.
 */
export class CallbackDesk implements Desk {
  /** Rung when something was stored or applied. */
  readonly changed = new Wakeup();
  /** Batches in which something has moved since they were last reported; taken by whoever reports. */
  readonly moved = new Set<string>();
  private metricsBook: CallbackMetrics | null = null;
  private readonly request: DeskRequest;
  private readonly clients = new Map<string, Client>();
  private readonly halts = new Map<string, (evidence: Evidence) => void>();
  private configured: Listening | 'taken' | null = null;
  private rehearsal: Listening | null = null;

  constructor(request: DeskRequest) {
    this.request = request;
  }

  /**
   * Makes an account's callbacks readable here and opens the listener that they come to. Returns the address that its provider is
   * to be given, or null where none is configured. Throws {@link PayrunError} for a configuration that cannot work.
   */
  async admit(
    account: AccountConfig,
    definition: ProviderDefinition,
    credentials: Readonly<Record<string, string>>,
  ): Promise<string | null> {
    const place = await this.placeOf(account, definition);
    if (place === null) {
      if (definition.needsCallbackAddress !== true) return null;
      throw new PayrunError(
        2,
        'callback-address-missing',
        `Account ${account.name}: ${definition.name} wants an address for its results in every request. ` +
          `Set callbacks.public_url and accounts.${account.name}.callback_token.`,
      );
    }
    const { origin, token } = place;
    const callbackAddress = `${origin}/callbacks/${token}`;
    const fault = definition.addressFault?.(callbackAddress) ?? null;
    if (fault !== null) {
      const what = `Account ${account.name}: its callback address ${fault}`;
      throw new PayrunError(2, 'callback-address-unfit', `${what} Change callbacks.public_url or the callback_token.`);
    }
    const { name, currency, options, callbackSources } = account;
    const reader = definition.callbacks?.({ account: name, currency, credentials, options, callbackAddress });
    if (reader !== undefined) {
      const sources = new Sources(callbackSources);
      this.clients.set(name, { account: name, tokenDigest: digestOf(token), sources, reader });
    }
    return callbackAddress;
  }

  /**
   * Makes the callbacks of all other accounts readable too, for as long as this process has the address: a provider that calls once
   * must not be told that there is nobody. An account that cannot be opened is none that could be paid from either.
   */
  async admitOthers(): Promise<void> {
    if (this.url === null) return;
    for (const { account, definition } of calledAccounts(this.request.project)) {
      if (this.clients.has(account.name)) continue;
      try {
        await this.admit(account, definition, await resolveCredentials(account, definition.credentials));
      } catch (error) {
        if (!(error instanceof PayrunError)) throw error;
        this.request.note(`${error.message} Its callbacks cannot be received.`);
      }
    }
  }

  /** Opens the configured listener; false when somebody else has the address. */
  async openConfigured(): Promise<boolean> {
    const { host, port, trustedProxies } = this.request.project.config.callbacks;
    if (this.configured === null) {
      const result = await this.listen({ host, port, trustedProxies });
      if (result.kind === 'impossible') {
        const message = `Callbacks cannot be received at ${host}:${port} (${result.code}). Change callbacks.listen.`;
        throw new PayrunError(2, 'callbacks-unavailable', message);
      }
      this.configured = result.kind === 'taken' ? 'taken' : result.listening;
    }
    return this.configured !== 'taken';
  }

  /** After another process had the address: whether it is free by now. */
  forgetTaken(): void {
    if (this.configured === 'taken') this.configured = null;
  }

  /** Whether callbacks may reach the ledger by way of another process. */
  get isElsewhere(): boolean {
    return this.configured === 'taken';
  }

  get url(): string | null {
    return this.configured === null || this.configured === 'taken' ? null : this.configured.url;
  }

  /** Called when a callback stops an account. */
  onStop(account: string, halt: (evidence: Evidence) => void): void {
    this.halts.set(account, halt);
  }

  mailbox(account: string): CallbackWaiter {
    const { ledger, project } = this.request;
    const { clock } = project.system;
    return {
      wait: async (segment, timeoutMs) => {
        const deadline = clock.monotonic() + timeoutMs;
        for (;;) {
          const found = await ledger.callbackTo(account, segment);
          if (found !== null) return { segment, ...found };
          const leftMs = deadline - clock.monotonic();
          if (leftMs <= 0) return null;
          await clock.sleep(Math.min(MAILBOX_POLL_MS, leftMs));
        }
      },
    };
  }

  async take({ token, segment, headers, body, caller }: Delivery): Promise<Reception> {
    const client = this.clientOf(token);
    if (client === null) {
      this.tell('', 'unknown-address');
      return { status: 404, reply: { error: 'not found' } };
    }
    if (!client.sources.isEmpty && !client.sources.has(caller)) {
      this.tell(client.account, 'foreign-source');
      return { status: 403, reply: { error: 'forbidden' } };
    }
    const end = await takeCallback({ ...this.delivery(client), request: { segment, headers, body } });
    this.heed(client.account, end);
    return { status: end.status, reply: end.reply };
  }

  /** Takes up what a process left that died between the acknowledgement and the judgement. */
  async judgeLeft(account: string): Promise<void> {
    const client = this.clients.get(account);
    if (client === undefined) return;
    for (const end of await judgeLeft(this.delivery(client))) this.heed(account, end);
  }

  async isHealthy(): Promise<boolean> {
    return this.request.ledger.unpaidBatches().then(
      () => true,
      () => false,
    );
  }

  trouble(error: unknown): void {
    const what = error instanceof Error ? error.message : String(error);
    this.tell('', 'failed');
    this.request.note(`A callback could not be taken and was not acknowledged: ${what}`);
  }

  metrics(): Promise<{ readonly contentType: string; readonly text: string }> {
    // Asked over the wire, so that it is there.
    if (this.metricsBook === null) throw new Error('metrics without a listener');
    return this.metricsBook.text();
  }

  async close(): Promise<void> {
    if (this.configured !== 'taken') await this.configured?.close();
    await this.rehearsal?.close();
    this.configured = null;
    this.rehearsal = null;
  }

  private delivery(client: Client): Omit<Parameters<typeof takeCallback>[0], 'request'> & { readonly ledger: Ledger } {
    const { project, ledger, command } = this.request;
    const by = signature(project, command);
    return { ledger, reader: client.reader, account: client.account, now: () => project.system.clock.now(), by };
  }

  private heed(account: string, end: CallbackEnd): void {
    this.tell(account, end.kind);
    if (end.kind === 'contradicted') {
      this.request.note(
        `Account ${account}: a callback contradicts what is known of a payment${end.batch === null ? '' : ` of batch ${end.batch}`}; ` +
          'its report says which.',
      );
    }
    if (end.batch !== null) this.moved.add(end.batch);
    if (end.accountStop !== null) this.halts.get(account)?.(end.accountStop);
    this.changed.wake();
  }

  private tell(account: string, result: Parameters<CallbackMetrics['count']>[1]): void {
    this.metricsBook?.count(account, result);
    this.request.received?.(account, result);
  }

  /** Every token is compared, whichever fits, and each in constant time. */
  private clientOf(token: string): Client | null {
    const digest = digestOf(token);
    let found: Client | null = null;
    for (const client of this.clients.values()) if (timingSafeEqual(client.tokenDigest, digest)) found = client;
    return found;
  }

  private async placeOf(
    account: AccountConfig,
    definition: ProviderDefinition,
  ): Promise<{ readonly origin: string; readonly token: string } | null> {
    if (definition.callbacks === undefined) return null;
    const { callbacks } = this.request.project.config;
    if (account.endpoint === 'simulator') {
      return { origin: await this.rehearsalOrigin(), token: this.rehearsalToken() };
    }
    const token = await resolveCallbackToken(account);
    if (token === null || callbacks.publicUrl === null) return null;
    await this.openConfigured();
    return { origin: callbacks.publicUrl, token };
  }

  /** The built-in simulator runs in this process and calls it back at an address of its own. */
  private async rehearsalOrigin(): Promise<string> {
    if (this.rehearsal === null) {
      const result = await this.listen({ host: '127.0.0.1', port: 0, trustedProxies: [] });
      if (result.kind !== 'listening') {
        throw new PayrunError(
          2,
          'callbacks-unavailable',
          'The simulator cannot call back: no port of 127.0.0.1 is free.',
        );
      }
      this.rehearsal = result.listening;
    }
    return this.rehearsal.url;
  }

  /** Only who listens loads a server and its metrics: they are large. */
  private async listen(place: ListenPlace): Promise<ListenResult> {
    const [server, metrics] = await Promise.all([
      import('../../callbacks/listener.ts'),
      import('./callback-metrics.ts'),
    ]);
    this.metricsBook ??= new metrics.CallbackMetrics(this.request.ledger);
    return server.listen(this, place);
  }

  private rehearsalToken(): string {
    const { random } = this.request.project.system;
    return Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  }
}

/** Accounts that are called back from outside: the built-in simulator lives in the run that uses it, and calls nobody else. */
export function calledAccounts(
  project: Project,
): { readonly account: AccountConfig; readonly definition: ProviderDefinition }[] {
  return [...project.config.accounts.values()]
    .map((account) => ({ account, definition: providerOf(account) }))
    .filter(({ account, definition }) => {
      return definition.callbacks !== undefined && account.endpoint !== 'simulator' && account.callbackToken !== null;
    });
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
