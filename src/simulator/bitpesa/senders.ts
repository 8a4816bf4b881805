import { randomUuid } from '../kit/ids.ts';
import { BitpesaErrors, objectMember, textMember, type JsonFields } from './json.ts';
import type { BitpesaSimulatorSettings } from './settings.ts';

export interface BitpesaSender {
  readonly id: string;
  readonly payer: string;
  fields: JsonFields;
  state: 'initial' | 'approved' | 'disabled';
}

/** A checked change of a sender that is not made yet; `commit` makes it. */
export interface BitpesaSenderChange {
  readonly errors: BitpesaErrors;
  /** The earlier sender of a taken `external_id`. */
  readonly existing: BitpesaSender | null;
  /** The sender's fields after `commit`. */
  readonly fields: JsonFields;
  /** The sender before `commit`; null for a new sender. */
  readonly sender: BitpesaSender | null;
  commit(): BitpesaSender;
}

/** The senders of all payers. */
export class BitpesaSenders {
  private readonly settings: BitpesaSimulatorSettings;
  private readonly random: () => number;
  private readonly onCreated: (sender: BitpesaSender) => void;
  private readonly byId = new Map<string, BitpesaSender>();
  private readonly byExternalId = new Map<string, BitpesaSender>();

  constructor(settings: BitpesaSimulatorSettings, random: () => number, onCreated: (sender: BitpesaSender) => void) {
    this.settings = settings;
    this.random = random;
    this.onCreated = onCreated;
  }

  get(payer: string, id: string): BitpesaSender | null {
    const sender = this.byId.get(id);
    return sender?.payer === payer ? sender : null;
  }

  /** Newest first; with an `external_id` only the sender with exactly this id. */
  list(payer: string, externalId: string | null): readonly BitpesaSender[] {
    const own = [...this.byId.values()].filter((sender) => sender.payer === payer).reverse();
    return externalId === null ? own : own.filter((sender) => textMember(sender.fields, 'external_id') === externalId);
  }

  creation(payer: string, fields: JsonFields): BitpesaSenderChange {
    const errors = simulatedBitpesaSendersProblemsOf(fields, this.settings);
    const existing = this.byExternalId.get(externalKey(payer, fields)) ?? null;
    if (existing !== null) errors.add('external_id', this.settings.takenError);
    return { errors, existing, fields, sender: null, commit: () => this.add(payer, fields) };
  }

  change(sender: BitpesaSender, fields: JsonFields): BitpesaSenderChange {
    const merged = { ...sender.fields, ...fields };
    const errors = simulatedBitpesaSendersProblemsOf(merged, this.settings);
    const owner = this.byExternalId.get(externalKey(sender.payer, merged)) ?? sender;
    if (owner !== sender) errors.add('external_id', this.settings.takenError);
    const commit = (): BitpesaSender => {
      this.byExternalId.delete(externalKey(sender.payer, sender.fields));
      sender.fields = merged;
      this.remember(sender);
      return sender;
    };
    return { errors, existing: owner === sender ? null : owner, fields: merged, sender, commit };
  }

  /** The sender in a transaction request: an id, an id with changes, or an `external_id` with or without fields. */
  within(payer: string, given: unknown): BitpesaSenderChange {
    const fields = objectMember(given);
    if (fields === null) return wrong('sender', 'blank');
    const { id, external_id: externalId, ...rest } = fields;
    if (id !== undefined && externalId !== undefined) return wrong('sender.id', 'exclusion');
    const hasFields = Object.keys(rest).length > 0;
    const known =
      id !== undefined
        ? this.get(payer, textMember(fields, 'id'))
        : (this.byExternalId.get(externalKey(payer, fields)) ?? null);
    const isLost = known === null && (id !== undefined || !hasFields);
    if (isLost) return wrong(id !== undefined ? 'sender.id' : 'sender.external_id', 'not_found');
    const isUpdate = known !== null && (id !== undefined || this.settings.age !== '2019');
    const plan = prefixed(
      isUpdate && hasFields
        ? this.change(known, rest)
        : known !== null && !hasFields
          ? using(known)
          : this.creation(payer, fields),
    );
    if (known?.state === 'disabled') plan.errors.add('sender', 'disabled');
    return plan;
  }

  private add(payer: string, fields: JsonFields): BitpesaSender {
    const state = this.settings.kycWaived && this.settings.senderState === 'approved' ? 'approved' : 'initial';
    const sender: BitpesaSender = { id: randomUuid(this.random), payer, fields, state };
    this.byId.set(sender.id, sender);
    this.remember(sender);
    this.onCreated(sender);
    return sender;
  }

  private remember(sender: BitpesaSender): void {
    if (textMember(sender.fields, 'external_id') !== '')
      this.byExternalId.set(externalKey(sender.payer, sender.fields), sender);
  }
}

export function senderJson({ id, fields, state }: BitpesaSender): Record<string, unknown> {
  const { external_id = null, metadata = {}, type = 'person' } = fields;
  return { ...fields, id, type, external_id, metadata, state, state_reason: null };
}

function using(sender: BitpesaSender): BitpesaSenderChange {
  return { errors: new BitpesaErrors(), existing: null, fields: sender.fields, sender, commit: () => sender };
}

function wrong(field: string, error: string): BitpesaSenderChange {
  const errors = new BitpesaErrors();
  errors.add(field, error);
  const commit = (): BitpesaSender => {
    throw new Error('a sender with errors was committed');
  };
  return { errors, existing: null, fields: {}, sender: null, commit };
}

function prefixed(plan: BitpesaSenderChange): BitpesaSenderChange {
  const errors = new BitpesaErrors();
  errors.addAll('sender.', plan.errors);
  return { ...plan, errors };
}

function externalKey(payer: string, fields: JsonFields): string {
  return `${payer} ${textMember(fields, 'external_id')}`;
}

const PERSON = [
  'first_name',
  'last_name',
  'country',
  'city',
  'street',
  'postal_code',
  'phone_number',
  'email',
  'birth_date',
  'ip',
];
const SIMULATED_BITPESA_BUSINESS = [
  'name',
  'country',
  'trading_country',
  'city',
  'street',
  'postal_code',
  'email',
  'ip',
];
/** Fields that a relaxed account can leave out when the person is identified otherwise. */
const RELAXED = ['city', 'street', 'postal_code', 'phone_number', 'birth_date'];

function simulatedBitpesaSendersProblemsOf(fields: JsonFields, settings: BitpesaSimulatorSettings): BitpesaErrors {
  const errors = new BitpesaErrors();
  const type = fields.type ?? 'person';
  if (type !== 'person' && type !== 'business') errors.add('type', 'inclusion');
  const isIdentified = textMember(fields, 'identification_number') !== '' || textMember(fields, 'birth_date') !== '';
  const spared = settings.wtr2 && isIdentified ? RELAXED : [];
  for (const field of type === 'business' ? SIMULATED_BITPESA_BUSINESS : PERSON) {
    if (textMember(fields, field).trim() === '' && !spared.includes(field)) errors.add(field, 'blank');
  }
  if (!Array.isArray(fields.documents)) errors.add('documents', 'blank');
  else if (fields.documents.length === 0 && !settings.kycWaived) errors.add('documents', 'blank');
  for (const [field, pattern] of formatsOf(settings)) {
    const value = fields[field];
    if (value === undefined || value === null || value === '') continue;
    if (typeof value !== 'string' || !pattern.test(value)) errors.add(field, 'invalid');
  }
  if (fields.metadata !== undefined && objectMember(fields.metadata) === null) errors.add('metadata', 'invalid');
  const needsPhoneCountry = settings.age === '2019' && textMember(fields, 'phone_number') !== '';
  if (needsPhoneCountry && textMember(fields, 'phone_country') === '') errors.add('phone_country', 'blank');
  return errors;
}

function formatsOf({ age }: BitpesaSimulatorSettings): readonly (readonly [field: string, pattern: RegExp])[] {
  return [
    ['country', /^[A-Z]{2}$/],
    ['trading_country', /^[A-Z]{2}$/],
    ['phone_country', /^[A-Z]{2}$/],
    ['nationality', /^[A-Z]{2}$/],
    ['phone_number', age === '2019' ? /^0?[1-9]\d{5,11}$/ : /^\+[1-9]\d{6,14}$/],
    ['email', /^[^\s@]+@[^\s@]+$/],
    ['birth_date', /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/],
    ['registration_date', /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/],
    ['ip', /^(\d{1,3}\.){3}\d{1,3}$/],
    ['identification_type', /^(DL|PP|ID|OT)$/],
    ['identification_number', /^.{4,}$/],
    ['external_id', /^.{1,255}$/],
  ];
}
