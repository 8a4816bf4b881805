import type { DarajaSimulatorSettings } from './settings.ts';
import type { BodyFields, RequestChecks } from '../kit/fields.ts';

/** A text, or the exact text of a number: the documented samples have both. Empty for any other field and for a missing one. */
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
 * Free text. Requests with other characters have failed without an error; the simulator refuses them, so that it is noticed
 * [assumed].
 */
export function isPlain(text: string, least: number, most: number): boolean {
  return /^[A-Za-z0-9 .-]*$/.test(text) && text.trim() !== '' && text.length >= least && text.length <= most;
}

/** Whether an optional field is missing or valid. */
export function isMissingOr(fields: BodyFields, name: string, isRight: (text: string) => boolean): boolean {
  return !fields.has(name) || isRight(fieldText(fields, name));
}

/** Whole shillings in digits, as minor units; null for any other text. */
export function shillingsOf(text: string): bigint | null {
  return /^[1-9]\d{0,11}$/.test(text) ? BigInt(text) * 100n : null;
}

/** Words that an address must not contain, in any case. */
const FORBIDDEN_WORDS = /mpesa|m-pesa|safaricom|exe|cmd|sql|query/i;

/** The rules of the two callback addresses of every request. Loopback addresses are accepted. */
export function addressRules(fields: BodyFields, settings: DarajaSimulatorSettings): readonly RequestChecks[number][] {
  return ['QueueTimeOutURL', 'ResultURL'].map((name) => [isAddress(fieldText(fields, name), settings), name]);
}

function isAddress(text: string, { requireHttps }: DarajaSimulatorSettings): boolean {
  const url = URL.parse(text);
  if (url === null || FORBIDDEN_WORDS.test(text)) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && !requireHttps);
}
