import { timingSafeEqual } from 'node:crypto';
import type { Evidence } from '../domain/outcome.ts';
import { Wakeup } from '../domain/wakeup.ts';
import type { BatchStore } from '../ledger/ledger.ts';
import type { CallbackReader } from '../providers/port.ts';
import {
  processStoredCallbacks,
  receiveCallback,
  type CallbackContext,
  type CallbackResponse,
  type ProcessedCallback,
} from './apply.ts';
import { Sources, tokenDigest } from './caller.ts';

export interface ReceiverRequest {
  readonly ledger: CallbackContext['ledger'] & Pick<BatchStore, 'batch'>;
  readonly now: () => number;
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
  refused: 'refused',
  'unknown-address': 'unknown-address',
  'foreign-source': 'foreign-source',
  failed: 'failed',
};

/**
 * Receives the callbacks of all accounts that this process can read: checks token and source, then stores, applies and
 * acknowledges ({@link receiveCallback}). Whoever waits for a change is woken, and reads what changed from the ledger.
 */
export class CallbackReceiver {
  /** Woken when a callback was stored or applied. */
  readonly changed = new Wakeup();
  /** Batches in which a payment changed since their last report. A writer of reports takes a batch out before it writes. */
  readonly moved = new Set<string>();
  private readonly request: ReceiverRequest;
  private readonly accounts = new Map<string, CalledAccount & { readonly digest: Buffer; readonly allowed: Sources }>();
  private readonly stops = new Map<string, (evidence: Evidence) => void>();
  private readonly counters: CallbackCounter[] = [];

  constructor(request: ReceiverRequest) {
    this.request = request;
  }

  add(called: CalledAccount): void {
    const allowed = new Sources(called.sources);
    this.accounts.set(called.account, { ...called, digest: tokenDigest(called.token), allowed });
  }

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
    const called = this.accountOf(token);
    if (called === null) {
      this.count('', 'unknown-address');
      return { status: 404, reply: { error: 'not found' } };
    }
    if (!called.allowed.isEmpty && !called.allowed.has(caller)) {
      this.count(called.account, 'foreign-source');
      return { status: 403, reply: { error: 'forbidden' } };
    }
    const { processed, response } = await receiveCallback(this.contextOf(called), { segment, headers, body });
    this.publish(called.account, processed);
    return response;
  }

  /** Applies the callbacks of an account that a process stored and acknowledged, and died before it applied them. */
  async processStored(account: string): Promise<void> {
    const called = this.accounts.get(account);
    if (called === undefined) return;
    for (const processed of await processStoredCallbacks(this.contextOf(called))) this.publish(account, processed);
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

  private contextOf({ account, reader }: CalledAccount): CallbackContext {
    const { ledger, now, by } = this.request;
    return { ledger, reader, account, now, by };
  }

  private publish(account: string, { result, batch, accountStop }: ProcessedCallback): void {
    this.count(account, result);
    if (result === 'contradicted') {
      this.request.note(
        `Account ${account}: a callback contradicts what is known of a payment${batch === null ? '' : ` of batch ${batch}`}; ` +
          'its report says which.',
      );
    }
    if (batch !== null) this.moved.add(batch);
    if (accountStop !== null) this.stops.get(account)?.(accountStop);
    this.changed.wake();
  }

  private count(account: string, result: DeliveryResult): void {
    for (const counter of this.counters) counter(account, LABELS[result]);
  }

  /** Compares every token in constant time, so that the time of an answer tells nothing about a token. */
  private accountOf(token: string): (CalledAccount & { readonly allowed: Sources }) | null {
    const digest = tokenDigest(token);
    let found: (CalledAccount & { readonly allowed: Sources }) | null = null;
    for (const called of this.accounts.values()) if (timingSafeEqual(called.digest, digest)) found = called;
    return found;
  }
}
