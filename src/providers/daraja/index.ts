import type { ResendRule } from '../../domain/resend-rule.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type {
  BalanceResult,
  QueryResult,
  KnownPayment,
  Provider,
  ProviderDefinition,
  ProviderSetup,
  Readiness,
  ReportedResult,
} from '../port.ts';
import { darajaPayoutOutcome } from './answers.ts';
import { queryDarajaBalance } from './balance.ts';
import { bannedWordFault } from './callback-address.ts';
import { darajaCallbacks, reportedResult } from './callbacks.ts';
import { DarajaClient, DARAJA_REQUESTS } from './client.ts';
import { darajaManualCheck } from './manual-check.ts';
import { queryStatus } from './query.ts';
import { darajaRules } from './rules.ts';
import { darajaConfiguration } from './options.ts';
import { readDarajaSettings } from './settings.ts';
import { isB2b, darajaPayoutRequest } from './wire.ts';

/** Safaricom's M-PESA in Kenya: KES to phones (B2C, B2Pochi), paybills and tills (B2B). */
export const daraja: ProviderDefinition = {
  name: 'daraja',
  hosts: { live: 'https://api.safaricom.co.ke', sandbox: 'https://sandbox.safaricom.co.ke' },
  credentials: Object.keys(darajaConfiguration.credentials),
  payer: ({ credentials: { consumer_key: key = '' }, options }) => [key, readDarajaSettings(options).shortcode],
  rules: darajaRules,
  limits: () => ({
    concurrency: 5,
    budgets: [{ name: DARAJA_REQUESTS, scope: 'account', rates: [{ count: 5, windowMs: 1_000 }] }],
    payoutBudget: DARAJA_REQUESTS,
    // Set by Safaricom for each short code, and not published [assumed].
    documentedRates: [{ count: 5, windowMs: 1_000 }],
  }),
  callbacks: darajaCallbacks,
  needsCallbackAddress: true,
  decidesByCallback: true,
  addressFault: bannedWordFault,
  manualCheck: (payment, status, options) => darajaManualCheck(payment, status, readDarajaSettings(options)),
  polling: (options) => readDarajaSettings(options).polling,
  open: (setup) => new DarajaProvider(setup),
};

class DarajaProvider implements Provider {
  private readonly client: DarajaClient;

  constructor(setup: ProviderSetup) {
    this.client = new DarajaClient(setup);
  }

  /** B2C refuses an id that was used before, so sending the same request again is harmless. B2B has no such id. */
  resend(payment: PaymentInstruction): ResendRule {
    return isB2b(payment) ? { kind: 'never' } : this.client.settings.resend;
  }

  prepare(): Promise<Readiness> {
    return this.client.prepare();
  }

  async submit(payment: PaymentInstruction, isResend = false): Promise<Outcome> {
    const { settings, redactor, setup } = this.client;
    const sent = await this.client.submit(payment.reference, (sender) =>
      darajaPayoutRequest(payment, settings, sender),
    );
    if (sent.kind !== 'sent') return sent;
    const { account, clock } = setup;
    return darajaPayoutOutcome(sent, { payment, account, settings, redactor, now: clock.now(), isResend });
  }

  query(payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult> {
    return queryStatus(this.client, payment, known);
  }

  reportedResult(payment: PaymentInstruction, known: KnownPayment): Promise<ReportedResult | null> {
    return reportedResult(this.client, payment, known);
  }

  balance(): Promise<BalanceResult> {
    return queryDarajaBalance(this.client);
  }
}
