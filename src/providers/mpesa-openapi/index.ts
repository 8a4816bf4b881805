import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { ResendRule } from '../../domain/resend-rule.ts';
import type { TokenClient } from '../kit/client.ts';
import { Redactor } from '../kit/redaction.ts';
import type { TokenCache } from '../kit/token-cache.ts';
import type { KnownPayment, Provider, ProviderDefinition, ProviderSetup, QueryResult, Readiness } from '../port.ts';
import { mpesaOpenapiPayoutOutcome } from './answers.ts';
import { mpesaCallbacks } from './callbacks.ts';
import { openClient, openSessions, MPESA_OPENAPI_REQUESTS } from './client.ts';
import { mpesaOpenapiConfiguration } from './options.ts';
import { queryMpesaOpenapiPayment } from './query.ts';
import { mpesaRules } from './rules.ts';
import { readMpesaOpenapiSettings, type MpesaOpenapiSettings } from './settings.ts';
import { mpesaOpenapiPayoutRequest } from './wire.ts';

const HOST = 'https://openapi.m-pesa.com';

/** M-Pesa OpenAPI of Vodacom and Vodafone: mobiles and business short codes of five markets. Kenya's M-Pesa is another API. */
export const mpesaOpenapi: ProviderDefinition = {
  name: 'mpesa-openapi',
  // One host; the environment is in the path.
  hosts: { live: HOST, sandbox: HOST },
  credentials: Object.keys(mpesaOpenapiConfiguration.credentials),
  payer: ({ credentials: { api_key: key = '' }, options, currency }) => {
    const { market, serviceProviderCode } = readMpesaOpenapiSettings(options, currency);
    return [key, market.path, serviceProviderCode];
  },
  rules: mpesaRules,
  limits: () => ({
    // Nothing is published [assumed].
    concurrency: 4,
    budgets: [{ name: MPESA_OPENAPI_REQUESTS, scope: 'account', rates: [{ count: 5, windowMs: 1_000 }] }],
    payoutBudget: MPESA_OPENAPI_REQUESTS,
    documentedRates: [],
  }),
  // The callback address is registered at M-Pesa by hand: no request carries it.
  callbacks: mpesaCallbacks,
  polling: (options) => readMpesaOpenapiSettings(options).polling,
  open: (setup) => new MpesaOpenapiProvider(setup),
};

class MpesaOpenapiProvider implements Provider {
  private readonly setup: ProviderSetup;
  private readonly settings: MpesaOpenapiSettings;
  private readonly redactor: Redactor;
  private readonly sessions: TokenCache;
  private readonly client: TokenClient;

  constructor(setup: ProviderSetup) {
    this.setup = setup;
    this.settings = readMpesaOpenapiSettings(setup.options, setup.currency);
    this.redactor = new Redactor(Object.values(setup.credentials));
    this.sessions = openSessions({ setup, settings: this.settings, redactor: this.redactor });
    this.client = openClient(setup, this.sessions);
  }

  resend(): ResendRule {
    return this.settings.resend;
  }

  prepare(): Promise<Readiness> {
    return this.sessions.prepare();
  }

  async submit(payment: PaymentInstruction, isResend = false): Promise<Outcome> {
    const { setup, settings, redactor } = this;
    const sent = await this.client.send((session) => mpesaOpenapiPayoutRequest(setup, settings, payment, session));
    if (sent.kind !== 'sent') return sent;
    const { account, clock } = setup;
    const { answer, isRefusedAgain } = sent;
    return mpesaOpenapiPayoutOutcome(answer, {
      payment,
      account,
      redactor,
      now: clock.now(),
      isRefusedAgain,
      isResend,
    });
  }

  query(payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult> {
    const { setup, settings, redactor, client } = this;
    return queryMpesaOpenapiPayment({ setup, settings, redactor, client }, payment, known);
  }
}
