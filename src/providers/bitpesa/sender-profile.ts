import { hash } from 'node:crypto';
import { isObject } from '../kit/json.ts';
import { textsOf } from './option-texts.ts';

/** Who pays, as the configuration tells it: one sender for all payments of the account. */
export interface SenderProfile {
  /** Our id of the sender at BitPesa. */
  readonly externalId: string;
  /** `type` and every configured field, in the names of the API. */
  readonly fields: Readonly<Record<string, string>>;
  /** `documents` and `metadata`, sent as they are given when the sender is made. */
  readonly documents: readonly unknown[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * The configuration's schema asks for a sender everywhere but in front of the simulator; a rehearsal without one has this. It
 * has every field that a payout type can demand.
 */
const REHEARSAL: Readonly<Record<string, string>> = {
  type: 'business',
  name: 'Rehearsal of payrun',
  country: 'GB',
  trading_country: 'GB',
  city: 'Leeds',
  street: '4 Canal Row',
  postal_code: 'LS1 4AA',
  email: 'rehearsal@payrun.example',
  phone_number: '+441130000000',
  nationality: 'GB',
  birth_date: '1990-01-01',
  identification_type: 'PP',
  identification_number: 'REHEARSAL',
  source_of_funds: 'business_income',
};

export function readSender(option: unknown): SenderProfile {
  const { external_id, ...given } = option === undefined ? REHEARSAL : textsOf(option);
  const fields = { type: 'person', ip: '127.0.0.1', ...given };
  const { documents, metadata } = isObject(option) ? option : {};
  return {
    externalId: external_id ?? defaultExternalId(fields),
    fields,
    documents: Array.isArray(documents) ? documents : [],
    metadata: isObject(metadata) ? metadata : {},
  };
}

/**
 * The same for the same person or business, whatever account or address it has, so that there is never a second sender for it;
 * everything else about it can change and is then patched.
 */
function defaultExternalId(fields: Readonly<Record<string, string>>): string {
  const who = ['type', 'name', 'first_name', 'middle_name', 'last_name'].map((name) => fields[name] ?? '');
  return `payrun-${hash('sha256', JSON.stringify(who).toLowerCase(), 'hex').slice(0, 20)}`;
}
