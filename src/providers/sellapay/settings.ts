import type { Rate } from '../../domain/limits.ts';
import { OptionReader } from '../kit/options.ts';

/** Which of the three published contracts the server speaks; Sellapay's own pages disagree. */
export type FieldDialect = 'seed' | 'upstream-2026-02-10' | 'examples';

/** Options of an account, read; the README of this folder says what each means. */
export interface Settings {
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
  readonly retryAmbiguous: boolean;
}

/** Reads options that have passed the configuration's schema; what is absent has the fact sheet's default. */
export function readSettings(options: Readonly<Record<string, unknown>>): Settings {
  const read = new OptionReader('sellapay', options);
  return {
    dialect: read.word('field_dialect', ['seed', 'upstream-2026-02-10', 'examples']),
    examplesEncoding: read.word('examples_encoding', ['form', 'json']),
    minAmountMinor: read.amountMinor('min_amount', '1'),
    maxMobileAmountMinor: read.amountMinor('max_mobile_amount', '70000'),
    accountNameMax: read.count('account_name_max', 100),
    narrativeMax: read.count('narrative_max', 100),
    mobileFeeMinor: read.amountMinor('mobile_fee', '50'),
    bankFeeMinor: read.amountMinor('bank_fee', '100'),
    authorizeRate: read.rate('authorize_rate', '10/min'),
    tokenRenewalMs: read.durationMs('token_renewal', '5m'),
    payoutTimeoutMs: read.timeoutMs('payout_timeout', '30s'),
    requestTimeoutMs: read.timeoutMs('request_timeout', '10s'),
    retryAmbiguous: read.isTrue('retry_ambiguous_with_same_reference'),
  };
}
