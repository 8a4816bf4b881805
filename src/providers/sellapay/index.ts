import type { ResendRule } from '../../domain/resend-rule.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { BalanceResult, Provider, ProviderDefinition, ProviderSetup, Readiness } from '../port.ts';
import { payoutOutcome } from './answers.ts';
import { askBalance } from './balance.ts';
import { AUTHORIZE, BUSINESS } from './budgets.ts';
import { evidence, Redactor } from '../kit/redaction.ts';
import type { TokenCache } from '../kit/token-cache.ts';
import { noteRateHeaders } from '../kit/retry-after.ts';
import { sellapayRules } from './rules.ts';
import { sellapayConfiguration } from './options.ts';
import { readSettings, type Settings } from './settings.ts';
import { statementMarks } from './statement.ts';
import { sellapayTokens } from './token.ts';
import { payoutRequest } from './wire.ts';

const MINUTE_MS = 60_000;

/** Sellapay, Kenya: KES to mobiles, Sellapay accounts and banks through API v1. */
export const sellapay: ProviderDefinition = {
  name: 'sellapay',
  hosts: { live: 'https://pay.sellapay.africa/api/v1', sandbox: null },
  credentials: Object.keys(sellapayConfiguration.credentials),
  rules: sellapayRules,
  limits: (options) => ({
    concurrency: 4,
    budgets: [
      // Per IP address: everybody on this machine shares it.
      { name: AUTHORIZE, scope: 'machine', rates: [readSettings(options).authorizeRate] },
      // 100 are documented; the tenth that is left is for whoever else uses the account.
      { name: BUSINESS, scope: 'account', rates: [{ count: 90, windowMs: MINUTE_MS }] },
    ],
    payoutBudget: BUSINESS,
    documentedRates: [{ count: 100, windowMs: MINUTE_MS }],
  }),
  open: (setup) => new SellapayProvider(setup),
  manualCheck: (payment, status, options) => statementMarks(payment, status, readSettings(options)),
  feeMaxMinor: (kind, options) => {
    // Fees come on top of the amount and vary; these are the most that is documented.
    const { mobileFeeMinor, bankFeeMinor } = readSettings(options);
    switch (kind) {
      case 'mobile':
        return mobileFeeMinor;
      case 'bank':
        return bankFeeMinor;
      case 'wallet':
      case 'paybill':
      case 'till':
        return 0n;
    }
  },
};

class SellapayProvider implements Provider {
  private readonly setup: ProviderSetup;
  private readonly settings: Settings;
  private readonly redactor: Redactor;
  private readonly tokens: TokenCache;

  constructor(setup: ProviderSetup) {
    this.setup = setup;
    this.settings = readSettings(setup.options);
    this.redactor = new Redactor(Object.values(setup.credentials));
    this.tokens = sellapayTokens(setup, this.settings, this.redactor);
  }

  /** Nothing public says that a repeated payout is refused; only the payer may know it, from Sellapay itself. */
  resend(): ResendRule {
    // Where the reference is no field of the request, nobody could refuse it.
    return { kind: this.settings.retryAmbiguous && this.settings.dialect === 'seed' ? 'always' : 'never' };
  }

  prepare(): Promise<Readiness> {
    return this.tokens.prepare();
  }

  async submit(payment: PaymentInstruction): Promise<Outcome> {
    const token = this.tokens.current();
    if (token === null) {
      // It died between `prepare` and now, by another payment's 401 or by age.
      return {
        kind: 'throttled',
        evidence: evidence('token', 'The token had expired; a new one is fetched.'),
        waitMs: 0,
      };
    }
    const { http, clock, callBudgets, endpoint, account } = this.setup;
    const { path, contentType, body } = payoutRequest(payment, this.settings);
    const answer = await http.send({
      method: 'POST',
      url: endpoint + path,
      headers: { Accept: 'application/json', 'Content-Type': contentType, Authorization: `Bearer ${token.value}` },
      body,
      timeoutMs: this.settings.payoutTimeoutMs,
    });
    let tokenHopeless = false;
    if (answer.kind === 'answer') {
      noteRateHeaders(callBudgets, BUSINESS, answer.headers, clock.now());
      if (answer.status === 401) tokenHopeless = this.tokens.refuse(token);
      else this.tokens.accepted(token);
    }
    return payoutOutcome(answer, { payment, account, redactor: this.redactor, now: clock.now(), tokenHopeless });
  }

  balance(): Promise<BalanceResult> {
    return askBalance(this.setup, this.settings, this.tokens, this.redactor);
  }
}
