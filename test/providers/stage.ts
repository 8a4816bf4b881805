import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect } from 'vitest';
import type { Clock } from '../../src/domain/clock.ts';
import type { Destination } from '../../src/domain/destination.ts';
import type { StatusReport, StatusReportKind } from '../../src/domain/status-report.ts';
import type { CallBudgets } from '../../src/domain/call-budgets.ts';
import type { Evidence, OutcomeKind } from '../../src/domain/outcome.ts';
import type { PaymentInstruction } from '../../src/domain/payment.ts';
import type { Http } from '../../src/providers/kit/http.ts';
import type {
  ParsedCallback,
  CallbackRequest,
  CallbackPayment,
  QueryResult,
  Provider,
  StoredCallback,
} from '../../src/providers/port.ts';
import { withReportedResult } from '../../src/settle/reported-result.ts';
import type { ProviderHarness, StartedSimulation, SimulationSetting } from './harness.ts';
import { deadPort, listenHttp, openHttp } from './listeners.ts';

/** What one case of the suite needs: the simulation, an HTTP client that counts, and all texts, which may hold no secret. */
export class Stage {
  private readonly harness: ProviderHarness;
  private simulation: StartedSimulation | null = null;
  private serial = 0;
  private requests = 0;
  private texts: string[] = [];
  private address = '';
  private readonly callbacks: { readonly request: CallbackRequest; readonly at: number }[] = [];
  private readonly payments = new Map<string, CallbackPayment>();
  private readonly queries = new Map<string, number>();
  private waiters: (() => void)[] = [];
  private secrets = new Set<string>();

  constructor(harness: ProviderHarness) {
    this.harness = harness;
  }

  async start(
    setting: Partial<SimulationSetting> = {},
  ): Promise<{ provider: Provider; simulation: StartedSimulation; requests: () => number }> {
    this.address = `${await listenHttp((request, response) => this.receive(request, response))}/callbacks/${TOKEN}`;
    const callbackAddress = this.address;
    const simulation = await this.harness.start({
      balance: 'plenty',
      credentials: 'known',
      callbackAddress,
      ...setting,
    });
    this.simulation = simulation;
    return { provider: this.open(simulation.endpoint), simulation, requests: () => this.requests };
  }

  /** What the provider has sent so far. */
  receivedCallbacks(): readonly CallbackRequest[] {
    return this.callbacks.map(({ request }) => request);
  }

  parsedCallbacks(): Promise<readonly ParsedCallback[]> {
    return Promise.all(this.receivedCallbacks().map((request) => this.read(request)));
  }

  read(request: CallbackRequest): Promise<ParsedCallback> {
    const { definition, credentials, options, currency } = this.harness;
    const about = { account: 'conformance', currency, credentials, options };
    const setup = { ...about, callbackAddress: this.address, hasKnownSources: false };
    const reader = definition.callbacks?.(setup);
    if (reader === undefined) throw new Error('this provider reads no callbacks');
    return reader.read(request, (reference) => Promise.resolve(this.payments.get(reference) ?? null));
  }

  /** One query as settlement makes it, long enough after the payment for any provider's answer to count. */
  async query(provider: Provider, payment: PaymentInstruction): Promise<QueryResult> {
    const { providerReference, requestId, queries } = this.knownOf(payment);
    this.queries.set(payment.reference, queries + 1);
    const known = {
      status: 'pending',
      providerReference,
      requestId,
      sentAt: suiteClock.now() - 600_000,
      queries,
    } as const;
    const answer = await provider.query?.(payment, known);
    if (answer === undefined) throw new Error('this provider cannot be queried');
    const reported = answer.kind === 'failed' ? ((await provider.reportedResult?.(payment, known)) ?? null) : null;
    const settled = answer.kind === 'failed' ? withReportedResult(answer, reported) : answer;
    this.check(settled, payment);
    return settled;
  }

  knownOf(payment: PaymentInstruction): {
    readonly providerReference: string;
    readonly requestId: string;
    readonly queries: number;
  } {
    const { providerReference = '', requestId = '' } = this.payments.get(payment.reference) ?? {};
    return { providerReference, requestId, queries: this.queries.get(payment.reference) ?? 0 };
  }

  /** The final report of a payment: by a verified callback, else by a query. */
  async settled(provider: Provider, payment: PaymentInstruction): Promise<StatusReport> {
    for (const until = suiteClock.now() + 15_000; suiteClock.now() < until;) {
      for (const callback of await this.parsedCallbacks()) {
        if (callback.kind !== 'report' || callback.reference !== payment.reference || !isEnd(callback.report)) continue;
        this.check(callback.report, payment);
        return callback.report;
      }
      if (provider.query !== undefined) {
        await provider.prepare();
        const answer = await this.query(provider, payment);
        if (answer.kind === 'throttled' || answer.kind === 'unreachable' || answer.kind === 'stop') continue;
        if (isEnd(answer)) return answer;
      }
      await this.nextCallback(50);
    }
    throw new Error('no final report of the payment');
  }

  /** A smallest unit's multiple near an amount. */
  roundAmount(amountMinor: bigint): bigint {
    return amountMinor - (amountMinor % (this.harness.amountMinorStep ?? 1n));
  }

  async openUnreachable(): Promise<Provider> {
    this.address = `http://127.0.0.1:${await deadPort()}/callbacks/${TOKEN}`;
    return this.open(`http://127.0.0.1:${await deadPort()}`);
  }

  async stopProvider(): Promise<void> {
    await this.simulation?.close();
    // A turn of the event loop, in which the connections of earlier requests are seen to be closed.
    await new Promise((resolve) => setImmediate(resolve));
  }

  payment(more: Partial<PaymentInstruction> = {}): PaymentInstruction {
    const [sample] = this.harness.destinations;
    if (sample === undefined) throw new Error('a harness has at least one destination');
    const serial = String(++this.serial).padStart(4, '0');
    const payment = {
      reference: `C0NF0RMANCE00000${serial}`,
      batch: 'conformance',
      id: `EMP-${serial}`,
      name: 'Amina Otieno',
      destination: sample.destination,
      amountMinor: 100_00n,
      currency: this.harness.currency,
      narrative: 'March stipend',
      details: {},
      ...more,
    };
    this.secrets.add(hiddenPart(payment.destination));
    return payment;
  }

  /** Every result has a short code and one readable sentence; its ids are kept as the ledger would. */
  check(
    result: { readonly kind: OutcomeKind | StatusReportKind | 'unreachable'; readonly evidence: Evidence },
    payment?: PaymentInstruction,
  ): void {
    const known = payment === undefined ? undefined : this.payments.get(payment.reference);
    if (payment !== undefined) {
      const { providerReference = known?.providerReference ?? '', requestId = known?.requestId ?? '' } =
        result.evidence;
      this.payments.set(payment.reference, { ...payment, status: 'pending', providerReference, requestId });
    }
    this.texts.push(JSON.stringify(result.evidence));
    expect(result.evidence.code).toMatch(/^\S{1,40}$/);
    expect(result.evidence.reason).toMatch(/^[^\n]{5,600}$/);
  }

  async finish(): Promise<void> {
    await this.simulation?.close();
    for (const text of this.texts) for (const secret of this.secrets) expect(text).not.toContain(secret);
    this.simulation = null;
    this.requests = 0;
    this.texts = [];
    this.secrets = new Set();
    this.callbacks.length = 0;
    this.payments.clear();
    this.queries.clear();
  }

  private receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const segment = (request.url ?? '').slice(`/callbacks/${TOKEN}`.length + 1);
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      this.callbacks.push({ request: { segment, headers, body: Buffer.concat(chunks) }, at: suiteClock.now() });
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
      for (const wake of this.waiters.splice(0)) wake();
    });
  }

  private nextCallback(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.waiters.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private async waitFor(segment: string, timeoutMs: number): Promise<StoredCallback | null> {
    for (const until = suiteClock.now() + timeoutMs; ;) {
      const found = this.callbacks.find(({ request }) => request.segment === segment);
      if (found !== undefined)
        return { segment, body: Buffer.from(found.request.body).toString(), receivedAt: found.at };
      if (suiteClock.now() >= until) return null;
      await this.nextCallback(Math.min(50, timeoutMs));
    }
  }

  private open(endpoint: string): Provider {
    const { definition, credentials, options, currency } = this.harness;
    for (const secret of Object.values(credentials)) this.secrets.add(secret);
    return definition.open({
      account: 'conformance',
      currency,
      endpoint,
      credentials,
      options,
      http: this.counted(openHttp()),
      environment: null,
      random: Math.random,
      callbackAddress: this.address === '' ? null : this.address,
      callbackWaiter: this.address === '' ? null : { wait: (segment, timeoutMs) => this.waitFor(segment, timeoutMs) },
      tokenStore: null,
      clock: suiteClock,
      callBudgets,
    });
  }

  private counted(http: Http): Http {
    return {
      send: (request) => {
        this.requests++;
        const token = request.headers['Authorization']?.split(' ').at(-1);
        if (token !== undefined) this.secrets.add(token);
        return http.send(request);
      },
      close: () => http.close(),
    };
  }
}

const TOKEN = 'c0ffee00c0ffee00c0ffee00c0ffee00';

function isEnd(report: StatusReport): boolean {
  return (
    report.kind === 'paid' || report.kind === 'failed' || report.kind === 'cancelled' || report.kind === 'returned'
  );
}

/** Real time, in which a sleep ends at once; the adapter and its simulator share the clock. */
export const suiteClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: () => Promise.resolve(),
};

const callBudgets: CallBudgets = { spend: (_budget, call) => call(), isFree: () => true, notice: () => undefined };

export function hiddenPart(destination: Destination): string {
  switch (destination.kind) {
    case 'mobile':
      return destination.phone.slice(-9);
    case 'bank':
      return destination.account;
    case 'paybill':
      return destination.account === '' ? destination.paybill : destination.account;
    case 'wallet':
      return destination.wallet;
    case 'till':
      return destination.till;
  }
}
