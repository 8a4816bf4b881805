import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { ResendRule } from '../../domain/resend-rule.ts';
import { Redactor } from '../kit/redaction.ts';
import type { Provider, ProviderDefinition, ProviderSetup, QueryResult, Readiness } from '../port.ts';
import { payoutOutcome, type AnswerContext } from './answers.ts';
import { REQUESTS, TemplateClient } from './client.ts';
import { templateConfiguration } from './options.ts';
import { queryResult } from './query.ts';
import { templateRules } from './rules.ts';
import { readSettings, type TemplateSettings } from './settings.ts';
import { payoutRequest, queryRequest } from './wire.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Template: TODO whom it pays, and through which API. */
export const template: ProviderDefinition = {
  name: '_template',
  // TODO: the base URLs as the provider's documentation writes them.
  hosts: { live: null, sandbox: null },
  credentials: Object.keys(templateConfiguration.credentials),
  rules: templateRules,
  limits: () => ({
    concurrency: 4,
    budgets: [{ name: REQUESTS, scope: 'account', rates: [{ count: 5, windowMs: SECOND_MS }] }],
    payoutBudget: REQUESTS,
    // TODO: the published limits; empty where there are none.
    documentedRates: [],
  }),
  // TODO: `callbacks` where the provider reports by itself; `manualCheck` where it cannot be queried; `feeMaxMinor`.
  polling: () => ({ agesMs: [MINUTE_MS, 5 * MINUTE_MS], everyMs: 15 * MINUTE_MS, untilMs: 24 * 60 * MINUTE_MS }),
  open: (setup) => new TemplateProvider(setup),
};

class TemplateProvider implements Provider {
  private readonly setup: ProviderSetup;
  private readonly settings: TemplateSettings;
  private readonly redactor: Redactor;
  private readonly client: TemplateClient;

  constructor(setup: ProviderSetup) {
    this.setup = setup;
    this.settings = readSettings(setup.options);
    this.redactor = new Redactor(Object.values(setup.credentials));
    this.client = new TemplateClient(setup);
  }

  /** TODO: another rule only where the documentation proves that a repeated reference is refused. */
  resend(): ResendRule {
    return { kind: 'never' };
  }

  /** TODO: a token, or a request that proves the credentials, so that a payout never meets a 401. */
  prepare(): Promise<Readiness> {
    return Promise.resolve({ kind: 'ready' });
  }

  async submit(payment: PaymentInstruction): Promise<Outcome> {
    const answer = await this.client.sendPayout(payoutRequest(payment, this.settings));
    return payoutOutcome(answer, this.context(payment));
  }

  async query(payment: PaymentInstruction): Promise<QueryResult> {
    const answer = await this.client.sendHarmless(queryRequest(payment.reference, this.settings));
    return queryResult(answer, this.context(payment));
  }

  private context(payment: PaymentInstruction): AnswerContext {
    const { account, clock } = this.setup;
    return { account, payment, redactor: this.redactor, now: clock.now() };
  }
}
