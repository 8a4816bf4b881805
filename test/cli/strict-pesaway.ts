import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Project } from './harness.ts';
import { freePort, TOKEN } from './pesaway-project.ts';

export type StrictState = 'paid' | 'failed' | 'pending' | 'not-found' | 'silent';

/** A provider that says of each reference what the test wants, and counts every request for money. */
export class StrictPesaway {
  /** References of the requests for money, in their order. */
  readonly paid: string[] = [];
  /** References that were queried, in their order. */
  readonly queried: string[] = [];
  /** What a query says; the state of a reference that it lacks is `not-found`. */
  readonly states = new Map<string, StrictState>();
  /** Whether the answer to the next requests for money is lost. */
  losesAnswers = true;
  /** Called when a query, or a request for money, has come in and before the answer leaves. */
  onQuery: () => unknown = () => undefined;
  onPayment: () => unknown = () => undefined;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const answer = this.answer(request.url ?? '', body);
        if (answer === null) request.socket.destroy();
        else response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
  }

  static async start(): Promise<StrictPesaway> {
    const provider = new StrictPesaway();
    await new Promise<void>((resolve) => provider.server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(url: string, body: Readonly<Record<string, unknown>>): object | null {
    if (url.endsWith('/token/')) return { code: '200.001', data: { token: 'T-1234567890', expires_in: 3600 } };
    if (url.endsWith('/send-payment/')) return this.takePayment(String(body['ExternalReference']));
    if (url.endsWith('/transaction-query/')) return this.stateOf(String(body['TransactionReference']));
    if (url.endsWith('/account-balance/'))
      return { code: '200.001', CurrentBalance: '900000.00', AvailableBalance: '900000.00' };
    return { code: '200.001', data: [] };
  }

  private takePayment(reference: string): object | null {
    this.paid.push(reference);
    this.onPayment();
    if (this.losesAnswers) return null;
    this.states.set(reference, 'paid');
    return { code: '200.001', TransactionID: `T-${reference}`, OriginatorReference: reference };
  }

  private stateOf(id: string): object | null {
    const reference = id.replace(/^T-/, '');
    this.queried.push(reference);
    this.onQuery();
    const found = { code: '200.001', TransactionID: `T-${reference}`, OriginatorReference: reference };
    switch (this.states.get(reference)) {
      case 'paid':
        return { ...found, ResultCode: '0', ResultDesc: 'Done', TransactionReceipt: 'RCPT12345' };
      case 'failed':
        return { ...found, ResultCode: '17', ResultDesc: 'Refused' };
      case 'pending':
        return found;
      case 'silent':
        return null;
      case 'not-found':
      case undefined:
        return { code: '404.000', message: 'Not found' };
    }
  }
}

/** A payer at a {@link StrictPesaway} whose callbacks are not signed. */
export async function strictProject(provider: StrictPesaway): Promise<Project> {
  const port = await freePort();
  return Project.open({
    env: { PW_KEY: 'key', PW_SECRET: 'secret' },
    config: `
organisation: acme-ke
timezone: Africa/Nairobi
callbacks: { listen: "127.0.0.1:${port}", public_url: https://pay.example.org }
accounts:
  demo:
    provider: pesaway
    endpoint: ${provider.endpoint}
    currency: KES
    callback_token: ${TOKEN}
    credentials: { consumer_key: "\${PW_KEY}", consumer_secret: "\${PW_SECRET}" }
    options: { poll: [10m], statement_after: 1ms, failed_after: 1ms, request_timeout: 2s, resend_grace: 1h }
    limits: { rate: 1000/s, concurrency: 4 }
defaults:
  - match: "*.csv"
    account: demo
`,
  });
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
