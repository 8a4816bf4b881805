import { timingSafeEqual } from 'node:crypto';
import type { Evidence } from '../domain/outcome.ts';
import { Wakeup } from '../domain/wakeup.ts';
import type { Clock } from '../domain/clock.ts';
import type { BatchStore, CallbackSpool } from '../ledger/ledger.ts';
import type { CallbackReader } from '../providers/port.ts';
import {
  processStoredCallbacks,
  receiveCallback,
  type CallbackContext,
  type CallbackResponse,
  type ProcessedCallback,
  type ReceivedDelivery,
} from './apply.ts';
import { ApplyQueue } from './apply-queue.ts';
import { Sources, tokenDigest } from './caller.ts';
import { CallbackStorage } from './storage.ts';

export interface ReceiverRequest {
  readonly ledger: CallbackContext['ledger'] & Pick<BatchStore, 'batch'>;
  /** Where callbacks wait that the ledger cannot store now. */
  readonly spool: CallbackSpool;
  readonly clock: Clock;
  /** Who is named in the ledger's entries. */
  readonly by: string;
  /** Called with a sentence for the user. */
  readonly note: (text: string) => void;
}

/** An account whose callbacks this process can read. */
export interface CalledAccount {
  readonly account: string;
  /** The secret part of its callback address. */
  readonly token: string;
  /** Addresses and networks that may call; empty: any. */
  readonly sources: readonly string[];
  readonly reader: CallbackReader;
  /** Key of the place that the account sends to. */
  readonly place?: string;
}

interface ReadableAccount extends CalledAccount {
  readonly digest: Buffer;
  readonly allowed: Sources;
  readonly context: CallbackContext;
}

/** One delivery to `/callbacks/<token>[/<segment>]`. */
export interface CallbackDelivery {
  readonly token: string;
  /** '' for none. */
  readonly segment: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Exact bytes; signatures cover them. */
  readonly body: Uint8Array;
  /** Address of the sender, behind our own proxies. */
  readonly caller: string;
}

/** Called for every delivery: the account ('' when the address was unknown) and the label of what became of the delivery. */
export type CallbackCounter = (account: string, label: string) => void;

type DeliveryResult = ProcessedCallback['result'] | 'unknown-address' | 'foreign-source' | 'failed';

/** Labels in metrics and logs. Users have built dashboards on them, so that they stay when a result gets another name here. */
const LABELS: Readonly<Record<DeliveryResult, string>> = {
  settled: 'settled',
  kept: 'kept',
  contradicted: 'contradicted',
  unverified: 'hint',
  unrelated: 'noted',
  'not-ours': 'not-ours',
  repeated: 'repeated',
  spooled: 'spooled',
  refused: 'refused',
  'unknown-address': 'unknown-address',
  'foreign-source': 'foreign-source',
  failed: 'failed',
};

/**
 * Receives the callbacks of all accounts that this process can read: checks token and source, stores and acknowledges
 * ({@link receiveCallback}), and applies what is stored beside that ({@link ApplyQueue}). Whoever waits for a change is woken, and reads what changed from the ledger.
 */
export class CallbackReceiver {
  /** Woken when a callback was stored or applied. */
  readonly changed = new Wakeup();
  private readonly request: ReceiverRequest;
  private readonly accounts = new Map<string, ReadableAccount>();
  private readonly stops = new Map<string, (evidence: Evidence) => void>();
  private readonly counters: CallbackCounter[] = [];
  private deliveries = 0;
  /** As many had come when the last pause between deliveries began. */
  private deliveriesAtQuiet = 0;
  private readonly storage: CallbackStorage;
  private readonly queue: ApplyQueue;
  private readonly storedReaders = new Map<string, Pick<CalledAccount, 'reader' | 'place'>>();

  constructor(request: ReceiverRequest) {
    const { ledger, spool, clock, note } = request;
    this.request = request;
    this.queue = new ApplyQueue(clock);
    this.storage = new CallbackStorage({
      ledger,
      spool,
      clock,
      note,
      onTakenIn: (accounts) => this.applyStored(accounts),
    });
  }

  /** Call before the first delivery can arrive. */
  prepare(): Promise<void> {
    return this.storage.prepare();
  }

  /** Ends what goes on beside the deliveries. */
  async close(): Promise<void> {
    await this.queue.applied();
    await this.storage.close();
  }

  add(called: CalledAccount): void {
    const allowed = new Sources(called.sources);
    this.accounts.set(called.account, {
      ...called,
      digest: tokenDigest(called.token),
      allowed,
      context: this.contextOf(called),
    });
  }

  /** As {@link add}, for callbacks that are stored already; deliveries to the account are not known by this. */
  addStored({ account, ...called }: Pick<CalledAccount, 'account' | 'reader' | 'place'>): void {
    this.storedReaders.set(account, called);
  }

  /** Whether deliveries to the account are received here. */
  has(account: string): boolean {
    return this.accounts.has(account);
  }

  /** Calls `stop` when a callback reports a failure that stops the account. */
  onStop(account: string, stop: (evidence: Evidence) => void): void {
    this.stops.set(account, stop);
  }

  onCount(counter: CallbackCounter): void {
    this.counters.push(counter);
  }

  /** Resolves once the delivery is durable or refused. Rejects when it could not be stored: then it must not be acknowledged. */
  async receive({ token, segment, headers, body, caller }: CallbackDelivery): Promise<CallbackResponse> {
    this.deliveries += 1;
    const called = this.accountOf(token);
    if (called === null) {
      this.count('', 'unknown-address');
      return { status: 404, reply: { error: 'not found' } };
    }
    if (!called.allowed.isEmpty && !called.allowed.has(caller)) {
      this.count(called.account, 'foreign-source');
      return { status: 403, reply: { error: 'forbidden' } };
    }
    const received = await receiveCallback(called.context, { segment, headers, body });
    const { response, isToApply, reference } = received;
    const apply = (): Promise<void> => this.applyReceived(called.account, received);
    // The sender is answered now: whatever keeps a stored callback from being applied, whoever works the account next applies it.
    if (isToApply) this.queue.add({ reference, apply });
    else await apply();
    return response;
  }

  /**
   * Applies the callbacks of an account that a process stored and acknowledged, and died before it applied them. Takes the spool in
   * first: what waits there was acknowledged too. Rejects with `LedgerError` while that is not possible.
   */
  async processStored(account: string): Promise<void> {
    await this.takeIn();
    await this.queue.applied();
    await this.applyStored([account]);
  }

  /** Resolves once every callback that was acknowledged here before is applied. */
  applied(): Promise<void> {
    return this.queue.applied();
  }

  /** Resolves once no delivery has come for `quietMs`; at the latest after `mostMs`, for deliveries may never end. */
  async quiet(quietMs: number, mostMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.request;
    const startedAt = clock.monotonic();
    for (;;) {
      const before = this.deliveries;
      if (before === this.deliveriesAtQuiet || signal.aborted) return;
      await clock.sleep(quietMs, signal);
      this.deliveriesAtQuiet = before;
      if (clock.monotonic() - startedAt >= mostMs) return;
    }
  }

  /** Brings the callbacks that wait in the spool into the ledger, of all accounts, and applies those of accounts known here. */
  takeIn(): Promise<void> {
    return this.storage.takeIn();
  }

  private async applyStored(accounts: Iterable<string>): Promise<void> {
    for (const account of accounts) {
      const called = this.accounts.get(account) ?? this.storedReaders.get(account);
      if (called === undefined) continue;
      for (const processed of await processStoredCallbacks(this.contextOf({ ...called, account })))
        this.publish(account, processed);
    }
  }

  private async applyReceived(account: string, { process }: ReceivedDelivery): Promise<void> {
    try {
      this.publish(account, await process());
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      this.request.note(`A callback was stored and cannot be applied yet: ${what}`);
    }
  }

  /** Whether callbacks can be stored: the ledger can be read. */
  isHealthy(): Promise<boolean> {
    return this.request.ledger.batch('').then(
      () => true,
      () => false,
    );
  }

  /** Counts a delivery that could not be stored. The listener answers 503, so that the provider may deliver it again. */
  fail(error: unknown): void {
    const what = error instanceof Error ? error.message : String(error);
    this.count('', 'failed');
    this.request.note(`A callback could not be taken and was not acknowledged: ${what}`);
  }

  private contextOf({ account, reader, place }: Pick<CalledAccount, 'account' | 'reader' | 'place'>): CallbackContext {
    const { ledger, clock, by } = this.request;
    const sentTo = place === undefined ? {} : { place };
    return { ledger, storage: this.storage, reader, account, ...sentTo, now: () => clock.now(), by };
  }

  private publish(account: string, { result, batch, accountStop }: ProcessedCallback): void {
    this.count(account, result);
    if (result === 'contradicted') {
      this.request.note(
        `Account ${account}: a callback contradicts what is known of a payment${batch === null ? '' : ` of batch ${batch}`}; ` +
          'its report says which.',
      );
    }
    if (accountStop !== null) this.stops.get(account)?.(accountStop);
    this.changed.wake();
  }

  private count(account: string, result: DeliveryResult): void {
    for (const counter of this.counters) counter(account, LABELS[result]);
  }

  /** Compares every token in constant time, so that the time of an answer tells nothing about a token. */
  private accountOf(token: string): ReadableAccount | null {
    const digest = tokenDigest(token);
    let found: ReadableAccount | null = null;
    for (const called of this.accounts.values()) if (timingSafeEqual(called.digest, digest)) found = called;
    return found;
  }
}
