import type { ResendRule } from '../../domain/resend-rule.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence, Redactor } from '../kit/redaction.ts';
import type { HttpAnswer } from '../kit/http.ts';
import type { QueryResult, KnownPayment, Provider, ProviderDefinition, ProviderSetup, Readiness } from '../port.ts';
import type { Token, TokenCache } from '../kit/token-cache.ts';
import { isSessionRefused, payoutOutcome, sessionRefused } from './answers.ts';
import { REQUESTS } from './budgets.ts';
import { mpesaCallbacks } from './callbacks.ts';
import { queryInquiry } from './query.ts';
import { mpesaRules } from './rules.ts';
import { mpesaSessions } from './session.ts';
import { mpesaOpenapiConfiguration } from './options.ts';
import { readSettings, type Settings } from './settings.ts';
import { queryConversation } from './signature.ts';
import { payoutRequest, queryRequest, wireAnswer } from './wire.ts';

const HOST = 'https://openapi.m-pesa.com';

/** M-Pesa OpenAPI of Vodacom and Vodafone: mobiles and business short codes of five markets. Kenya's M-Pesa is another API. */
export const mpesaOpenapi: ProviderDefinition = {
  name: 'mpesa-openapi',
  // One host; the environment is in the path.
  hosts: { live: HOST, sandbox: HOST },
  credentials: Object.keys(mpesaOpenapiConfiguration.credentials),
  rules: mpesaRules,
  limits: () => ({
    // Nothing is published [assumed].
    concurrency: 4,
    budgets: [{ name: REQUESTS, scope: 'account', rates: [{ count: 5, windowMs: 1_000 }] }],
    payoutBudget: REQUESTS,
    documentedRates: [],
  }),
  open: (setup) => new MpesaProvider(setup),
  polling: (options) => readSettings(options).polling,
  // Their address is registered at M-Pesa by hand: no request carries it.
  callbacks: mpesaCallbacks,
};

class MpesaProvider implements Provider {
  private readonly setup: ProviderSetup;
  private readonly settings: Settings;
  private readonly redactor: Redactor;
  private readonly sessions: TokenCache;

  constructor(setup: ProviderSetup) {
    this.setup = setup;
    this.settings = readSettings(setup.options, setup.currency);
    this.redactor = new Redactor(Object.values(setup.credentials));
    this.sessions = mpesaSessions(setup, this.settings, this.redactor);
  }

  resend(): ResendRule {
    return this.settings.resend;
  }

  prepare(): Promise<Readiness> {
    return this.sessions.prepare();
  }

  async submit(payment: PaymentInstruction, isAgain = false): Promise<Outcome> {
    const session = this.sessions.current();
    if (session === null) return { kind: 'throttled', evidence: ENDED, waitMs: 0 };
    const { http, clock, account } = this.setup;
    const answer = await http.send(payoutRequest(this.setup, this.settings, payment, session.value));
    const sessionHopeless = this.judge(session, answer);
    const now = clock.now();
    return payoutOutcome(answer, { payment, account, redactor: this.redactor, now, sessionHopeless, isAgain });
  }

  async query(payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult> {
    const readiness = await this.sessions.prepare();
    if (readiness.kind !== 'ready') return readiness;
    const session = this.sessions.current();
    if (session === null) return { kind: 'throttled', evidence: ENDED, waitMs: 0 };
    const { http, clock, callBudgets, random, account, credentials } = this.setup;
    const { reference } = payment;
    const conversation = queryConversation(reference, known.queries, random, credentials['api_key'] ?? '');
    const request = queryRequest(this.setup, this.settings, reference, conversation, session.value);
    const answer = await callBudgets.spend(REQUESTS, () => http.send(request));
    const isHopeless = this.judge(session, answer);
    if (answer.kind === 'answer' && isSessionRefused(answer)) {
      return isHopeless
        ? { kind: 'stop', evidence: sessionRefused(answer.status, account) }
        : { kind: 'throttled', evidence: ENDED, waitMs: 0 };
    }
    return queryInquiry(answer, { payment, conversation, redactor: this.redactor, now: clock.now() });
  }

  /** Tells the keeper how M-Pesa took the session; whether fetching another is hopeless. */
  private judge(session: Token, answer: HttpAnswer): boolean {
    if (isSessionRefused(answer)) return this.sessions.refuse(session);
    // A code comes from behind the door, where no session is refused any more.
    if (answer.kind === 'answer' && wireAnswer(answer).code !== '') this.sessions.accepted(session);
    return false;
  }
}

/** It ended between `prepare` and now, by age or by another request's refusal. */
const ENDED = evidence('session', 'The session had ended; a new one is fetched.');
