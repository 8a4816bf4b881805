import type { Rate } from '../../domain/limits.ts';
import { minorAmount, readOptions } from '../kit/options.ts';
import { sellapayConfiguration } from './options.ts';

/** Which of the three published contracts the server speaks; Sellapay's own pages disagree. */
export type FieldDialect = 'seed' | 'upstream-2026-02-10' | 'examples';

/** Options of an account, read; `options.ts` says what each means. */
export interface SellapaySettings {
  readonly dialect: FieldDialect;
  readonly examplesEncoding: 'form' | 'json';
  readonly minAmountMinor: bigint;
  readonly maxMobileAmountMinor: bigint;
  readonly accountNameMax: number;
  readonly narrativeMax: number;
  readonly mobileFeeMinor: bigint;
  readonly bankFeeMinor: bigint;
  readonly authorizeRate: Rate;
  readonly tokenRenewalMs: number;
  readonly payoutTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/** Decimals of KES. */
const SELLAPAY_DECIMALS = 2;

/** Reads options that have passed the configuration's schema; what is left out has the default of `options.ts`. */
export function readSellapaySettings(options: Readonly<Record<string, unknown>>): SellapaySettings {
  const read = readOptions('sellapay', sellapayConfiguration.options, options);
  return {
    dialect: read.field_dialect,
    examplesEncoding: read.examples_encoding,
    minAmountMinor: minorAmount(read.min_amount, SELLAPAY_DECIMALS),
    maxMobileAmountMinor: minorAmount(read.max_mobile_amount, SELLAPAY_DECIMALS),
    accountNameMax: read.account_name_max,
    narrativeMax: read.narrative_max,
    mobileFeeMinor: minorAmount(read.mobile_fee, SELLAPAY_DECIMALS),
    bankFeeMinor: minorAmount(read.bank_fee, SELLAPAY_DECIMALS),
    authorizeRate: read.authorize_rate,
    tokenRenewalMs: read.token_renewal,
    payoutTimeoutMs: read.payout_timeout,
    requestTimeoutMs: read.request_timeout,
  };
}
