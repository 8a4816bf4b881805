import type { ResendRule } from '../../domain/resend-rule.ts';
import type { Evidence, Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence } from '../kit/redaction.ts';
import type {
  BalanceResult,
  QueryResult,
  KnownPayment,
  Provider,
  ProviderDefinition,
  ProviderSetup,
  Readiness,
} from '../port.ts';
import { payoutOutcome } from './answers.ts';
import { askBalance } from './balance.ts';
import { REQUESTS } from './budgets.ts';
import { pesawayCallbacks } from './callbacks.ts';
import { Line, TOKEN_GONE } from './line.ts';
import { statementMarks } from './marks.ts';
import { askPayment } from './query.ts';
import { pesawayRules } from './rules.ts';
import { pesawayConfiguration } from './options.ts';
import { readSettings } from './settings.ts';
import { payoutRequest } from './wire.ts';

/** PesaWay, Kenya and five more regions: mobile money, paybills, tills and banks, each ended by callback or query. */
export const pesaway: ProviderDefinition = {
  name: 'pesaway',
  hosts: { live: 'https://api.pesaway.com', sandbox: 'https://api.sandbox.pesaway.com' },
  credentials: Object.keys(pesawayConfiguration.credentials),
  rules: pesawayRules,
  limits: () => ({
    // Nothing is documented [assumed].
    concurrency: 5,
    budgets: [{ name: REQUESTS, scope: 'account', rates: [{ count: 5, windowMs: 1_000 }] }],
    payoutBudget: REQUESTS,
    documentedRates: [],
  }),
  open: (setup) => new PesawayProvider(setup),
  polling: (options) => readSettings(options).polling,
  callbacks: pesawayCallbacks,
  // `ResultsUrl` is a required field of every payout.
  needsCallbackAddress: true,
  manualCheck: (payment, status) => statementMarks(payment, status),
  // Contract prices vary; this is the top of the only ladder that is known.
  feeMaxMinor: (_kind, options) => readSettings(options).feeMinor,
};

class PesawayProvider implements Provider {
  private readonly setup: ProviderSetup;
  private readonly line: Line;

  constructor(setup: ProviderSetup) {
    this.setup = setup;
    this.line = new Line(setup);
  }

  resend(): ResendRule {
    return this.line.settings.resend;
  }

  async prepare(): Promise<Readiness> {
    const unfit = this.unfit();
    return unfit === null ? this.line.tokens.prepare() : { kind: 'stop', evidence: unfit };
  }

  async submit(payment: PaymentInstruction, isAgain = false): Promise<Outcome> {
    const { callbackAddress, account, clock } = this.setup;
    const { line } = this;
    const unfit = this.unfit();
    if (unfit !== null) return { kind: 'stop', evidence: unfit };
    const token = line.tokens.current();
    if (token === null) return { kind: 'throttled', evidence: TOKEN_GONE, waitMs: 0 };
    const request = payoutRequest(payment, line.settings, callbackAddress ?? '');
    const answer = await line.send(request, token, line.settings.payoutTimeoutMs);
    const tokenHopeless = answer.kind === 'answer' && line.judge(answer, token);
    const { redactor } = line;
    return payoutOutcome(answer, { payment, account, redactor, now: clock.now(), tokenHopeless, isAgain });
  }

  query(payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult> {
    return askPayment(this.line, payment, known);
  }

  balance(): Promise<BalanceResult> {
    return askBalance(this.line);
  }

  /** What keeps this account from making any payout at all. */
  private unfit(): Evidence | null {
    const { callbackAddress, account } = this.setup;
    if (callbackAddress !== null) return null;
    const reason = `PesaWay wants an address for the result in every payout. Set callbacks.public_url and accounts.${account}.callback_token.`;
    return evidence('callback-address', reason);
  }
}
