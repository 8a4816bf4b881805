import type { BitpesaCorridor } from './corridors.ts';
import type { BitpesaSimulatorSettings } from './settings.ts';

export function requiredOf(
  corridor: BitpesaCorridor,
  details: Readonly<Record<string, unknown>>,
  recipientType: string,
  settings: BitpesaSimulatorSettings,
): readonly string[] {
  const documented = (settings.requires === 'guide' ? corridor.guide : undefined) ?? corridor.spec;
  const { without, needs } = (recipientType === 'business' && corridor.business) || { without: [], needs: [] };
  const listed = [...documented.filter((field) => !without.includes(field)), ...needs];
  if (corridor.currency === 'NGN' && corridor.method === 'Bank' && settings.age === '2019')
    return [...listed, 'bank_account_type'];
  if (corridor.currency === 'GBP' && details.iban === undefined) return [...listed, 'sort_code'];
  if (corridor.currency !== 'USD' || corridor.method !== 'Bank') return listed;
  if (details.country === 'EG') return [...listed, 'street', 'iban', 'transfer_reason'];
  return [...listed, 'bank_account', 'bank_account_type', 'bank_name', 'routing_number', 'swift_code'];
}

/** Everything that `details` may have. */
export function documentedFields(corridor: BitpesaCorridor, recipientType: string): ReadonlySet<string> {
  const { spec, guide = [], also, business, hasMiddleName, method } = corridor;
  const names = recipientType === 'business' ? ['name'] : ['first_name', 'last_name'];
  const middle = hasMiddleName === true && recipientType !== 'business' ? ['middle_name'] : [];
  const needs = recipientType === 'business' ? (business?.needs ?? []) : [];
  const all = [...spec, ...guide, ...needs].flatMap((choice) => choice.split('|'));
  return new Set([...(method === 'Balance' ? [] : names), ...middle, ...all, ...also]);
}
