import type { PollSchedule } from '../../domain/query-history.ts';
import type { ResendRule } from '../../domain/resend-rule.ts';
import { currencyDecimals } from '../../domain/money.ts';
import { minorAmount, readOptions, type OptionValues } from '../kit/options.ts';
import { pesawayConfiguration } from './options.ts';
import { KENYA, regionNamed, type Region } from './regions.ts';

/** Options of an account, read; `options.ts` says what each means. */
export interface PesawaySettings {
  /** Which age of the API the server speaks. */
  readonly generation: 2 | 3;
  readonly region: Region;
  /** Of the region's currency. */
  readonly decimals: number;
  /** Sent by generation 3 only. */
  readonly merchantCode: string;
  readonly channels: {
    /** Of mobiles whose row names none; null where no name is published. */
    readonly mobile: string | null;
    /** What `details.channel` may name. */
    readonly mobiles: readonly string[];
    readonly paybill: string;
    readonly till: string;
    readonly bank: string;
  };
  readonly reasonMax: number;
  readonly limits: { readonly mobile: AmountLimits; readonly bank: AmountLimits };
  readonly feeMinor: bigint;
  readonly queryMethod: 'GET' | 'POST';
  readonly balanceMethod: 'GET' | 'POST';
  readonly failedAfterMs: number;
  /** `ResultCode`s after which nothing more is sent from the account. */
  readonly stopResultCodes: ReadonlySet<string>;
  readonly statement: {
    readonly afterMs: number;
    readonly marginMs: number;
    readonly timeZone: string;
    readonly dates: 'time' | 'day';
    readonly pagesMax: number;
  };
  readonly resend: ResendRule;
  readonly polling: PollSchedule;
  readonly tokenLifetimeMs: number;
  readonly tokenRenewalMs: number;
  readonly payoutTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

export interface AmountLimits {
  readonly minMinor: bigint | null;
  readonly maxMinor: bigint | null;
}

/** Reads options that have passed the configuration's schema; what is left out has the default of `options.ts`. */
export function readPesawaySettings(options: Readonly<Record<string, unknown>>): PesawaySettings {
  const read = readOptions('pesaway', pesawayConfiguration.options, options);
  const merchantCode = read.merchant_code ?? '';
  const isNewest = read.region !== null && merchantCode !== '';
  const generation = (read.api_generation ?? (isNewest ? '3' : '2')) === '3' ? 3 : 2;
  // Generation 2 has no way to say a region.
  const region = generation === 3 ? regionNamed(read.region ?? 'ke') : KENYA;
  const decimals = currencyDecimals(region.currency) ?? 2;
  const isKenya = region === KENYA;
  // Limits, fees and names of networks are known of Kenya only; elsewhere nothing is better than a wrong one.
  const limitOf = (amount: string | null, kenyan: string): bigint | null =>
    amount === null && !isKenya ? null : minorAmount(amount ?? kenyan, decimals);
  return {
    generation,
    region,
    decimals,
    merchantCode,
    channels: {
      mobile: read.mobile_channel ?? (isKenya ? 'MPESA' : null),
      mobiles: read.mobile_channels ?? (isKenya ? ['MPESA', 'Airtel'] : []),
      paybill: read.paybill_channel,
      till: read.till_channel,
      bank: read.bank_channel,
    },
    reasonMax: read.reason_max,
    limits: {
      mobile: { minMinor: limitOf(read.min_mobile_amount, '10'), maxMinor: limitOf(read.max_mobile_amount, '250000') },
      bank: { minMinor: limitOf(read.min_bank_amount, '100'), maxMinor: limitOf(read.max_bank_amount, '999999') },
    },
    feeMinor: limitOf(read.fee, '39') ?? 0n,
    queryMethod: read.query_method ?? (generation === 3 ? 'GET' : 'POST'),
    balanceMethod: read.balance_method ?? (generation === 3 ? 'POST' : 'GET'),
    failedAfterMs: read.failed_after,
    stopResultCodes: new Set(read.stop_result_codes),
    statement: {
      afterMs: read.statement_after,
      marginMs: read.statement_margin,
      timeZone: read.statement_time_zone,
      dates: read.statement_dates ?? (generation === 3 ? 'day' : 'time'),
      pagesMax: read.statement_pages,
    },
    resend: pesawayResendOf(read),
    polling: {
      agesMs: read.poll.toSorted((a, b) => a - b),
      everyMs: read.poll_every,
      untilMs: read.poll_until,
    },
    tokenLifetimeMs: read.token_lifetime,
    tokenRenewalMs: read.token_renewal,
    payoutTimeoutMs: read.payout_timeout,
    requestTimeoutMs: read.request_timeout,
  };
}

/**
 * A reused reference is refused, so the identical request is harmless once neither query nor statement knows the payment. That the
 * check is atomic and covers all channels is the assumption that `resend_after_not_found: false` takes back.
 */
function pesawayResendOf(read: OptionValues<typeof pesawayConfiguration.options>): ResendRule {
  if (!read.resend_after_not_found) return { kind: 'never' };
  return {
    kind: 'after-evidence',
    graceMs: read.resend_grace,
    answers: read.resend_answers,
    withinMs: null,
  };
}
