import type { DarajaConversation } from './answers.ts';
import { receiptText, sha256Hex } from '../kit/ids.ts';

/** Each id is made from a mark that is used once. */
export function darajaConversationIdOf(mark: string, at: number): string {
  return `AG_${dayIn(at)}_${sha256Hex(`conversation ${mark}`).slice(0, 20)}`;
}

/** The `OriginatorConversationID` of B2B payments and queries: `7204-8810334-2`. */
export function originatorIdOf(mark: string): string {
  const digits = BigInt(`0x${sha256Hex(`originator ${mark}`).slice(0, 24)}`)
    .toString()
    .padStart(12, '0')
    .slice(-12);
  return `${digits.slice(0, 4)}-${digits.slice(4, 11)}-${digits.slice(11)}`;
}

export function conversationOf(mark: string, at: number): DarajaConversation {
  return { conversationId: darajaConversationIdOf(mark, at), originatorId: originatorIdOf(mark) };
}

/** Ten capital letters and digits: `TFC7K2M9QX`. */
export function darajaReceiptOf(mark: string): string {
  return `T${receiptText(`receipt ${mark}`, 9)}`;
}

const KENYA_AHEAD_MS = 3 * 3_600_000;

/** The day in Kenya: `20250612`. */
export function dayIn(at: number): string {
  return simulatedDarajaDigitsOf(at).slice(0, 8);
}

/** `20250612094107`: the time of most results. */
export function simulatedDarajaDigitsOf(at: number): string {
  return new Date(at + KENYA_AHEAD_MS).toISOString().replace(/\D/g, '').slice(0, 14);
}

/** `12.06.2025 09:41:07`: the time of B2C results. */
export function dottedOf(at: number): string {
  const [, year, month, day, ...clock] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(simulatedDarajaDigitsOf(at)) ?? [];
  return `${day ?? ''}.${month ?? ''}.${year ?? ''} ${clock.join(':')}`;
}
