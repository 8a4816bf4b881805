import { randomUUID } from 'node:crypto';
import { Errors, objectOf, textOf, type Fields } from './json.ts';
import type { BitpesaSimulatorSettings } from './settings.ts';

export interface Sender {
  readonly id: string;
  readonly payer: string;
  fields: Fields;
  state: 'initial' | 'approved' | 'disabled';
}

/** What a request says of a sender, judged but not yet done; `commit` does it. */
export interface SenderPlan {
  readonly errors: Errors;
  /** The earlier sender of a taken `external_id`. */
  readonly existing: Sender | null;
  /** The sender's fields as they will be. */
  readonly fields: Fields;
  /** As it is before `commit`; null for one that is yet to be made. */
  readonly sender: Sender | null;
  commit(): Sender;
}

/** The senders of all payers, and how a request names one. */
export class Senders {
  private readonly settings: BitpesaSimulatorSettings;
  private readonly onCreated: (sender: Sender) => void;
  private readonly byId = new Map<string, Sender>();
  private readonly byExternalId = new Map<string, Sender>();

  constructor(settings: BitpesaSimulatorSettings, onCreated: (sender: Sender) => void) {
    this.settings = settings;
    this.onCreated = onCreated;
  }

  get(payer: string, id: string): Sender | null {
    const sender = this.byId.get(id);
    return sender?.payer === payer ? sender : null;
  }

  /** Newest first; with an `external_id` only the one that has exactly this. */
  list(payer: string, externalId: string | null): readonly Sender[] {
    const own = [...this.byId.values()].filter((sender) => sender.payer === payer).reverse();
    return externalId === null ? own : own.filter((sender) => textOf(sender.fields, 'external_id') === externalId);
  }

  creation(payer: string, fields: Fields): SenderPlan {
    const errors = problemsOf(fields, this.settings);
    const existing = this.byExternalId.get(externalKey(payer, fields)) ?? null;
    if (existing !== null) errors.add('external_id', this.settings.takenError);
    return { errors, existing, fields, sender: null, commit: () => this.add(payer, fields) };
  }

  change(sender: Sender, fields: Fields): SenderPlan {
    const merged = { ...sender.fields, ...fields };
    const errors = problemsOf(merged, this.settings);
    const owner = this.byExternalId.get(externalKey(sender.payer, merged)) ?? sender;
    if (owner !== sender) errors.add('external_id', this.settings.takenError);
    const commit = (): Sender => {
      this.byExternalId.delete(externalKey(sender.payer, sender.fields));
      sender.fields = merged;
      this.remember(sender);
      return sender;
    };
    return { errors, existing: owner === sender ? null : owner, fields: merged, sender, commit };
  }

  /** A sender inside a transaction: an id alone, an id with changes, an `external_id` alone or with fields. */
  within(payer: string, given: unknown): SenderPlan {
    const fields = objectOf(given);
    if (fields === null) return wrong('sender', 'blank');
    const { id, external_id: externalId, ...rest } = fields;
    if (id !== undefined && externalId !== undefined) return wrong('sender.id', 'exclusion');
    const hasFields = Object.keys(rest).length > 0;
    const known =
      id !== undefined
        ? this.get(payer, textOf(fields, 'id'))
        : (this.byExternalId.get(externalKey(payer, fields)) ?? null);
    const isLost = known === null && (id !== undefined || !hasFields);
    if (isLost) return wrong(id !== undefined ? 'sender.id' : 'sender.external_id', 'not_found');
    const isUpdate = known !== null && (id !== undefined || this.settings.age !== '2019');
    const plan = prefixed(isUpdate && hasFields ? this.change(known, rest) : known !== null && !hasFields ? using(known) : this.creation(payer, fields)); // prettier-ignore
    if (known?.state === 'disabled') plan.errors.add('sender', 'disabled');
    return plan;
  }

  private add(payer: string, fields: Fields): Sender {
    const state = this.settings.kycWaived && this.settings.senderState === 'approved' ? 'approved' : 'initial';
    const sender: Sender = { id: randomUUID(), payer, fields, state };
    this.byId.set(sender.id, sender);
    this.remember(sender);
    this.onCreated(sender);
    return sender;
  }

  private remember(sender: Sender): void {
    if (textOf(sender.fields, 'external_id') !== '')
      this.byExternalId.set(externalKey(sender.payer, sender.fields), sender);
  }
}

export function senderJson({ id, fields, state }: Sender): Record<string, unknown> {
  const { external_id = null, metadata = {}, type = 'person' } = fields;
  return { ...fields, id, type, external_id, metadata, state, state_reason: null };
}

function using(sender: Sender): SenderPlan {
  return { errors: new Errors(), existing: null, fields: sender.fields, sender, commit: () => sender };
}

function wrong(field: string, error: string): SenderPlan {
  const errors = new Errors();
  errors.add(field, error);
  const commit = (): Sender => {
    throw new Error('a sender with errors was committed');
  };
  return { errors, existing: null, fields: {}, sender: null, commit };
}

function prefixed(plan: SenderPlan): SenderPlan {
  const errors = new Errors();
  errors.addAll('sender.', plan.errors);
  return { ...plan, errors };
}

function externalKey(payer: string, fields: Fields): string {
  return `${payer} ${textOf(fields, 'external_id')}`;
}

const PERSON = ['first_name', 'last_name', 'country', 'city', 'street', 'postal_code', 'phone_number', 'email', 'birth_date', 'ip']; // prettier-ignore
const BUSINESS = ['name', 'country', 'trading_country', 'city', 'street', 'postal_code', 'email', 'ip'];
/** What a relaxed account may leave out when something else identifies the person. */
const RELAXED = ['city', 'street', 'postal_code', 'phone_number', 'birth_date'];

function problemsOf(fields: Fields, settings: BitpesaSimulatorSettings): Errors {
  const errors = new Errors();
  const type = fields.type ?? 'person';
  if (type !== 'person' && type !== 'business') errors.add('type', 'inclusion');
  const isIdentified = textOf(fields, 'identification_number') !== '' || textOf(fields, 'birth_date') !== '';
  const spared = settings.wtr2 && isIdentified ? RELAXED : [];
  for (const field of type === 'business' ? BUSINESS : PERSON) {
    if (textOf(fields, field).trim() === '' && !spared.includes(field)) errors.add(field, 'blank');
  }
  if (!Array.isArray(fields.documents)) errors.add('documents', 'blank');
  else if (fields.documents.length === 0 && !settings.kycWaived) errors.add('documents', 'blank');
  for (const [field, pattern] of formatsOf(settings)) {
    const value = fields[field];
    if (value === undefined || value === null || value === '') continue;
    if (typeof value !== 'string' || !pattern.test(value)) errors.add(field, 'invalid');
  }
  if (fields.metadata !== undefined && objectOf(fields.metadata) === null) errors.add('metadata', 'invalid');
  const needsPhoneCountry = settings.age === '2019' && textOf(fields, 'phone_number') !== '';
  if (needsPhoneCountry && textOf(fields, 'phone_country') === '') errors.add('phone_country', 'blank');
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
