import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { ResendRule } from '../../domain/resend-rule.ts';
import { evidence, throttled } from '../kit/outcomes.ts';
import { Redactor } from '../kit/redaction.ts';
import type {
  BalanceResult,
  KnownPayment,
  Provider,
  ProviderDefinition,
  ProviderSetup,
  QueryResult,
  Readiness,
} from '../port.ts';
import { queryBitpesaBalance } from './balance.ts';
import { bitpesaBanks } from './banks.ts';
import { bitpesaCallbacks, WebhookRegistration } from './callbacks.ts';
import { BALANCES, BitpesaClient, BITPESA_REQUESTS, type BitpesaAccount } from './client.ts';
import { bitpesaConfiguration } from './options.ts';
import { payOut } from './payout.ts';
import { cancelPayment, queryBitpesaPayment } from './query.ts';
import { bitpesaRules } from './rules.ts';
import { AccountSender } from './senders.ts';
import { readBitpesaSettings } from './settings.ts';

const BITPESA_SECOND_MS = 1_000;
const BITPESA_DAY_MS = 86_400_000;

/** BitPesa (today TransferZero, of AZA Finance): African mobiles, banks and cash, and some other banks, through API v1. */
export const bitpesa: ProviderDefinition = {
  name: 'bitpesa',
  hosts: { live: 'https://api.bitpesa.co', sandbox: 'https://api-sandbox.bitpesa.co' },
  credentials: Object.keys(bitpesaConfiguration.credentials),
  payer: ({ credentials: { api_key: key = '' } }) => [key],
  rules: bitpesaRules,
  banks: bitpesaBanks,
  limits: () => ({
    concurrency: 5,
    budgets: [
      { name: BITPESA_REQUESTS, scope: 'account', rates: [{ count: 5, windowMs: BITPESA_SECOND_MS }] },
      {
        name: BALANCES,
        scope: 'account',
        rates: [
          { count: 1, windowMs: 300 * BITPESA_SECOND_MS },
          { count: 300, windowMs: BITPESA_DAY_MS },
        ],
      },
    ],
    payoutBudget: BITPESA_REQUESTS,
    // Creating the transaction, and funding it.
    requestsPerPayout: 2,
    // No limit is documented for payouts; ours is assumed, and a higher one is at the payer's risk.
    documentedRates: [{ count: 5, windowMs: BITPESA_SECOND_MS }],
  }),
  callbacks: bitpesaCallbacks,
  polling: (options) => {
    const { pollAgesMs, pollEveryMs, pollUntilMs } = readBitpesaSettings(options);
    return { agesMs: pollAgesMs, everyMs: pollEveryMs, untilMs: pollUntilMs };
  },
  open: (setup) => new BitpesaProvider(setup),
};

class BitpesaProvider implements Provider {
  private readonly bitpesa: BitpesaAccount;
  private readonly sender: AccountSender;
  private readonly webhooks: WebhookRegistration;

  constructor(setup: ProviderSetup) {
    const settings = readBitpesaSettings(setup.options);
    const { account, clock, callBudgets } = setup;
    this.bitpesa = {
      client: new BitpesaClient(setup),
      ...{ account, clock, callBudgets, settings },
      redactor: new Redactor(Object.values(setup.credentials)),
      inputCurrency: settings.inputCurrency === '' ? setup.currency : settings.inputCurrency,
    };
    this.sender = new AccountSender(this.bitpesa);
    this.webhooks = new WebhookRegistration(this.bitpesa, settings.registerWebhook ? setup.callbackAddress : null);
  }

  /**
   * BitPesa holds at most one transaction for a reference, so that creating again is safe; funding again is, once the transaction
   * was read and has still waited for funds a while after the lost answer.
   */
  resend(): ResendRule {
    return { kind: 'after-evidence', graceMs: this.bitpesa.settings.resendAfterMs, answers: 1, withinMs: null };
  }

  async prepare(): Promise<Readiness> {
    const readiness = await this.sender.prepare();
    if (readiness.kind === 'ready') await this.webhooks.prepare();
    return readiness;
  }

  submit(payment: PaymentInstruction, isResend = false): Promise<Outcome> {
    const senderId = this.sender.current();
    if (senderId !== null) return payOut(this.bitpesa, payment, senderId, isResend);
    const reason = 'The sender of this account is not known yet; it is looked up first.';
    return Promise.resolve(throttled(evidence('sender', reason), 0));
  }

  query(payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult> {
    return queryBitpesaPayment(this.bitpesa, payment, known);
  }

  cancel(payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult> {
    return cancelPayment(this.bitpesa, payment, known);
  }

  balance(): Promise<BalanceResult> {
    return queryBitpesaBalance(this.bitpesa);
  }
}
