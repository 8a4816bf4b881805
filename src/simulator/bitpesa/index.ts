import { bodiless, type Answer } from '../kit/answer.ts';
import { debitFields, debitRoutes } from './debit-routes.ts';
import { infoRoutes } from './info-routes.ts';
import { objectMember, readObject, textMember, type JsonFields } from './json.ts';
import { recipientRoutes } from './recipient-routes.ts';
import { badRequest, simulatedBitpesaNotFound, routeShapeOf, type BitpesaRoute } from './answers.ts';
import { bitpesaState, type BitpesaState } from './state.ts';
import { senderRoutes } from './sender-routes.ts';
import { BitpesaAuthentication } from './signature.ts';
import { transactionRoutes } from './transaction-routes.ts';
import type { BookEntry } from '../kit/book.ts';
import type { CallbackFault } from '../kit/faults.ts';
import type { Credential, ServiceOptions } from '../kit/options.ts';
import {
  headerOf,
  type Arrival,
  type ServiceCall,
  type Head,
  type Service,
  type SimulatorDefinition,
} from '../kit/service.ts';
import { rateLimitOf, type SlidingRateLimit, type WindowRate, type WindowStats } from '../kit/rate-limit.ts';

const SIMULATED_BITPESA_HOUR_MS = 3_600_000;
const SIMULATED_BITPESA_DAY_MS = 24 * SIMULATED_BITPESA_HOUR_MS;

/** BitPesa's soft limits, enforced here. Creating, funding and listing are not limited. */
const LIMITS: Readonly<
  Record<'transactions' | 'transaction-young' | 'transaction-old' | 'accounts' | 'currencies', readonly WindowRate[]>
> = {
  transactions: [{ count: 2_500, windowMs: SIMULATED_BITPESA_DAY_MS }],
  'transaction-young': [{ count: 6, windowMs: SIMULATED_BITPESA_HOUR_MS }],
  'transaction-old': [{ count: 1, windowMs: SIMULATED_BITPESA_HOUR_MS }],
  accounts: [
    { count: 300, windowMs: SIMULATED_BITPESA_DAY_MS },
    { count: 1, windowMs: 300_000 },
  ],
  currencies: [
    { count: 300, windowMs: SIMULATED_BITPESA_DAY_MS },
    { count: 1, windowMs: 300_000 },
  ],
};

type RateLimitName = keyof typeof LIMITS;

export const bitpesaSimulator = {
  name: 'bitpesa',
  service: (options): Service => new BitpesaService(options),
  simulationSettings: {},
  simulationAccountOptions: {},
  exampleAccount: {
    currency: 'NGN',
    options: {
      input_currency: 'NGN',
      sender: {
        type: 'business',
        name: 'Demo Ltd',
        country: 'KE',
        trading_country: 'KE',
        city: 'Nairobi',
        street: 'Moi Avenue 1',
        postal_code: '00100',
        email: 'pay@example.org',
        phone_number: '+254712000000',
      },
    },
    payments: [
      'id,name,amount,bank_code,bank_account,details.bank_account_type,details.street',
      'EMP-1,Ngozi Ade,15000,058,1234567822,20,Allen Avenue 1',
      'EMP-2,Chidi Okafor,25000,044,0690000044,10,Broad Street 2',
    ],
  },
} as const satisfies SimulatorDefinition;

/**
 * BitPesa (AZA Finance, TransferZero) API v1 as docs/providers/bitpesa.md describes it, with its magic endings. Its settings
 * are {@link BitpesaSimulatorSettings}; its rate limits are `transactions` (reads of single ones by their id), `transaction-young`
 * and `transaction-old` (the same per transaction, in and after its first hour), `accounts` and `currencies`.
 */
class BitpesaService implements Service {
  readonly basePath = '';
  private readonly credentialList: readonly Credential[];
  private readonly authentication: BitpesaAuthentication;
  private readonly state: BitpesaState;
  private readonly rateLimits: Readonly<Record<RateLimitName, SlidingRateLimit>>;
  private readonly routes: ReadonlyMap<string, BitpesaRoute>;

  constructor(options: ServiceOptions) {
    // A signature cannot be checked without the secret: by default only this pair is accepted.
    this.credentialList = options.credentials ?? [{ key: 'simulator-api-key', secret: 'simulator-api-secret' }];
    this.authentication = new BitpesaAuthentication(this.credentialList);
    const indexOf = new Map(
      this.credentialList.map((credential, index) => [simulatedBitpesaPayerOf(index), credential]),
    );
    this.state = bitpesaState(options, (payer) => indexOf.get(payer) ?? { key: '', secret: '' });
    const rateLimit = (name: RateLimitName): SlidingRateLimit => rateLimitOf(options.limits, name, LIMITS[name]);
    this.rateLimits = {
      transactions: rateLimit('transactions'),
      'transaction-young': rateLimit('transaction-young'),
      'transaction-old': rateLimit('transaction-old'),
      accounts: rateLimit('accounts'),
      currencies: rateLimit('currencies'),
    };
    const { state } = this;
    this.routes = new Map([
      ...senderRoutes(state),
      ...transactionRoutes(state),
      ...debitRoutes(state),
      ...recipientRoutes(state),
      ...infoRoutes(state),
    ]);
  }

  isPayout({ method, route }: Head): boolean {
    return method === 'POST' && (route === 'v1/accounts/debits' || route === 'v1/transactions/create_and_fund');
  }

  arrive(head: Head): Arrival {
    const isLimited =
      head.method === 'GET' &&
      !this.rateLimitsOf(head).every(([rateLimit, key]) => rateLimit.receive(key, head.at)?.accepted ?? true);
    return { refusal: isLimited ? this.throttled() : null, headers: {} };
  }

  read(head: Head, text: string): ServiceCall {
    const body = readObject(text);
    return {
      reference: body === null ? '' : this.referenceOf(body),
      serve: (callbackFault) => this.serve(head, text, body, callbackFault),
    };
  }

  /** Every request is signed: there are no tokens that could expire. */
  expireTokens(): void {
    return;
  }

  throttled(): Answer {
    return bodiless(429);
  }

  credentials(): Readonly<Record<string, string>> {
    const pair = this.credentialList[0];
    return { api_key: pair?.key ?? '', api_secret: pair?.secret ?? '' };
  }

  entries(): readonly BookEntry[] {
    return this.state.book.entries();
  }

  windows(): readonly WindowStats[] {
    return Object.values(this.rateLimits).flatMap((rateLimit) => rateLimit.stats());
  }

  close(): void {
    this.state.book.close();
  }

  private serve(head: Head, text: string, body: JsonFields | null, callbackFault: CallbackFault | undefined): Answer {
    this.state.lifecycle.sweep(this.state.runtime.now());
    const index = this.authentication.admit(head, text);
    if (index === null) return bodiless(401);
    // Every request must have both headers, with or without a body.
    const isJson = ['accept', 'content-type'].every(
      (name) => headerOf(head, name)?.startsWith('application/json') === true,
    );
    if (!isJson || (text !== '' && body === null)) return badRequest();
    const { shape, id } = routeShapeOf(head.route);
    const query = new URLSearchParams(head.target.split('?')[1] ?? '');
    const route = this.routes.get(`${head.method} ${shape}`);
    return route === undefined
      ? simulatedBitpesaNotFound()
      : route({ payer: simulatedBitpesaPayerOf(index), id, query, body, callbackFault });
  }

  /** The `external_id` of a creation, or of the transaction that a debit pays. */
  private referenceOf(body: JsonFields): string {
    const transaction = objectMember(body.transaction);
    if (transaction !== null) return textMember(transaction, 'external_id');
    const debit = debitFields(body);
    return (debit && this.state.transactions.find(textMember(debit, 'to_id'))?.externalId) ?? '';
  }

  private rateLimitsOf(head: Head): readonly (readonly [rateLimit: SlidingRateLimit, key: string])[] {
    const payer = headerOf(head, 'authorization-key') ?? head.ip;
    const { rateLimits } = this;
    if (/^v1\/accounts(\/|$)/.test(head.route)) return [[rateLimits.accounts, payer]];
    if (/^v1\/info\/currencies(\/|$)/.test(head.route)) return [[rateLimits.currencies, payer]];
    const id = /^v1\/transactions\/([^/]+)$/.exec(head.route)?.[1];
    if (id === undefined) return [];
    const webhook = this.state.transactions.find(id);
    const isYoung = webhook === null || head.at - webhook.createdAt <= SIMULATED_BITPESA_HOUR_MS;
    return [
      [rateLimits.transactions, payer],
      [isYoung ? rateLimits['transaction-young'] : rateLimits['transaction-old'], `${payer} ${id}`],
    ];
  }
}

function simulatedBitpesaPayerOf(index: number): string {
  return `acctSIM${String(index + 1).padStart(4, '0')}`;
}
