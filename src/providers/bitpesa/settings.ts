import { OptionReader } from '../kit/options.ts';
import { readSender, type SenderProfile } from './sender-profile.ts';
import { textsOf } from './option-texts.ts';

/** Options of an account, read; the README of this folder says what each means. */
export interface Settings {
  readonly sender: SenderProfile;
  /** Currency of the balance that pays; '' for the account's own. */
  readonly inputCurrency: string;
  readonly phoneFormat: 'e164' | 'national';
  /** Whose list of required details refuses a row, where the specification and the guide disagree. */
  readonly detailRules: 'spec' | 'guide';
  readonly transferReason: string;
  readonly autoRefund: boolean;
  readonly accountValidation: boolean;
  /** Decimal text in the input currency. */
  readonly surchargeMax: string;
  /** Payout currency → the most of the input currency that one unit of it may cost, as decimal text. */
  readonly rateMax: Readonly<Record<string, string>>;
  readonly expiryMarginMs: number;
  readonly resendAfterMs: number;
  readonly pollAgesMs: readonly number[];
  readonly pollEveryMs: number;
  readonly pollUntilMs: number;
  readonly cancelAfterMs: number;
  readonly failFast: boolean;
  readonly registerWebhook: boolean;
  readonly payoutTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/** Reads options that have passed the configuration's schema; what is absent has the fact sheet's default. */
export function readSettings(options: Readonly<Record<string, unknown>>): Settings {
  const read = new OptionReader('bitpesa', options);
  return {
    sender: readSender(options['sender']),
    inputCurrency: read.text('input_currency', ''),
    phoneFormat: read.word('phone_format', ['e164', 'national']),
    detailRules: read.word('detail_rules', ['spec', 'guide']),
    transferReason: read.text('transfer_reason', 'third_party_person_account'),
    autoRefund: read.isTrue('auto_refund', true),
    accountValidation: read.isTrue('account_validation'),
    surchargeMax: read.text('max_surcharge', '0'),
    rateMax: textsOf(options['max_rate']),
    expiryMarginMs: read.durationMs('expiry_margin', '30s'),
    resendAfterMs: read.durationMs('resend_after', '120s'),
    pollAgesMs: read.durationsMs('poll', ['1m', '3m', '8m', '20m', '40m', '60m']),
    pollEveryMs: read.durationMs('poll_every', '1h'),
    pollUntilMs: read.durationMs('poll_until', '26h'),
    cancelAfterMs: read.durationMs('cancel_after', '24h'),
    failFast: read.isTrue('fail_fast'),
    registerWebhook: read.isTrue('register_webhook', true),
    payoutTimeoutMs: read.timeoutMs('payout_timeout', '60s'),
    requestTimeoutMs: read.timeoutMs('request_timeout', '60s'),
  };
}
