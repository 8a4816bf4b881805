import type { ResendRule } from '../../domain/resend-rule.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence, Redactor } from '../kit/redaction.ts';
import type {
  BalanceResult,
  QueryResult,
  KnownPayment,
  Provider,
  ProviderDefinition,
  ProviderSetup,
  Readiness,
} from '../port.ts';
import { Api } from './api.ts';
import { askBalance } from './balance.ts';
import { ACCOUNTS, REQUESTS } from './budgets.ts';
import { callbackReader } from './callbacks.ts';
import { payOut, type PayoutSetup } from './payout.ts';
import { askPayment, cancelPayment } from './query.ts';
import { bitpesaRules } from './rules.ts';
import { SenderKeeper } from './senders.ts';
import { bitpesaConfiguration } from './options.ts';
import { readSettings } from './settings.ts';
import { WebhookKeeper } from './webhooks.ts';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

/** BitPesa (today TransferZero, of AZA Finance): African mobiles, banks and cash, and some other banks, through API v1. */
export const bitpesa: ProviderDefinition = {
  name: 'bitpesa',
  hosts: { live: 'https://api.bitpesa.co', sandbox: 'https://api-sandbox.bitpesa.co' },
  credentials: Object.keys(bitpesaConfiguration.credentials),
  rules: bitpesaRules,
  limits: () => ({
    concurrency: 5,
    budgets: [
      { name: REQUESTS, scope: 'account', rates: [{ count: 5, windowMs: SECOND_MS }] },
      {
        name: ACCOUNTS,
        scope: 'account',
        rates: [
          { count: 1, windowMs: 300 * SECOND_MS },
          { count: 300, windowMs: DAY_MS },
        ],
      },
    ],
    payoutBudget: REQUESTS,
    // None is documented for payouts; ours is assumed, and more is at the payer's risk.
    documentedRates: [{ count: 5, windowMs: SECOND_MS }],
  }),
  open: (setup) => new BitpesaProvider(setup),
  polling: (options) => {
    const { pollAgesMs, pollEveryMs, pollUntilMs } = readSettings(options);
    return { agesMs: pollAgesMs, everyMs: pollEveryMs, untilMs: pollUntilMs };
  },
  callbacks: callbackReader,
};

class BitpesaProvider implements Provider {
  private readonly setup: PayoutSetup;
  private readonly senders: SenderKeeper;
  private readonly webhooks: WebhookKeeper;

  constructor(setup: ProviderSetup) {
    const settings = readSettings(setup.options);
    const { account, clock, callBudgets } = setup;
    this.setup = {
      api: new Api(setup),
      ...{ account, clock, callBudgets, settings },
      redactor: new Redactor(Object.values(setup.credentials)),
      inputCurrency: settings.inputCurrency === '' ? setup.currency : settings.inputCurrency,
      timeoutMs: settings.requestTimeoutMs,
    };
    this.senders = new SenderKeeper(this.setup);
    this.webhooks = new WebhookKeeper(this.setup, settings.registerWebhook ? setup.callbackAddress : null);
  }

  /**
   * BitPesa holds at most one transaction for a reference, so that creating again is safe; funding again is, once the transaction
   * was read and has still waited for funds a while after the lost answer.
   */
  resend(): ResendRule {
    return { kind: 'after-evidence', graceMs: this.setup.settings.resendAfterMs, answers: 1, withinMs: null };
  }

  async prepare(): Promise<Readiness> {
    const readiness = await this.senders.prepare();
    if (readiness.kind === 'ready') await this.webhooks.prepare();
    return readiness;
  }

  submit(payment: PaymentInstruction, isAgain = false): Promise<Outcome> {
    const senderId = this.senders.current();
    if (senderId !== null) return payOut(this.setup, payment, senderId, isAgain);
    const reason = 'The sender of this account is not known yet; it is looked up first.';
    return Promise.resolve({ kind: 'throttled', evidence: evidence('sender', reason), waitMs: 0 });
  }

  query(payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult> {
    return askPayment(this.setup, payment, known);
  }

  cancel(payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult> {
    return cancelPayment(this.setup, payment, known);
  }

  balance(): Promise<BalanceResult> {
    return askBalance(this.setup);
  }
}
