import type { PollSchedule } from '../../domain/query-history.ts';
import type { ResendRule } from '../../domain/resend-rule.ts';
import { OptionReader } from '../kit/options.ts';
import { marketOf, marketPaying, type Market } from './markets.ts';

/** Options of an account, read; the README of this folder says what each means. */
export interface Settings {
  readonly market: Market;
  /** Our short code: the account that is debited. */
  readonly serviceProviderCode: string;
  readonly origin: string;
  readonly sessionLifetimeMs: number;
  readonly sessionRenewalMs: number;
  readonly activationDelayMs: number;
  readonly minAmountMinor: bigint | null;
  readonly maxAmountMinor: bigint | null;
  readonly payoutTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly polling: PollSchedule;
  readonly resend: ResendRule;
}

/** What the sandbox's own samples use; live accounts must name theirs. */
const SANDBOX_SHORT_CODE = '000000';

/** Decimals of every market's currency. */
const DECIMALS = 2;

/**
 * Reads options that have passed the configuration's schema; what is absent has the fact sheet's default.
 *
 * @param currency of the account; by it an account of the simulator finds its market when it names none.
 */
export function readSettings(options: Readonly<Record<string, unknown>>, currency: string | null = null): Settings {
  const read = new OptionReader('mpesa-openapi', options);
  const lifetimeMs = read.durationMs('session_lifetime', '1h');
  return {
    market: marketOf(read.text('market', '')) ?? marketPaying(currency),
    serviceProviderCode: read.text('service_provider_code', SANDBOX_SHORT_CODE),
    origin: read.text('origin', '*'),
    sessionLifetimeMs: lifetimeMs,
    // Refreshed at four fifths of its life [assumed].
    sessionRenewalMs: read.durationMs('session_renewal', `${Math.floor(lifetimeMs / 5)}ms`),
    activationDelayMs: read.durationMs('activation_delay', '30s'),
    minAmountMinor: limitOf(read, 'min_amount'),
    maxAmountMinor: limitOf(read, 'max_amount'),
    payoutTimeoutMs: read.timeoutMs('payout_timeout', '60s'),
    requestTimeoutMs: read.timeoutMs('request_timeout', '60s'),
    polling: {
      agesMs: read.durationsMs('poll', ['15s', '30s', '1m', '2m', '5m', '10m']).toSorted((a, b) => a - b),
      everyMs: read.durationMs('poll_every', '15m'),
      untilMs: read.durationMs('poll_until', '24h'),
    },
    resend: resendOf(read),
  };
}

/** No limits are published: what is absent, or zero, is none. */
function limitOf(read: OptionReader, name: string): bigint | null {
  const minor = read.amountMinor(name, '0', DECIMALS);
  return minor === 0n ? null : minor;
}

/**
 * Which field makes a request a duplicate, and for how long, is not published: unless the payer has decided otherwise, a person
 * decides about every payment that M-Pesa does not find.
 */
function resendOf(read: OptionReader): ResendRule {
  if (!read.isTrue('resend_after_not_found')) return { kind: 'never' };
  return {
    kind: 'after-evidence',
    graceMs: read.durationMs('resend_grace', '10m'),
    answers: read.count('resend_answers', 3),
    withinMs: read.durationMs('resend_within', '24h'),
  };
}
