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
} from '../port.ts';
import { bannedWordFault } from './address.ts';
import { payoutOutcome, unansweredOutcome } from './answers.ts';
import { askBalance } from './balance.ts';
import { REQUESTS } from './budgets.ts';
import { darajaCallbacks } from './callbacks.ts';
import { Session, TOKEN_GONE } from './session.ts';
import { askStatus } from './query.ts';
import { darajaRules } from './rules.ts';
import { darajaConfiguration } from './options.ts';
import { readSettings } from './settings.ts';
import { statementMarks } from './statement.ts';
import { isB2b, payoutRequest } from './wire.ts';

/** Safaricom's M-PESA in Kenya: KES to phones (B2C, B2Pochi), paybills and tills (B2B). */
export const daraja: ProviderDefinition = {
  name: 'daraja',
  hosts: { live: 'https://api.safaricom.co.ke', sandbox: 'https://sandbox.safaricom.co.ke' },
  credentials: Object.keys(darajaConfiguration.credentials),
  rules: darajaRules,
  limits: () => ({
    concurrency: 5,
    budgets: [{ name: REQUESTS, scope: 'account', rates: [{ count: 5, windowMs: 1_000 }] }],
    payoutBudget: REQUESTS,
    // Set by Safaricom for each short code, and not published [assumed].
    documentedRates: [{ count: 5, windowMs: 1_000 }],
  }),
  open: (setup) => new DarajaProvider(setup),
  polling: (options) => readSettings(options).polling,
  callbacks: darajaCallbacks,
  needsCallbackAddress: true,
  addressFault: bannedWordFault,
  manualCheck: (payment, status, options) => statementMarks(payment, status, readSettings(options)),
};

class DarajaProvider implements Provider {
  private readonly session: Session;

  constructor(setup: ProviderSetup) {
    this.session = new Session(setup);
  }

  /** B2C refuses an id that it has seen, so presenting it again is harmless. B2B has no such id. */
  resend(payment: PaymentInstruction): ResendRule {
    return isB2b(payment) ? { kind: 'never' } : this.session.settings.resend;
  }

  prepare(): Promise<Readiness> {
    return this.session.prepare();
  }

  async submit(payment: PaymentInstruction, isAgain = false): Promise<Outcome> {
    const { session } = this;
    const unfit = session.unfit();
    if (unfit !== null) return unfit;
    const token = session.tokens.current();
    if (token === null) return TOKEN_GONE;
    const { reference } = payment;
    const sender = session.sender({ kind: 'r', reference }, { kind: 't', reference });
    const request = payoutRequest(payment, session.settings, sender);
    const answer = await session.send(request, token, session.settings.payoutTimeoutMs);
    if (answer.kind !== 'answer') return unansweredOutcome(answer, payment);
    const { door, tokenHopeless } = session.heard(answer, token, isB2b(payment));
    const { account } = session.setup;
    return payoutOutcome(door, { payment, account, redactor: session.redactor, isAgain, tokenHopeless });
  }

  query(payment: PaymentInstruction, known: KnownPayment): Promise<QueryResult> {
    return askStatus(this.session, payment, known);
  }

  balance(): Promise<BalanceResult> {
    return askBalance(this.session);
  }
}
