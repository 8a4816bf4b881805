import type { PollSchedule } from '../../domain/query-history.ts';
import type { ResendRule } from '../../domain/resend-rule.ts';
import { minorAmount, readOptions, type OptionValues } from '../kit/options.ts';
import { marketOf, marketPaying, type Market } from './markets.ts';
import { mpesaOpenapiConfiguration } from './options.ts';

/** Options of an account, read; `options.ts` says what each means. */
export interface MpesaOpenapiSettings {
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
const MPESA_OPENAPI_DECIMALS = 2;

/**
 * Reads options that have passed the configuration's schema; what is left out has the default of `options.ts`.
 *
 * @param currency of the account; by it an account of the simulator finds its market when it names none.
 */
export function readMpesaOpenapiSettings(
  options: Readonly<Record<string, unknown>>,
  currency: string | null = null,
): MpesaOpenapiSettings {
  const read = readOptions('mpesa-openapi', mpesaOpenapiConfiguration.options, options);
  return {
    market: marketOf(read.market ?? '') ?? marketPaying(currency),
    serviceProviderCode: read.service_provider_code ?? SANDBOX_SHORT_CODE,
    origin: read.origin,
    sessionLifetimeMs: read.session_lifetime,
    // Refreshed at four fifths of its life [assumed].
    sessionRenewalMs: read.session_renewal ?? Math.floor(read.session_lifetime / 5),
    activationDelayMs: read.activation_delay,
    minAmountMinor: limitOf(read.min_amount),
    maxAmountMinor: limitOf(read.max_amount),
    payoutTimeoutMs: read.payout_timeout,
    requestTimeoutMs: read.request_timeout,
    polling: {
      agesMs: read.poll.toSorted((a, b) => a - b),
      everyMs: read.poll_every,
      untilMs: read.poll_until,
    },
    resend: mpesaOpenapiResendOf(read),
  };
}

/** No limits are published: an option that is left out, or zero, sets none. */
function limitOf(amount: string | null): bigint | null {
  const minor = minorAmount(amount ?? '0', MPESA_OPENAPI_DECIMALS);
  return minor === 0n ? null : minor;
}

/**
 * Which field makes a request a duplicate, and for how long, is not published: unless the payer has decided otherwise, a person
 * decides about every payment that M-Pesa does not find.
 */
function mpesaOpenapiResendOf(read: OptionValues<typeof mpesaOpenapiConfiguration.options>): ResendRule {
  if (!read.resend_after_not_found) return { kind: 'never' };
  return {
    kind: 'after-evidence',
    graceMs: read.resend_grace,
    answers: read.resend_answers,
    withinMs: read.resend_within,
  };
}
