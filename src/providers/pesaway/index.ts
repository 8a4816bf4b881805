import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { ResendRule } from '../../domain/resend-rule.ts';
import type {
  BalanceResult,
  KnownPayment,
  Provider,
  ProviderDefinition,
  ProviderSetup,
  QueryResult,
  Readiness,
} from '../port.ts';
import { pesawayPayoutOutcome } from './answers.ts';
import { queryPesawayBalance } from './balance.ts';
import { pesawayBanks } from './banks.ts';
import { pesawayCallbacks } from './callbacks.ts';
import { PesawayClient, PESAWAY_REQUESTS } from './client.ts';
import { pesawayManualCheck } from './manual-check.ts';
import { pesawayConfiguration } from './options.ts';
import { queryPesawayPayment } from './query.ts';
import { pesawayRules } from './rules.ts';
import { readPesawaySettings } from './settings.ts';
import { pesawayPayoutRequest } from './wire.ts';

/** PesaWay, Kenya and five more regions: mobile money, paybills, tills and banks, each ended by callback or query. */
export const pesaway: ProviderDefinition = {
  name: 'pesaway',
  hosts: { live: 'https://api.pesaway.com', sandbox: 'https://api.sandbox.pesaway.com' },
  credentials: Object.keys(pesawayConfiguration.credentials),
  payer: ({ credentials: { consumer_key: key = '' }, options }) => {
    const { merchantCode, region } = readPesawaySettings(options);
    return [key, merchantCode, region.name];
  },
  rules: pesawayRules,
  banks: pesawayBanks,
  limits: () => ({
    // Nothing is documented [assumed].
    concurrency: 5,
    budgets: [{ name: PESAWAY_REQUESTS, scope: 'account', rates: [{ count: 5, windowMs: 1_000 }] }],
    payoutBudget: PESAWAY_REQUESTS,
    documentedRates: [],
  }),
  callbacks: pesawayCallbacks,
  // `ResultsUrl` is a required field of every payout.
  needsCallbackAddress: true,
  decidesByCallback: true,
  manualCheck: (payment, status) => pesawayManualCheck(payment, status),
  // Contract prices vary; this is the highest fee of the only fee table that is known.
  feeMaxMinor: (_kind, options) => readPesawaySettings(options).feeMinor,
  polling: (options) => readPesawaySettings(options).polling,
  open: (setup) => new PesawayProvider(setup),
};

class PesawayProvider implements Provider {
  private readonly client: PesawayClient;

  constructor(setup: ProviderSetup) {
    this.client = new PesawayClient(setup);
  }

  resend(): ResendRule {
    return this.client.settings.resend;
  }

  prepare(): Promise<Readiness> {
    return this.client.prepare();
  }

  async submit(payment: PaymentInstruction, isResend = false): Promise<Outcome> {
    const { settings, redactor, setup } = this.client;
    const sent = await this.client.submit((resultsUrl) => pesawayPayoutRequest(payment, settings, resultsUrl));
    if (sent.kind !== 'sent') return sent;
    const { answer, isRefusedAgain } = sent;
    const { account, clock } = setup;
    return pesawayPayoutOutcome(answer, { payment, account, redactor, now: clock.now(), isRefusedAgain, isResend });
  }

  query(payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult> {
    return queryPesawayPayment(this.client, payment, known);
  }

  balance(): Promise<BalanceResult> {
    return queryPesawayBalance(this.client);
  }
}
