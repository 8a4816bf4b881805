import { parseDuration } from '../../domain/duration.ts';
import type { Rate } from '../../domain/limits.ts';
import { parseAmount } from '../../domain/money.ts';

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
  return {
    dialect: dialectOf(options['field_dialect']),
    examplesEncoding: options['examples_encoding'] === 'json' ? 'json' : 'form',
    minAmountMinor: amount(options, 'min_amount', '1'),
    maxMobileAmountMinor: amount(options, 'max_mobile_amount', '70000'),
    accountNameMax: count(options, 'account_name_max', 100),
    narrativeMax: count(options, 'narrative_max', 100),
    mobileFeeMinor: amount(options, 'mobile_fee', '50'),
    bankFeeMinor: amount(options, 'bank_fee', '100'),
    authorizeRate: rate(options, 'authorize_rate', '10/min'),
    tokenRenewalMs: duration(options, 'token_renewal', '5m'),
    payoutTimeoutMs: timeout(options, 'payout_timeout', '30s'),
    requestTimeoutMs: timeout(options, 'request_timeout', '10s'),
    retryAmbiguous: isTrue(options['retry_ambiguous_with_same_reference']),
  };
}

function dialectOf(value: unknown): FieldDialect {
  return value === 'upstream-2026-02-10' || value === 'examples' ? value : 'seed';
}

function amount(options: Readonly<Record<string, unknown>>, name: string, otherwise: string): bigint {
  // The schema of amounts allows a third decimal, for other currencies.
  const minor = parseAmount(textOf(options, name, otherwise).replace(/(\.\d\d)\d+$/, '$1'), 2);
  if (typeof minor === 'bigint') return minor;
  // A fee of nothing is a setting like any other.
  if (minor === 'zero') return 0n;
  throw schemaGap(name);
}

function count(options: Readonly<Record<string, unknown>>, name: string, otherwise: number): number {
  const value = Number(textOf(options, name, String(otherwise)));
  if (!Number.isSafeInteger(value) || value < 1) throw schemaGap(name);
  return value;
}

const RATE_WINDOW_MS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, h: 3_600_000 };

function rate(options: Readonly<Record<string, unknown>>, name: string, otherwise: string): Rate {
  const [, digits, unit = ''] = /^([1-9]\d*)\/(s|min|h)$/.exec(textOf(options, name, otherwise)) ?? [];
  const windowMs = RATE_WINDOW_MS[unit];
  if (windowMs === undefined) throw schemaGap(name);
  return { count: Number(digits), windowMs };
}

function duration(options: Readonly<Record<string, unknown>>, name: string, otherwise: string): number {
  const durationMs = parseDuration(textOf(options, name, otherwise));
  if (durationMs === null) throw schemaGap(name);
  return durationMs;
}

/** A request needs a moment, and timers that are longer than 24 days fire at once. */
function timeout(options: Readonly<Record<string, unknown>>, name: string, otherwise: string): number {
  return Math.min(Math.max(duration(options, name, otherwise), 100), 600_000);
}

/** A YAML scalar may arrive as text or as what YAML makes of it. */
function textOf(options: Readonly<Record<string, unknown>>, name: string, otherwise: string): string {
  const value = options[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise;
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** The configuration's schema should have refused this value: a bug of ours. */
function schemaGap(name: string): Error {
  return new Error(`sellapay option ${name} passed the schema and cannot be read`);
}
