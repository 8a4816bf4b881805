import { json, type Answer } from '../kit/answer.ts';
import { Book, type BookEntry } from '../kit/book.ts';
import { readBody, textField } from '../kit/fields.ts';
import type { ServiceOptions } from '../kit/options.ts';
import { rateLimitOf, type SlidingRateLimit, type WindowRate, type WindowStats } from '../kit/rate-limit.ts';
import {
  headerOf,
  type Arrival,
  type ServiceCall,
  type Head,
  type Service,
  type SimulatorDefinition,
} from '../kit/service.ts';

/** Fill in: the published limit; the name is that of `limits` of the simulator. */
const SIMULATED_TEMPLATE_REQUESTS: WindowRate = { count: 5, windowMs: 1_000 };

export const templateSimulator = {
  name: '_template',
  service: (options): Service => new TemplateService(options),
  simulationSettings: {},
  simulationAccountOptions: {},
  exampleAccount: {
    currency: 'KES',
    options: {},
    payments: ['id,name,amount,mobile', 'EMP-1,Jane Wanjiku,1500,0712 345 678'],
  },
} as const satisfies SimulatorDefinition;

/** Template as docs/providers/_template.md describes it: written from the documentation, never from the adapter. */
class TemplateService implements Service {
  readonly basePath = '';
  private readonly options: ServiceOptions;
  private readonly book: Book;
  private readonly limit: SlidingRateLimit;

  constructor(options: ServiceOptions) {
    this.options = options;
    this.book = new Book(options.balanceMinor, options.bookFile);
    this.limit = rateLimitOf(options.limits, 'requests', [SIMULATED_TEMPLATE_REQUESTS]);
  }

  isPayout(head: Head): boolean {
    return head.method === 'POST' && head.route === 'payouts';
  }

  arrive(head: Head): Arrival {
    const decision = this.limit.receive(headerOf(head, 'authorization') ?? '', head.at);
    return { refusal: decision?.accepted === false ? this.throttled() : null, headers: {} };
  }

  read(head: Head, text: string): ServiceCall {
    const body = readBody(headerOf(head, 'content-type'), text);
    return {
      reference: (body && textField(body.fields, 'reference')) ?? '',
      serve: () => {
        // Fill in: check the credentials, answer each endpoint, and book every payout with `this.book.add` before the answer.
        return json(501, { message: `src/simulator/_template does not simulate ${head.method} ${head.route} yet` });
      },
    };
  }

  expireTokens(): void {
    // Fill in: forget every token that was given out. Nothing to do where requests carry a key or a signature.
  }

  throttled(): Answer {
    return json(429, { message: 'Too many requests' });
  }

  credentials(): Readonly<Record<string, string>> {
    return { api_key: this.options.credentials?.[0]?.key ?? 'simulator-api-key' };
  }

  entries(): readonly BookEntry[] {
    return this.book.entries();
  }

  windows(): readonly WindowStats[] {
    return this.limit.stats();
  }

  close(): void {
    this.book.close();
  }
}
