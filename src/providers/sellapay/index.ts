import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { ResendRule } from '../../domain/resend-rule.ts';
import type { BalanceResult, Provider, ProviderDefinition, ProviderSetup, Readiness } from '../port.ts';
import { sellapayPayoutOutcome } from './answers.ts';
import { querySellapayBalance } from './balance.ts';
import { sellapayBanks } from './banks.ts';
import { AUTHORIZE, BUSINESS, SellapayClient } from './client.ts';
import { sellapayManualCheck } from './manual-check.ts';
import { sellapayConfiguration } from './options.ts';
import { sellapayRules } from './rules.ts';
import { readSellapaySettings } from './settings.ts';
import { sellapayPayoutRequest } from './wire.ts';

const SELLAPAY_MINUTE_MS = 60_000;

/** Sellapay, Kenya: KES to mobiles, Sellapay accounts and banks through API v1. */
export const sellapay: ProviderDefinition = {
  name: 'sellapay',
  hosts: { live: 'https://pay.sellapay.africa/api/v1', sandbox: null },
  credentials: Object.keys(sellapayConfiguration.credentials),
  payer: ({ credentials: { api_key: key = '' } }) => [key],
  rules: sellapayRules,
  banks: sellapayBanks,
  limits: (options) => ({
    concurrency: 4,
    budgets: [
      // Per IP address: every process on this machine shares it.
      { name: AUTHORIZE, scope: 'machine', rates: [readSellapaySettings(options).authorizeRate] },
      // 100 are documented; a tenth is left to other users of the account.
      { name: BUSINESS, scope: 'account', rates: [{ count: 90, windowMs: SELLAPAY_MINUTE_MS }] },
    ],
    payoutBudget: BUSINESS,
    documentedRates: [{ count: 100, windowMs: SELLAPAY_MINUTE_MS }],
  }),
  manualCheck: (payment, status, options) => sellapayManualCheck(payment, status, readSellapaySettings(options)),
  feeMaxMinor: (kind, options) => {
    // Fees come on top of the amount and vary; these are the most that is documented.
    const { mobileFeeMinor, bankFeeMinor } = readSellapaySettings(options);
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
  open: (setup) => new SellapayProvider(setup),
};

class SellapayProvider implements Provider {
  private readonly client: SellapayClient;

  constructor(setup: ProviderSetup) {
    this.client = new SellapayClient(setup);
  }

  /** Nothing public says that a repeated payout is refused, and there is no query that could prove anything. */
  resend(): ResendRule {
    return { kind: 'never' };
  }

  prepare(): Promise<Readiness> {
    return this.client.prepare();
  }

  async submit(payment: PaymentInstruction): Promise<Outcome> {
    const { settings, redactor, setup } = this.client;
    const sent = await this.client.submit(sellapayPayoutRequest(payment, settings));
    if (sent.kind !== 'sent') return sent;
    const { answer, isRefusedAgain } = sent;
    return sellapayPayoutOutcome(answer, {
      payment,
      account: setup.account,
      redactor,
      now: setup.clock.now(),
      isRefusedAgain,
    });
  }

  balance(): Promise<BalanceResult> {
    return querySellapayBalance(this.client);
  }
}
