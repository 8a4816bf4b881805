import { bodiless, delivered, json, type Answer } from '../kit/answer.ts';
import { Book, type BookEntry } from '../kit/book.ts';
import { answerAfter } from '../kit/callbacks.ts';
import type { CallbackFault } from '../kit/faults.ts';
import { readBody, textField, type BodyFields } from '../kit/fields.ts';
import type { ServiceOptions } from '../kit/options.ts';
import {
  simulatedPesawayAcceptedAnswer,
  simulatedPesawayBalanceAnswer,
  channelsAnswer,
  simulatedPesawayRefusal,
  stateAnswer,
  tokenBody,
} from './answers.ts';
import { readSimulatedPesawayPesawaySettings, type PesawaySimulatorSettings } from './settings.ts';
import {
  isMerchantCode,
  readPesawayOrder,
  type PesawayCaller,
  type PesawayFamily,
  type PesawayOrder,
} from './orders.ts';
import { PesawayPayments, type PesawayOutcome } from './payments.ts';
import { PESAWAY_KENYA, pesawayRegions } from './regions.ts';
import { statementRows } from './statement.ts';
import { PesawayTokens } from './tokens.ts';
import {
  headerOf,
  type Arrival,
  type ServiceCall,
  type Head,
  type Service,
  type SimulatorDefinition,
} from '../kit/service.ts';
import { rateLimitOf, type SlidingRateLimit, type WindowRate, type WindowStats } from '../kit/rate-limit.ts';

/** No limit is documented; this one is [assumed]. Tokens, queries and payouts of a merchant are counted together. */
const SIMULATED_PESAWAY_REQUESTS: WindowRate = { count: 5, windowMs: 1_000 };

const PAYOUTS: ReadonlyMap<string, PesawayFamily> = new Map([
  ['api/v1/mobile-money/send-payment', 'mobile-money'],
  ['api/v1/bank/send-payment', 'bank'],
]);

/** A request whose token, region and body are valid. */
interface PesawayCall extends PesawayCaller {
  readonly head: Head;
  readonly fields: BodyFields;
  readonly merchant: string;
  readonly callbackFault: CallbackFault | null;
}

export const pesawaySimulator = {
  name: 'pesaway',
  service: (options): Service => new PesawayService(options),
  simulationSettings: {},
  simulationAccountOptions: {},
  exampleAccount: {
    currency: 'KES',
    options: {},
    payments: ['id,name,amount,mobile', 'EMP-1,Amina Hassan,1800,0733 111 222', 'EMP-2,Ken Kamau,2300,0701 987 654'],
  },
} as const satisfies SimulatorDefinition;

/**
 * PesaWay as docs/providers/pesaway.md describes it, both generations: a request with `X-Region` is of the third. The base is the origin;
 * routes are `api/v1/mobile-money/send-payment` and the like. Its one rate limit is `requests`. Its settings are
 * {@link PesawaySimulatorSettings}.
 */
class PesawayService implements Service {
  readonly basePath = '';
  private readonly options: ServiceOptions;
  private readonly settings: PesawaySimulatorSettings;
  private readonly book: Book;
  private readonly tokens: PesawayTokens;
  private readonly payments: PesawayPayments;
  private readonly requestLimit: SlidingRateLimit;
  private readonly handlers: ReadonlyMap<string, (call: PesawayCall) => Answer>;

  constructor(options: ServiceOptions) {
    this.options = options;
    this.settings = readSimulatedPesawayPesawaySettings(options.settings);
    this.book = new Book(options.balanceMinor, options.bookFile);
    this.tokens = new PesawayTokens(options);
    this.payments = new PesawayPayments(options, this.settings, this.book);
    this.requestLimit = rateLimitOf(options.limits, 'requests', [SIMULATED_PESAWAY_REQUESTS]);
    this.handlers = this.routes();
  }

  isPayout(head: Head): boolean {
    return head.method === 'POST' && PAYOUTS.has(head.route);
  }

  /** A token request is counted when its body, which names the merchant, has arrived. */
  arrive(head: Head): Arrival {
    if (head.route === 'api/v1/token') return { refusal: null, headers: {} };
    const holder = this.tokens.holderOf(headerOf(head, 'authorization'), headerOf(head, 'x-region') ?? null, head.at);
    return { refusal: this.tooMany(holder ?? head.ip, head), headers: {} };
  }

  read(head: Head, text: string): ServiceCall {
    const body = readBody('application/json', text);
    const name = PAYOUTS.has(head.route) ? 'ExternalReference' : 'TransactionReference';
    return {
      reference: (body && textField(body.fields, name)) ?? '',
      serve: (callbackFault) => {
        const isJson = text === '' || headerOf(head, 'content-type')?.startsWith('application/json') === true;
        return this.serve(head, isJson && body !== null ? body.fields : null, callbackFault ?? null);
      },
    };
  }

  expireTokens(): void {
    this.tokens.expireAll();
  }

  /** The code is from the list of a live integrator; PesaWay has not confirmed it. */
  throttled(): Answer {
    return simulatedPesawayRefusal('429.001', 'Rate limit exceeded', this.settings);
  }

  credentials(): Readonly<Record<string, string>> {
    const pair = this.options.credentials?.[0];
    const { callbackSecret } = this.settings;
    return {
      consumer_key: pair?.key ?? 'ck_sim_01',
      consumer_secret: pair?.secret ?? 'cs_sim_01',
      ...(callbackSecret === '' ? {} : { callback_secret: callbackSecret }),
    };
  }

  entries(): readonly BookEntry[] {
    return this.book.entries();
  }

  windows(): readonly WindowStats[] {
    return this.requestLimit.stats();
  }

  close(): void {
    this.book.close();
  }

  private routes(): ReadonlyMap<string, (call: PesawayCall) => Answer> {
    const { statementPath } = this.settings;
    const routes = new Map<string, (call: PesawayCall) => Answer>();
    for (const [route, family] of PAYOUTS) {
      routes.set(`POST ${route}`, (call) => this.payout(call, family));
      const query = route.replace('send-payment', 'transaction-query');
      for (const verb of ['GET', 'POST']) routes.set(`${verb} ${query}`, (call) => this.query(call, family));
    }
    for (const verb of ['GET', 'POST']) routes.set(`${verb} api/v1/account-balance`, (call) => this.balance(call));
    routes.set('POST api/v1/active-channels', (call) => this.channels(call));
    if (statementPath !== 'mobile-money') routes.set('POST api/v1/pull-transactions', (call) => this.statement(call));
    if (statementPath !== 'short')
      routes.set('POST api/v1/mobile-money/pull-transactions', (call) => this.statement(call));
    return routes;
  }

  private serve(head: Head, fields: BodyFields | null, callbackFault: CallbackFault | null): Answer {
    const call = `${head.method} ${head.route}`;
    const handler = this.handlers.get(call);
    // The paths of all documented samples end in a slash.
    const isThere = (head.target.split('?')[0] ?? '').endsWith('/');
    if (!isThere || (handler === undefined && call !== 'POST api/v1/token'))
      return simulatedPesawayRefusal('404.000', 'Not found', this.settings);
    const regionCode = headerOf(head, 'x-region') ?? null;
    const region = regionCode === null ? PESAWAY_KENYA : pesawayRegions.get(regionCode);
    if (region === undefined) return simulatedPesawayRefusal('400.001', 'X-Region is unknown', this.settings);
    if (handler === undefined) return this.token(head, fields, regionCode);
    const merchant = this.tokens.holderOf(headerOf(head, 'authorization'), regionCode, head.at);
    if (merchant === null)
      return simulatedPesawayRefusal('401.001', 'Missing authentication credentials', this.settings);
    if (fields === null) return simulatedPesawayRefusal('400.001', 'Body is not JSON', this.settings);
    return handler({ head, fields, merchant, region, generation: regionCode === null ? 2 : 3, callbackFault });
  }

  private token(head: Head, fields: BodyFields | null, region: string | null): Answer {
    if (fields === null) return simulatedPesawayRefusal('400.001', 'Body is not JSON', this.settings);
    const merchant = this.tokens.merchantOf(
      textField(fields, 'consumer_key') ?? '',
      textField(fields, 'consumer_secret') ?? '',
    );
    const tooFast = this.tooMany(merchant ?? head.ip, head);
    if (tooFast !== null) return tooFast;
    if (merchant === null)
      return simulatedPesawayRefusal('401.001', 'Missing authentication credentials', this.settings);
    if (textField(fields, 'grant_type') !== 'client_credentials')
      return simulatedPesawayRefusal('400.001', 'grant_type is unknown', this.settings);
    const grant = this.tokens.issue(merchant, region, head.at);
    return json(200, tokenBody(grant, this.options.tokenSeconds, this.settings.tokenShape));
  }

  private payout(call: PesawayCall, family: PesawayFamily): Answer {
    const order = readPesawayOrder(call.fields, family, call, this.settings);
    if ('problem' in order) return simulatedPesawayRefusal('400.001', order.problem, this.settings);
    const { magic: values } = this.options;
    const magic = values.countsFor(order.number) ? order.number.slice(-3) : '';
    // The socket is closed before the payment is registered.
    if (magic === '004') return delivered(bodiless(503), { kind: 'drop' });
    if (this.options.dedupe === 'reject' && this.payments.isUsed(call.merchant, order.reference)) {
      return simulatedPesawayRefusal('403.002', 'TransactionReference is already used', this.settings);
    }
    const needed = order.amountMinor + this.payments.feeMinor(order);
    const isMagicallyPoor = values.countsForAmounts && isWhole(order, 455n);
    if (isMagicallyPoor || needed > this.payments.funds(call.merchant, order.region).availableMinor) {
      return simulatedPesawayRefusal('455.001', 'Insufficient balance', this.settings);
    }
    return this.accepted(call, order, magic);
  }

  private accepted(call: PesawayCall, order: PesawayOrder, magic: string): Answer {
    const usual = simulatedPesawayOutcomeOf(magic);
    const outcome = { ...usual, callbacks: call.callbackFault ?? usual.callbacks };
    const { payment, firstCallback } = this.payments.accept(call.merchant, order, outcome, call.head.at);
    const answer = simulatedPesawayAcceptedAnswer(payment);
    if (magic === '003') return delivered(answer, { kind: 'drop' });
    if (magic === '008') return { ...answer, headers: { 'Content-Type': 'text/html' }, body: '<html>Accepted</html>' };
    return answerAfter(answer, outcome.callbacks, firstCallback);
  }

  private query({ fields, merchant }: PesawayCall, family: PesawayFamily): Answer {
    const id = textField(fields, 'TransactionReference') ?? '';
    if (id === '') return simulatedPesawayRefusal('400.001', 'TransactionReference is missing', this.settings);
    const payment = this.payments.find(merchant, family, id);
    return payment === null
      ? simulatedPesawayRefusal('404.000', 'Transaction not found', this.settings)
      : stateAnswer(payment, this.settings);
  }

  private statement({ fields, merchant, region }: PesawayCall): Answer {
    const rows = statementRows(fields, this.payments.ofMerchant(merchant, region.code), this.settings);
    if ('problem' in rows) return simulatedPesawayRefusal('400.001', rows.problem, this.settings);
    return { ...json(200, {}), body: JSON.stringify(rows) };
  }

  private balance({ head, fields, merchant, region, generation }: PesawayCall): Answer {
    // A GET has no body, and so no merchant code.
    if (generation === 3 && head.method === 'POST' && !isMerchantCode(fields, this.settings)) {
      return simulatedPesawayRefusal('400.001', 'MerchantCode is missing or not yours', this.settings);
    }
    return simulatedPesawayBalanceAnswer(this.payments.funds(merchant, region.code), region, this.settings);
  }

  private channels({ fields, region, generation }: PesawayCall): Answer {
    if (generation === 3 && !isMerchantCode(fields, this.settings)) {
      return simulatedPesawayRefusal('400.001', 'MerchantCode is missing or not yours', this.settings);
    }
    return channelsAnswer(region, textField(fields, 'transaction_type') ?? 'Payins', this.settings);
  }

  private tooMany(key: string, head: Head): Answer | null {
    return this.requestLimit.receive(key, head.at)?.accepted === false ? this.throttled() : null;
  }
}

/** The magic endings of phones and accounts. */
function simulatedPesawayOutcomeOf(magic: string): PesawayOutcome {
  switch (magic) {
    case '001':
      return { end: 'failed', callbacks: null };
    case '002':
      return { end: 'never', callbacks: 'lost' };
    case '005':
      return { end: 'paid', callbacks: 'lost' };
    case '006':
      return { end: 'paid', callbacks: 'twice' };
    case '007':
      return { end: 'paid', callbacks: 'forged' };
    default:
      return { end: 'paid', callbacks: null };
  }
}

function isWhole({ amountMinor, decimals }: PesawayOrder, units: bigint): boolean {
  return amountMinor === (decimals === 2 ? units * 100n : units);
}
