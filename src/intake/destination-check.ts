import { DESTINATION_KINDS, type Destination, type DestinationKind } from '../domain/destination.ts';
import type { AccountRules } from '../domain/rules.ts';
import { isScientific } from './amounts.ts';
import { DESTINATION_FIELDS, type Field } from './fields.ts';
import type { Row, RowReader } from './row.ts';
import { shapeOf } from './shape.ts';
import { isDecimalNumber } from './spreadsheet-numbers.ts';

/** The columns of one kind of destination that the input has. */
interface Candidate {
  readonly kind: DestinationKind;
  readonly fields: readonly { readonly field: Field; readonly position: number }[];
}

/** Finds the one destination of each row and has the provider's rule normalise it. */
export class Destinations {
  private readonly reader: RowReader;
  private readonly candidates: readonly Candidate[];

  constructor(reader: RowReader) {
    this.reader = reader;
    this.candidates = DESTINATION_KINDS.map((kind) => ({
      kind,
      fields: DESTINATION_FIELDS[kind].map((field) => ({ field, position: reader.position(field) })),
    })).filter(({ fields }) => fields.some(({ position }) => position >= 0));
  }

  /** The row's destination, or null when there is not exactly one that the account can pay: that is reported. */
  of(row: Row, rules: AccountRules | null): Destination | null {
    let chosen: Candidate | null = null;
    let several = false;
    for (const candidate of this.candidates) {
      if (!this.isGiven(row, candidate)) continue;
      several ||= chosen !== null;
      chosen ??= candidate;
    }
    if (chosen === null) {
      if (this.reader.missing.has('destination')) return null;
      this.reader.error(row, '', 'destination-missing', `This payment says nowhere to pay to. ${payable(rules)}`);
      return null;
    }
    if (several) {
      const given = this.candidates.filter((candidate) => this.isGiven(row, candidate));
      this.reader.error(
        row,
        '',
        'destination-several',
        `This payment has ${given.length} destinations (${given.map(({ kind }) => kind).join(' and ')}). Leave one, empty the others.`,
      );
      return null;
    }
    const fields = this.read(row, chosen, rules?.destinations[chosen.kind]?.optional ?? []);
    return fields === null || rules === null ? null : this.normalise(row, chosen.kind, fields, rules);
  }

  private isGiven(row: Row, candidate: Candidate): boolean {
    for (const { position } of candidate.fields) if (this.reader.text(row, position) !== '') return true;
    return false;
  }

  private read(row: Row, { kind, fields }: Candidate, optional: readonly string[]): Record<string, string> | null {
    const texts: Record<string, string> = {};
    let whole = true;
    for (const { field, position } of fields) {
      const text = this.reader.text(row, position);
      texts[field] = text;
      if (text === '') {
        if (optional.includes(field)) continue;
        whole = false;
        const given = fields.filter((other) => other.field !== field).map((other) => other.field);
        this.reader.error(
          row,
          field,
          'destination-incomplete',
          `A ${kind} destination needs ${field} beside ${given.join(' and ')}. Fill it in.`,
        );
      } else if (isScientific(text, 'text') || (kind !== 'wallet' && isScientific(text, 'number'))) {
        whole = false;
        this.reader.error(
          row,
          field,
          `${field.replace('_', '-')}-digits-lost`,
          `A spreadsheet has turned this number into ${shapeOf(text)}; digits are lost. Format the column as text, enter the number again and save.`,
        );
      } else if (kind !== 'wallet' && isDecimalNumber(text)) {
        whole = false;
        this.reader.error(
          row,
          field,
          `${field.replace('_', '-')}-decimal-number`,
          `This is written as a decimal number, ${shapeOf(text)}, as spreadsheets write numbers: digits or leading zeros may be lost, and what stands ` +
            'behind the point is no part of it. Compare it with the original, format the column as text, and write the digits alone.',
        );
      }
    }
    return whole ? texts : null;
  }

  private normalise(
    row: Row,
    kind: DestinationKind,
    fields: Readonly<Record<string, string>>,
    rules: AccountRules,
  ): Destination | null {
    const rule = rules.destinations[kind];
    if (rule === undefined) {
      const [field = ''] = DESTINATION_FIELDS[kind];
      this.reader.error(row, field, 'destination-unsupported', `This payment goes to a ${kind}. ${payable(rules)}`);
      return null;
    }
    const reading = rule.normalise(fields);
    if (!reading.ok) {
      this.reader.error(row, reading.fault.field, reading.fault.code, reading.fault.message);
      return null;
    }
    if (reading.warning !== undefined) {
      const { field, code, message } = reading.warning;
      this.reader.warning(row, field, code, message);
    }
    return reading.destination;
  }
}

function payable(rules: AccountRules | null): string {
  const kinds = DESTINATION_KINDS.filter((kind) => rules === null || rules.destinations[kind] !== undefined);
  const words = kinds.map((kind) => DESTINATION_FIELDS[kind].join(' and ')).join(', or ');
  return rules === null
    ? `Fill in one of: ${words}.`
    : `The account ${rules.account} (${rules.provider}) pays by: ${words}.`;
}
