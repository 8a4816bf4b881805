import { readOptions } from '../kit/options.ts';
import { bitpesaConfiguration } from './options.ts';
import { SIMULATED_SENDER, type SenderProfile } from './sender-profile.ts';

/** Options of an account, read; `options.ts` says what each means. */
export interface BitpesaSettings {
  readonly sender: SenderProfile;
  /** Currency of the balance that pays; '' for the account's own. */
  readonly inputCurrency: string;
  readonly phoneFormat: 'e164' | 'national';
  /** Whose list of required details refuses a row, where the specification and the guide disagree. */
  readonly detailRules: 'spec' | 'guide';
  readonly transferReason: string;
  readonly autoRefund: boolean;
  readonly accountValidation: boolean;
  readonly nubanCheck: boolean;
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

/** Reads options that have passed the configuration's schema; what is left out has the default of `options.ts`. */
export function readBitpesaSettings(options: Readonly<Record<string, unknown>>): BitpesaSettings {
  const read = readOptions('bitpesa', bitpesaConfiguration.options, options);
  return {
    sender: read.sender ?? SIMULATED_SENDER,
    inputCurrency: read.input_currency ?? '',
    phoneFormat: read.phone_format,
    detailRules: read.detail_rules,
    transferReason: read.transfer_reason,
    autoRefund: read.auto_refund,
    accountValidation: read.account_validation,
    nubanCheck: read.nuban_check,
    surchargeMax: read.max_surcharge,
    rateMax: read.max_rate ?? {},
    expiryMarginMs: read.expiry_margin,
    resendAfterMs: read.resend_after,
    pollAgesMs: read.poll,
    pollEveryMs: read.poll_every,
    pollUntilMs: read.poll_until,
    cancelAfterMs: read.cancel_after,
    failFast: read.fail_fast,
    registerWebhook: read.register_webhook,
    payoutTimeoutMs: read.payout_timeout,
    requestTimeoutMs: read.request_timeout,
  };
}
