import type { Answer } from '../kit/answer.ts';
import { Book, type BookEntry } from '../kit/book.ts';
import { answerAfter } from '../kit/callbacks.ts';
import { ScriptedWord } from '../kit/settings.ts';
import type { CallbackFault } from '../kit/faults.ts';
import { readBody, textField, type BodyFields } from '../kit/fields.ts';
import {
  simulatedMpesaOpenapiAcceptedAnswer,
  ambiguousAnswer,
  conversationIdOf,
  simulatedMpesaOpenapiGatewayRefusal,
  simulatedMpesaOpenapiPaidAnswer,
  queryAccepted,
  queryAnswer,
  simulatedMpesaOpenapiRefusal,
  simulatedMpesaOpenapiSessionAnswer,
  simulatedMpesaOpenapiTooManyRequests,
} from './answers.ts';
import { openBearer } from './bearer.ts';
import { mpesaQueryCallback } from './callbacks.ts';
import { isBurning, isRefusal } from './codes.ts';
import { publicKeyBase64 } from './key.ts';
import { readMpesaOpenApiSettings, type MpesaOpenApiSimulatorSettings } from './settings.ts';
import { mpesaMarkets } from './markets.ts';
import { payoutCalls, readMpesaOrder, type MpesaOrder, type MpesaTarget } from './orders.ts';
import { MpesaPayments } from './payments.ts';
import { answerQuery, readQuery, type MpesaQuery, type MpesaQueryResult } from './queries.ts';
import { MpesaSessions, type MpesaSession } from './sessions.ts';
import type { ServiceOptions } from '../kit/options.ts';
import {
  headerOf,
  type Arrival,
  type ServiceCall,
  type Head,
  type Service,
  type SimulatorDefinition,
} from '../kit/service.ts';
import { rateLimitOf, type SlidingRateLimit, type WindowRate, type WindowStats } from '../kit/rate-limit.ts';

/** No limit is published; this one is [assumed]. All calls of an application are counted together. */
const SIMULATED_MPESA_OPENAPI_REQUESTS: WindowRate = { count: 5, windowMs: 1_000 };

/** A valid payout request with its session. */
interface MpesaPayoutCall {
  readonly order: MpesaOrder;
  readonly session: MpesaSession;
  readonly callbackFault: CallbackFault | null;
  readonly at: number;
}

export const mpesaOpenapiSimulator = {
  name: 'mpesa-openapi',
  service: (options): Service => new MpesaOpenapiService(options),
  // Sessions become active almost at once, and the adapter waits no longer than that.
  simulationSettings: { activationDelayMs: 50 },
  simulationAccountOptions: { activation_delay: '100ms' },
  exampleAccount: {
    currency: 'TZS',
    options: { market: 'vodacomTZN', service_provider_code: '900123', activation_delay: '100ms' },
    payments: ['id,name,amount,mobile', 'EMP-1,Asha Mushi,25000,0744 000 111', 'EMP-2,Juma Bakari,18000,0754 000 222'],
  },
} as const satisfies SimulatorDefinition;

/**
 * M-Pesa OpenAPI as docs/providers/mpesa-openapi.md describes it. The base is the origin; routes are `sandbox/ipg/v2/vodacomTZN/getSession` and
 * the like. One key pair serves both environments; `credentials` of the simulator are API keys (the secrets are not used). A
 * payer of the book is an environment, a market and a short code. Its one rate limit is `requests`. Its settings are
 * {@link MpesaOpenApiSimulatorSettings}. Reversals are not served: payrun never reverses a payment.
 */
class MpesaOpenapiService implements Service {
  readonly basePath = '';
  private readonly options: ServiceOptions;
  private readonly settings: MpesaOpenApiSimulatorSettings;
  private readonly book: Book;
  private readonly sessions: MpesaSessions;
  private readonly payments: MpesaPayments;
  private readonly requestLimit: SlidingRateLimit;
  private readonly answers: ScriptedWord;

  constructor(options: ServiceOptions) {
    this.options = options;
    this.settings = readMpesaOpenApiSettings(options.settings);
    this.answers = new ScriptedWord(this.settings.answerAs, this.settings.answerTimes);
    this.book = new Book(options.balanceMinor, options.bookFile);
    this.sessions = new MpesaSessions(options, this.settings);
    this.payments = new MpesaPayments(options.runtime, this.settings, this.book);
    this.requestLimit = rateLimitOf(options.limits, 'requests', [SIMULATED_MPESA_OPENAPI_REQUESTS]);
  }

  isPayout(head: Head): boolean {
    return head.method === 'POST' && payoutCalls.has(simulatedMpesaOpenapiPathOf(head)?.call ?? '');
  }

  arrive(head: Head): Arrival {
    const bearer = openBearer(headerOf(head, 'authorization'));
    const key = bearer === null ? head.ip : this.sessions.applicationOf(bearer);
    const decision = this.requestLimit.receive(key, head.at);
    return {
      refusal: decision?.accepted === false ? simulatedMpesaOpenapiTooManyRequests(decision.resetAt - head.at) : null,
      headers: {},
    };
  }

  read(head: Head, text: string): ServiceCall {
    const body = readBody('application/json', text);
    const queryReference = new URL(head.target, 'http://localhost').searchParams.get('input_QueryReference');
    return {
      reference: (body && textField(body.fields, 'input_ThirdPartyConversationID')) ?? queryReference ?? '',
      serve: (callbackFault) => this.serve(head, body?.fields ?? null, callbackFault ?? null),
    };
  }

  expireTokens(): void {
    this.sessions.expireAll();
  }

  throttled(): Answer {
    return simulatedMpesaOpenapiTooManyRequests(1_000);
  }

  credentials(): Readonly<Record<string, string>> {
    const api_key = this.options.credentials?.[0]?.key ?? 'simulatorapikey00000000000000001';
    return { api_key, public_key: publicKeyBase64 };
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

  private serve(head: Head, fields: BodyFields | null, callbackFault: CallbackFault | null): Answer {
    const path = simulatedMpesaOpenapiPathOf(head);
    if (path === null) return simulatedMpesaOpenapiGatewayRefusal(404, 'resource not found');
    if (headerOf(head, 'content-type')?.startsWith('application/json') !== true) {
      return simulatedMpesaOpenapiGatewayRefusal(415, 'unsupported media type');
    }
    const { requireOrigin } = this.settings;
    if (requireOrigin !== '' && headerOf(head, 'origin') !== requireOrigin)
      return simulatedMpesaOpenapiGatewayRefusal(403, 'origin not trusted');
    const market = mpesaMarkets.get(path.market);
    if (market === undefined) return simulatedMpesaOpenapiRefusal('INS-998', '');
    const target = { env: path.env, market };
    const bearer = openBearer(headerOf(head, 'authorization'));
    const verb = `${head.method} ${path.call}`;
    if (verb === 'GET getSession') return this.getSession(bearer, target, head.at);
    const payoutFields = head.method === 'POST' ? payoutCalls.get(path.call) : undefined;
    if (payoutFields === undefined && verb !== 'GET queryTransactionStatus')
      return simulatedMpesaOpenapiGatewayRefusal(404, 'resource not found');
    const session = this.sessions.live(bearer ?? '', realmOf(target), head.at);
    if (session === null)
      return simulatedMpesaOpenapiGatewayRefusal(this.settings.sessionRefusalStatus, 'session not valid');
    if (payoutFields === undefined) return this.query(head, target);
    if (fields === null) return simulatedMpesaOpenapiRefusal('INS-21', '');
    const order = readMpesaOrder(fields, payoutFields, target, this.settings);
    if ('code' in order)
      return simulatedMpesaOpenapiRefusal(order.code, textField(fields, 'input_ThirdPartyConversationID') ?? '');
    return this.payout({ order, session, callbackFault, at: head.at });
  }

  private getSession(apiKey: string | null, target: MpesaTarget, at: number): Answer {
    if (apiKey === null || !this.sessions.isApplication(apiKey)) {
      return simulatedMpesaOpenapiGatewayRefusal(this.settings.sessionRefusalStatus, 'api key not valid');
    }
    const id = this.sessions.create(apiKey, realmOf(target), at);
    return simulatedMpesaOpenapiSessionAnswer(id);
  }

  private payout(call: MpesaPayoutCall): Answer {
    const { order, session, at } = call;
    if (this.options.dedupe === 'reject' && this.payments.isUsed(order))
      return simulatedMpesaOpenapiRefusal('INS-10', order.reference);
    const limit = this.sessions.brokenLimit(session, order, at);
    if (limit !== null) return simulatedMpesaOpenapiRefusal(limit, order.reference);
    const answer = this.magicAnswer(order) ?? this.answers.next();
    const isFailing = answer === 'INS-6' && this.settings.async;
    if (isRefusal(answer) && !isFailing) return this.refused(call, answer);
    if (order.amountMinor > this.payments.availableMinor(order)) return this.refused(call, 'INS-2006');
    if (answer === 'own' || isFailing) return this.paid(call, isFailing ? answer : this.settings.asyncResult);
    if (this.settings.actualOutcome === 'paid') this.paid(call, this.settings.asyncResult);
    else if (answer.startsWith('INS') && isBurning(answer)) this.payments.lose(order, at);
    return ambiguousAnswer(answer, order.reference);
  }

  private refused({ order, at }: MpesaPayoutCall, code: string): Answer {
    if (isBurning(code)) this.payments.fail(order, at);
    return simulatedMpesaOpenapiRefusal(code, order.reference);
  }

  private paid({ order, session, callbackFault, at }: MpesaPayoutCall, result: string): Answer {
    session.paidCount += 1;
    session.paidMinor += order.amountMinor;
    if (!this.settings.async) {
      const payment = this.payments.pay(order, at);
      return simulatedMpesaOpenapiPaidAnswer(payment);
    }
    const { payment, firstCallback } = this.payments.accept(order, result, callbackFault, at);
    const answer = simulatedMpesaOpenapiAcceptedAnswer(payment, this.settings);
    return answerAfter(answer, callbackFault, firstCallback);
  }

  private query(head: Head, target: MpesaTarget): Answer {
    const query = readQuery(head.target, target, this.settings);
    if ('code' in query) return simulatedMpesaOpenapiRefusal(query.code, '');
    const asking = { isMagic: this.options.magic.level !== 'none', at: head.at };
    const result = answerQuery(query, target, this.payments, asking, this.settings);
    return this.settings.asyncQuery ? this.queryLater(query, result) : queryAnswer(query, result);
  }

  private queryLater(query: MpesaQuery, result: MpesaQueryResult): Answer {
    const ids = { conversationId: conversationIdOf(query.reference), reference: query.reference };
    const isDone = result.kind === 'status' && result.status === 'Completed';
    const code = result.kind === 'refused' ? result.code : 'INS-0';
    const callback = mpesaQueryCallback(ids, code, isDone ? result : null, this.settings);
    this.options.runtime.after(this.settings.callbackDelayMs, () => void this.payments.send([callback]));
    return queryAccepted(query);
  }

  /** The sandbox's answer to its magic numbers; null for any other number. */
  private magicAnswer({ realm, number }: MpesaOrder): string | null {
    if (!this.options.magic.countsFor(number) || !realm.startsWith('sandbox/') || !/^(0{11}|0{5})\d$/.test(number))
      return null;
    return SIMULATED_MPESA_OPENAPI_MAGIC[number.slice(-1)] ?? null;
  }
}

/** By the last digit; that an unavailable service answers `INS-16` is [assumed]. */
const SIMULATED_MPESA_OPENAPI_MAGIC: Readonly<Record<string, string>> = {
  1: 'own',
  2: 'INS-1',
  3: 'INS-6',
  4: 'INS-9',
  5: 'INS-15',
  6: 'INS-2006',
  7: 'INS-16',
};

/** Null for a path that is not of this API. Every path of the API ends in a slash. */
function simulatedMpesaOpenapiPathOf(
  head: Head,
): { readonly env: MpesaTarget['env']; readonly market: string; readonly call: string } | null {
  const [, env, market = '', call = ''] =
    /^\/(sandbox|openapi)\/ipg\/v2\/(\w+)\/(\w+)\/(?:\?|$)/.exec(head.target) ?? [];
  return env === 'sandbox' || env === 'openapi' ? { env, market, call } : null;
}

function realmOf({ env, market }: MpesaTarget): string {
  return `${env}/${market.name}`;
}
