import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { ResendRule } from '../../domain/resend-rule.ts';
import { Redactor } from '../kit/redaction.ts';
import type { Provider, ProviderDefinition, ProviderSetup, QueryResult, Readiness } from '../port.ts';
import { templatePayoutOutcome, type TemplateAnswerContext } from './answers.ts';
import { TEMPLATE_REQUESTS, TemplateClient } from './client.ts';
import { templateConfiguration } from './options.ts';
import { templateQueryResult } from './query.ts';
import { templateRules } from './rules.ts';
import { readTemplateSettings, type TemplateSettings } from './settings.ts';
import { templatePayoutRequest, templateQueryRequest } from './wire.ts';

const TEMPLATE_SECOND_MS = 1_000;
const TEMPLATE_MINUTE_MS = 60 * TEMPLATE_SECOND_MS;

/** Template. Fill in: whom it pays, and through which API. */
export const template: ProviderDefinition = {
  name: '_template',
  // Fill in: the base URLs as the provider's documentation writes them.
  hosts: { live: null, sandbox: null },
  credentials: Object.keys(templateConfiguration.credentials),
  // Fill in: what identifies the payer at the provider; with a merchant or short code where one is debited.
  payer: ({ credentials: { api_key: key = '' } }) => [key],
  rules: templateRules,
  limits: () => ({
    concurrency: 4,
    budgets: [{ name: TEMPLATE_REQUESTS, scope: 'account', rates: [{ count: 5, windowMs: TEMPLATE_SECOND_MS }] }],
    payoutBudget: TEMPLATE_REQUESTS,
    // Fill in: the published limits; empty where there are none.
    documentedRates: [],
  }),
  // Fill in: `callbacks` where the provider reports by itself; `manualCheck` where it cannot be queried; `feeMaxMinor`.
  polling: () => ({
    agesMs: [TEMPLATE_MINUTE_MS, 5 * TEMPLATE_MINUTE_MS],
    everyMs: 15 * TEMPLATE_MINUTE_MS,
    untilMs: 24 * 60 * TEMPLATE_MINUTE_MS,
  }),
  open: (setup) => new TemplateProvider(setup),
};

class TemplateProvider implements Provider {
  private readonly setup: ProviderSetup;
  private readonly settings: TemplateSettings;
  private readonly redactor: Redactor;
  private readonly client: TemplateClient;

  constructor(setup: ProviderSetup) {
    this.setup = setup;
    this.settings = readTemplateSettings(setup.options);
    this.redactor = new Redactor(Object.values(setup.credentials));
    this.client = new TemplateClient(setup);
  }

  /** Fill in: another rule only where the documentation proves that a repeated reference is refused. */
  resend(): ResendRule {
    return { kind: 'never' };
  }

  /** Fill in: a token, or a request that proves the credentials, so that a payout never meets a 401. */
  prepare(): Promise<Readiness> {
    return Promise.resolve({ kind: 'ready' });
  }

  async submit(payment: PaymentInstruction): Promise<Outcome> {
    const answer = await this.client.sendPayout(templatePayoutRequest(payment, this.settings));
    return templatePayoutOutcome(answer, this.context(payment));
  }

  async query(payment: PaymentInstruction): Promise<QueryResult> {
    const answer = await this.client.sendHarmless(templateQueryRequest(payment.reference, this.settings));
    return templateQueryResult(answer, this.context(payment));
  }

  private context(payment: PaymentInstruction): TemplateAnswerContext {
    const { account, clock } = this.setup;
    return { account, payment, redactor: this.redactor, now: clock.now() };
  }
}
