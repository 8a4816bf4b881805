import type { PollSchedule } from '../../domain/query-history.ts';
import type { ResendRule } from '../../domain/resend-rule.ts';
import { minorAmount, readOptions } from '../kit/options.ts';
import { darajaConfiguration } from './options.ts';

/** How phones are paid; `BusinessPayToPochi` goes to their business wallets, the others to the people. */
type MobileCommand = 'BusinessPayment' | 'SalaryPayment' | 'PromotionPayment' | 'BusinessPayToPochi';

/** Options of an account, read; `options.ts` says what each means. */
export interface DarajaSettings {
  readonly shortcode: string;
  readonly command: MobileCommand;
  readonly tillIdentifierType: '4' | '2';
  readonly minAmountMinor: bigint;
  readonly maxAmountMinor: bigint;
  readonly balanceAccount: 'utility' | 'working';
  readonly confirmByQuery: boolean;
  readonly queryWaitMs: number;
  readonly polling: PollSchedule;
  /** Of phones; a B2B payment is never sent again. */
  readonly resend: Extract<ResendRule, { kind: 'after-evidence' }>;
  readonly quotaWaitMs: number;
  readonly tokenRenewalMs: number;
  readonly payoutTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly callbackReply: '0' | '00000000';
}

/** Only a simulation may leave the short code out; the documentation's sample stands in then. */
const SAMPLE_SHORTCODE = '600981';

/** Decimals of KES. */
const DARAJA_DECIMALS = 2;

/** Reads options that have passed the configuration's schema; what is left out has the default of `options.ts`. */
export function readDarajaSettings(options: Readonly<Record<string, unknown>>): DarajaSettings {
  const read = readOptions('daraja', darajaConfiguration.options, options);
  return {
    shortcode: read.shortcode ?? SAMPLE_SHORTCODE,
    command: read.command,
    tillIdentifierType: read.till_identifier_type,
    minAmountMinor: minorAmount(read.min_amount, DARAJA_DECIMALS),
    maxAmountMinor: minorAmount(read.max_amount, DARAJA_DECIMALS),
    balanceAccount: read.balance_account,
    confirmByQuery: read.confirm_by_query,
    queryWaitMs: read.query_wait,
    polling: {
      agesMs: read.poll.toSorted((a, b) => a - b),
      // The documented ages end after an hour; a re-send is possible within a day, so queries go on for that long.
      everyMs: read.poll_every,
      untilMs: read.poll_until,
    },
    resend: {
      kind: 'after-evidence',
      graceMs: read.resend_grace,
      answers: read.resend_answers,
      withinMs: read.resend_within,
    },
    quotaWaitMs: read.quota_wait,
    tokenRenewalMs: read.token_renewal,
    payoutTimeoutMs: read.payout_timeout,
    requestTimeoutMs: read.request_timeout,
    callbackReply: read.callback_reply,
  };
}
