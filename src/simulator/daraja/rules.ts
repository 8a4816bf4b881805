import type { DarajaSimulatorSettings } from './settings.ts';
import type { BodyFields, RequestChecks } from '../kit/fields.ts';

/** A text, or the exact text of a number: both are seen in samples of the same field. Empty for what is neither, or missing. */
export function fieldText(fields: BodyFields, name: string): string {
  const field = fields.get(name);
  return field === undefined || field.kind === 'other' ? '' : field.text;
}

export function isShortCode(text: string): boolean {
  return /^\d{5,7}$/.test(text);
}

export function isPhone(text: string): boolean {
  return /^254[71]\d{8}$/.test(text);
}

/**
 * Free text. Others than these characters have made requests fail without a word; here they are refused, so that it is noticed
 * [assumed].
 */
export function isPlain(text: string, least: number, most: number): boolean {
  return /^[A-Za-z0-9 .-]*$/.test(text) && text.trim() !== '' && text.length >= least && text.length <= most;
}

/** Whether an optional field is missing, or as it must be. */
export function isMissingOr(fields: BodyFields, name: string, isRight: (text: string) => boolean): boolean {
  return !fields.has(name) || isRight(fieldText(fields, name));
}

/** Digits only: whole shillings, without signs, points or exponents. */
export function shillingsOf(text: string): bigint | null {
  return /^[1-9]\d{0,11}$/.test(text) ? BigInt(text) * 100n : null;
}

/** In any case and anywhere in the address. */
const FORBIDDEN_WORDS = /mpesa|m-pesa|safaricom|exe|cmd|sql|query/i;

/** The two addresses that every request carries. Loopback is fine for them here. */
export function addressRules(fields: BodyFields, settings: DarajaSimulatorSettings): readonly RequestChecks[number][] {
  return ['QueueTimeOutURL', 'ResultURL'].map((name) => [isAddress(fieldText(fields, name), settings), name]);
}

function isAddress(text: string, { requireHttps }: DarajaSimulatorSettings): boolean {
  const url = URL.parse(text);
  if (url === null || FORBIDDEN_WORDS.test(text)) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && !requireHttps);
}
