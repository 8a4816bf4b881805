import type { PollSchedule } from '../../domain/query-history.ts';
import type { ResendRule } from '../../domain/resend-rule.ts';
import { OptionReader } from '../kit/options.ts';

/** How phones are paid; `BusinessPayToPochi` goes to their business wallets, the others to the people. */
export type MobileCommand = 'BusinessPayment' | 'SalaryPayment' | 'PromotionPayment' | 'BusinessPayToPochi';

/** Options of an account, read; the README of this folder says what each means. */
export interface Settings {
  readonly shortcode: string;
  readonly command: MobileCommand;
  readonly tillIdentifierType: '4' | '2';
  readonly minAmountMinor: bigint;
  readonly maxAmountMinor: bigint;
  readonly balanceAccount: 'utility' | 'working';
  readonly confirmByQuery: boolean;
  readonly queryWaitMs: number;
  readonly polling: PollSchedule;
  /** Of phones; a B2B payment is never presented again. */
  readonly resend: Extract<ResendRule, { kind: 'after-evidence' }>;
  readonly quotaWaitMs: number;
  readonly tokenRenewalMs: number;
  readonly payoutTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly callbackReply: '0' | '00000000';
}

/** Only a rehearsal may leave the short code out; the sheet's sample stands in then. */
const SAMPLE_SHORTCODE = '600981';

/** Reads options that have passed the configuration's schema; what is absent has the fact sheet's default. */
export function readSettings(options: Readonly<Record<string, unknown>>): Settings {
  const read = new OptionReader('daraja', options);
  return {
    shortcode: read.text('shortcode', SAMPLE_SHORTCODE),
    command: read.word('command', ['BusinessPayment', 'SalaryPayment', 'PromotionPayment', 'BusinessPayToPochi']),
    tillIdentifierType: read.word('till_identifier_type', ['4', '2']),
    minAmountMinor: read.amountMinor('min_amount', '10'),
    maxAmountMinor: read.amountMinor('max_amount', '250000'),
    balanceAccount: read.word('balance_account', ['utility', 'working']),
    confirmByQuery: read.isTrue('confirm_by_query', true),
    queryWaitMs: read.timeoutMs('query_wait', '20s'),
    polling: {
      agesMs: read.durationsMs('poll', ['1m', '2m', '5m', '15m', '60m']).toSorted((a, b) => a - b),
      // The sheet's list ends after an hour; a re-send is possible within a day, so that long it stays worth asking.
      everyMs: read.durationMs('poll_every', '1h'),
      untilMs: read.durationMs('poll_until', '24h'),
    },
    resend: {
      kind: 'after-evidence',
      graceMs: read.durationMs('resend_grace', '5m'),
      answers: read.count('resend_answers', 2),
      withinMs: read.durationMs('resend_within', '24h'),
    },
    quotaWaitMs: read.durationMs('quota_wait', '1m'),
    tokenRenewalMs: read.durationMs('token_renewal', '60s'),
    payoutTimeoutMs: read.timeoutMs('payout_timeout', '30s'),
    requestTimeoutMs: read.timeoutMs('request_timeout', '30s'),
    callbackReply: read.word('callback_reply', ['0', '00000000']),
  };
}
