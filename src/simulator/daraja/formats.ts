import { createHash } from 'node:crypto';
import type { DarajaConversation } from './answers.ts';
import { dayIn } from './time.ts';

/** Ids that are made here, each from a mark that is used once. */
export function conversationIdOf(mark: string, at: number): string {
  return `AG_${dayIn(at)}_${digestOf(`conversation ${mark}`).slice(0, 20)}`;
}

/** As B2B and queries are fieldText one: `7204-8810334-2`. */
export function originatorIdOf(mark: string): string {
  const digits = BigInt(`0x${digestOf(`originator ${mark}`).slice(0, 24)}`)
    .toString()
    .padStart(12, '0')
    .slice(-12);
  return `${digits.slice(0, 4)}-${digits.slice(4, 11)}-${digits.slice(11)}`;
}

export function conversationOf(mark: string, at: number): DarajaConversation {
  return { conversationId: conversationIdOf(mark, at), originatorId: originatorIdOf(mark) };
}

/** Ten capital callbacks and digits: `TFC7K2M9QX`. */
export function receiptOf(mark: string): string {
  const text = BigInt(`0x${digestOf(`receipt ${mark}`).slice(0, 20)}`)
    .toString(36)
    .toUpperCase();
  return `T${text.padStart(9, '0').slice(-9)}`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
