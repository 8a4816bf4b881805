import { bodiless, delivered, type Answer } from '../kit/answer.ts';
import { Book, type BookEntry } from '../kit/book.ts';
import { DarajaQueries } from './queries.ts';
import { accepted, deadToken, invalidField, overQuota, refuse, tooFast, type DarajaConversation } from './answers.ts';
import { certificatePem } from './certificate.ts';
import { burnsId } from './codes.ts';
import { fieldText } from './rules.ts';
import { conversationOf } from './formats.ts';
import { DarajaInitiator } from './initiator.ts';
import { readSimulatedDarajaDarajaSettings, type DarajaSimulatorSettings } from './settings.ts';
import { DarajaCallbackSender } from './callbacks.ts';
import { scriptedAnswer, responseCodeIn } from './scripted-answers.ts';
import { DarajaBalances } from './balances.ts';
import { payoutProducts, readDarajaOrder, type DarajaOrder, type DarajaProduct } from './orders.ts';
import { magicDigits, magicOutcome, ORDINARY, refusedWith, type DarajaOutcome } from './outcomes.ts';
import { DarajaPayments } from './payments.ts';
import { querySubjects, readDarajaQuery } from './query-requests.ts';
import { DarajaTokens } from './tokens.ts';
import { answerAfter } from '../kit/callbacks.ts';
import { ScriptedWord } from '../kit/settings.ts';
import type { CallbackFault } from '../kit/faults.ts';
import { readBody, type BodyFields } from '../kit/fields.ts';
import type { ServiceOptions } from '../kit/options.ts';
import {
  bearerToken,
  headerOf,
  type Arrival,
  type ServiceCall,
  type Head,
  type Service,
  type SimulatorDefinition,
} from '../kit/service.ts';
import { rateLimitOf, type SlidingRateLimit, type WindowRate, type WindowStats } from '../kit/rate-limit.ts';

/** Limits exist and are not published; this one is [assumed]. Payouts and queries of a short code are counted together. */
const SIMULATED_DARAJA_REQUESTS: WindowRate = { count: 5, windowMs: 1_000 };

const SIMULATED_DARAJA_TOKEN = 'oauth/v1/generate';

/** A request that passed the gateway: the token is valid, and the body is a JSON object. */
interface DarajaCall {
  readonly fields: BodyFields;
  readonly callbackFault: CallbackFault | null;
  readonly at: number;
}

export const darajaSimulator = {
  name: 'daraja',
  service: (options): Service => new DarajaService(options),
  simulationSettings: {},
  simulationAccountOptions: {},
  exampleAccount: {
    currency: 'KES',
    options: { shortcode: '600981', command: 'SalaryPayment' },
    payments: ['id,name,amount,mobile', 'EMP-1,Asha Mwangi,3200,0711 222 333', 'EMP-2,Ben Otieno,4100,0799 333 444'],
  },
} as const satisfies SimulatorDefinition;

/**
 * Safaricom's Daraja as docs/providers/daraja.md describes it: B2C v3, B2Pochi, B2B v1, transaction status and balance. The base is the
 * origin; routes are `mpesa/b2c/v3/paymentrequest` and the like. `credentials` of the simulator are apps; every app may use every
 * short code, and a payer of the book is a short code. Rate limits are `requests` (per short code; token calls name none and
 * are not counted) and `quota` (not set by default). Its settings are {@link DarajaSimulatorSettings}. A scripted `callback` fault with the route of
 * a query strikes that query's result.
 */
class DarajaService implements Service {
  readonly basePath = '';
  private readonly options: ServiceOptions;
  private readonly settings: DarajaSimulatorSettings;
  private readonly book: Book;
  private readonly tokens: DarajaTokens;
  private readonly initiator: DarajaInitiator;
  private readonly payments: DarajaPayments;
  private readonly queries: DarajaQueries;
  private readonly requestLimit: SlidingRateLimit;
  private readonly quota: SlidingRateLimit;
  private readonly answers: ScriptedWord;

  constructor(options: ServiceOptions) {
    const { runtime, limits } = options;
    this.options = options;
    this.settings = readSimulatedDarajaDarajaSettings(options.settings);
    this.answers = new ScriptedWord(this.settings.answerAs, this.settings.answerTimes);
    this.book = new Book(options.balanceMinor, options.bookFile);
    this.tokens = new DarajaTokens(options, this.settings);
    this.initiator = new DarajaInitiator(this.settings);
    const callbacks = new DarajaCallbackSender(runtime, this.settings);
    const balances = new DarajaBalances(options, this.settings, this.book);
    this.payments = new DarajaPayments(runtime, this.settings, { book: this.book, balances, callbacks });
    this.queries = new DarajaQueries(runtime, this.settings, {
      payments: this.payments,
      initiator: this.initiator,
      balances,
      callbacks,
    });
    this.requestLimit = rateLimitOf(limits, 'requests', [SIMULATED_DARAJA_REQUESTS]);
    this.quota = rateLimitOf(limits, 'quota', []);
  }

  isPayout(head: Head): boolean {
    return head.method === 'POST' && payoutProducts.has(head.route);
  }

  /** The short code stands in the body, so requests are counted when the body has arrived. */
  arrive(): Arrival {
    return { refusal: null, headers: {} };
  }

  read(head: Head, text: string): ServiceCall {
    const fields = readBody('application/json', text)?.fields ?? null;
    const rateRefusal = this.rateRefusal(head, fields);
    return {
      reference: fields === null ? '' : fieldText(fields, 'OriginatorConversationID'),
      serve: (callbackFault) => rateRefusal ?? this.serve(head, fields, callbackFault ?? null),
    };
  }

  expireTokens(): void {
    this.tokens.expireAll();
  }

  throttled(): Answer {
    return tooFast(this.options.runtime, this.settings);
  }

  credentials(): Readonly<Record<string, string>> {
    const pair = this.options.credentials?.[0];
    return {
      consumer_key: pair?.key ?? 'simulator-consumer-key',
      consumer_secret: pair?.secret ?? 'simulator-consumer-secret',
      initiator_name: this.settings.initiatorName,
      initiator_password: this.settings.initiatorPassword,
      certificate: certificatePem,
    };
  }

  entries(): readonly BookEntry[] {
    return this.book.entries();
  }

  windows(): readonly WindowStats[] {
    return [...this.requestLimit.stats(), ...this.quota.stats()];
  }

  close(): void {
    this.book.close();
  }

  private rateRefusal(head: Head, fields: BodyFields | null): Answer | null {
    if (!payoutProducts.has(head.route) && !querySubjects.has(head.route)) return null;
    const shortCode = fields === null ? '' : fieldText(fields, 'PartyA');
    const key = shortCode === '' ? head.ip : shortCode;
    if (this.requestLimit.receive(key, head.at)?.accepted === false)
      return tooFast(this.options.runtime, this.settings);
    return this.quota.receive(key, head.at)?.accepted === false ? overQuota(this.options.runtime, this.settings) : null;
  }

  private serve(head: Head, fields: BodyFields | null, callbackFault: CallbackFault | null): Answer {
    const { runtime } = this.options;
    const handler = this.handlerOf(head.route);
    if (head.route !== SIMULATED_DARAJA_TOKEN && handler === null)
      return refuse(runtime, '404.001.01', 'Resource not found');
    if (head.method !== (handler === null ? 'GET' : 'POST')) return refuse(runtime, '405.001', 'Method Not Allowed');
    if (handler === null) return this.tokens.generate(head);
    const token = bearerToken(head);
    if (token === null) return refuse(runtime, '404.001.04', 'Invalid Authentication Header');
    if (!this.tokens.isLive(token, head.at)) return deadToken(runtime, this.settings);
    // A body of another content type is not read, so that its first field is missing.
    const isJson = headerOf(head, 'content-type')?.startsWith('application/json') === true;
    if (!isJson) return invalidField(runtime, 'InitiatorName');
    if (fields === null) return refuse(runtime, '400.002.05', 'Invalid Request Payload');
    return handler({ fields, callbackFault, at: head.at });
  }

  private handlerOf(route: string): ((call: DarajaCall) => Answer) | null {
    const product = payoutProducts.get(route);
    if (product !== undefined) return (call) => this.payout(call, product);
    const subject = querySubjects.get(route);
    return subject === undefined ? null : (call) => this.query(call, subject);
  }

  private query({ fields, callbackFault }: DarajaCall, subject: 'status' | 'balance'): Answer {
    const query = readDarajaQuery(fields, subject, this.settings);
    if ('broken' in query) return invalidField(this.options.runtime, query.broken);
    const { ids, firstCallback } = this.queries.take(query, callbackFault);
    return this.acceptance(ids, callbackFault, firstCallback);
  }

  private payout(call: DarajaCall, product: DarajaProduct): Answer {
    const { fields } = call;
    const { runtime, dedupe, magic } = this.options;
    // Checked before all other fields. B2B does not check for duplicates and pays again.
    const isAgain =
      product !== 'b2b' &&
      this.payments.isUsed(fieldText(fields, 'PartyA'), fieldText(fields, 'OriginatorConversationID'));
    if (isAgain && dedupe === 'reject') {
      return refuse(runtime, '500.002.1001', 'Duplicate OriginatorConversationID.');
    }
    const order = readDarajaOrder(fields, product, this.settings);
    if ('broken' in order) return invalidField(runtime, order.broken);
    const digits = magic.countsFor(order.partyB) ? magicDigits(order) : '';
    if (digits === '71') return delivered(bodiless(503), { kind: 'drop' });
    const answerAs = this.answers.next();
    if (answerAs !== 'own') return this.answerAsScripted(call, order, answerAs);
    const answer = this.accept(call, order);
    return digits === '70' ? delivered(answer, { kind: 'drop' }) : answer;
  }

  private accept({ callbackFault }: DarajaCall, order: DarajaOrder): Answer {
    const { payment, firstCallback } = this.payments.accept(order, this.outcomeOf(order), callbackFault);
    return this.acceptance(payment, callbackFault, firstCallback);
  }

  private acceptance(
    ids: DarajaConversation,
    callbackFault: CallbackFault | null,
    firstCallback: Promise<void>,
  ): Answer {
    const answer = accepted(ids, this.settings);
    return answerAfter(answer, callbackFault, firstCallback);
  }

  /** Gives the scripted answer, and does what the settings say really happened. */
  private answerAsScripted(call: DarajaCall, order: DarajaOrder, answerAs: string): Answer {
    const { runtime } = this.options;
    const ids = conversationOf(`${order.reference} ${answerAs}`, call.at);
    const answer = scriptedAnswer(
      answerAs,
      order.product === 'b2b' ? ids : { ...ids, originatorId: order.reference },
      runtime,
    );
    if (this.settings.actualOutcome !== 'absent') this.accept(call, order);
    else {
      const code = responseCodeIn(answerAs);
      if (code !== null && burnsId(code)) this.payments.decline(order);
    }
    return answer;
  }

  private outcomeOf(order: DarajaOrder): DarajaOutcome {
    const { resultAs, answerAs, actualOutcome } = this.settings;
    const role = order.product === 'b2b' ? 'b2b' : 'b2c';
    const problem = this.initiator.problemOf(order.initiator, order.credential, role);
    if (problem !== null) return refusedWith(problem);
    if (resultAs !== '') return { ...ORDINARY, code: resultAs, moves: actualOutcome === 'paid' };
    if (answerAs !== 'own' && actualOutcome === 'declined') return { ...ORDINARY, code: '17', moves: false };
    return this.options.magic.countsFor(order.partyB) ? magicOutcome(order) : ORDINARY;
  }
}
