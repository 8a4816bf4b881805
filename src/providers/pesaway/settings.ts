import type { PollSchedule } from '../../domain/query-history.ts';
import type { ResendRule } from '../../domain/resend-rule.ts';
import { currencyDecimals } from '../../domain/money.ts';
import { OptionReader } from '../kit/options.ts';
import { KENYA, regionNamed, type Region } from './regions.ts';

/** Options of an account, read; the README of this folder says what each means. */
export interface Settings {
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

/** Reads options that have passed the configuration's schema; what is absent has the fact sheet's default. */
export function readSettings(options: Readonly<Record<string, unknown>>): Settings {
  const read = new OptionReader('pesaway', options);
  const merchantCode = read.text('merchant_code', '');
  const isNewest = options['region'] !== undefined && merchantCode !== '';
  const generation = read.text('api_generation', isNewest ? '3' : '2') === '3' ? 3 : 2;
  // Generation 2 has no way to say a region.
  const region = generation === 3 ? regionNamed(read.word('region', ['ke', 'ug', 'tz', 'zm', 'gh', 'cm'])) : KENYA;
  const decimals = currencyDecimals(region.currency) ?? 2;
  const isKenya = region === KENYA;
  // Limits, fees and names of networks are known of Kenya only; elsewhere nothing is better than a wrong one.
  const limitOf = (name: string, kenyan: string): bigint | null =>
    options[name] === undefined && !isKenya ? null : read.amountMinor(name, kenyan, decimals);
  return {
    generation,
    region,
    decimals,
    merchantCode,
    channels: {
      mobile: options['mobile_channel'] === undefined && !isKenya ? null : read.text('mobile_channel', 'MPESA'),
      mobiles: textsOf(options['mobile_channels']) ?? (isKenya ? ['MPESA', 'Airtel'] : []),
      paybill: read.text('paybill_channel', 'MPESA Paybill'),
      till: read.text('till_channel', 'MPESA Till'),
      bank: read.text('bank_channel', 'Bank'),
    },
    reasonMax: read.count('reason_max', 250),
    limits: {
      mobile: { minMinor: limitOf('min_mobile_amount', '10'), maxMinor: limitOf('max_mobile_amount', '250000') },
      bank: { minMinor: limitOf('min_bank_amount', '100'), maxMinor: limitOf('max_bank_amount', '999999') },
    },
    feeMinor: limitOf('fee', '39') ?? 0n,
    queryMethod: read.word('query_method', generation === 3 ? ['GET', 'POST'] : ['POST', 'GET']),
    balanceMethod: read.word('balance_method', generation === 3 ? ['POST', 'GET'] : ['GET', 'POST']),
    failedAfterMs: read.durationMs('failed_after', '3m'),
    stopResultCodes: new Set(textsOf(options['stop_result_codes']) ?? []),
    statement: {
      afterMs: read.durationMs('statement_after', '60s'),
      marginMs: read.durationMs('statement_margin', '2h'),
      timeZone: read.text('statement_time_zone', 'Africa/Nairobi'),
      dates: read.word('statement_dates', generation === 3 ? ['day', 'time'] : ['time', 'day']),
      pagesMax: read.count('statement_pages', 50),
    },
    resend: resendOf(read),
    polling: {
      agesMs: read.durationsMs('poll', ['10s', '30s', '60s', '2m', '5m']).toSorted((a, b) => a - b),
      everyMs: read.durationMs('poll_every', '5m'),
      untilMs: read.durationMs('poll_until', '60m'),
    },
    tokenLifetimeMs: read.durationMs('token_lifetime', '1h'),
    tokenRenewalMs: read.durationMs('token_renewal', '300s'),
    payoutTimeoutMs: read.timeoutMs('payout_timeout', '30s'),
    requestTimeoutMs: read.timeoutMs('request_timeout', '30s'),
  };
}

/**
 * A reused reference is refused, so the identical request is harmless once neither query nor statement knows the payment. That the
 * check is atomic and covers all channels is the assumption that `resend_after_not_found: false` takes back.
 */
function resendOf(read: OptionReader): ResendRule {
  if (!read.isTrue('resend_after_not_found', true)) return { kind: 'never' };
  return {
    kind: 'after-evidence',
    graceMs: read.durationMs('resend_grace', '0s'),
    answers: read.count('resend_answers', 1),
    withinMs: null,
  };
}

/** A list of words, or one. */
function textsOf(value: unknown): readonly string[] | null {
  if (value === undefined) return null;
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map(String);
}
