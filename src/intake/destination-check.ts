import { DESTINATION_KINDS, maskMiddle, type Destination, type DestinationKind } from '../domain/destination.ts';
import type { AccountRules, DestinationReading } from '../domain/rules.ts';
import { isScientific } from './amounts.ts';
import { knownBanks, withBankAdvice } from './bank-advice.ts';
import { DESTINATION_FIELDS, type Field } from './fields.ts';
import type { Payer } from './payer.ts';
import type { Row, RowReader } from './row.ts';
import { headerShown, shapeOf } from './shape.ts';
import { isDecimalNumber, isRoundedNumber } from './spreadsheet-numbers.ts';

/** The columns of one kind of destination that the input has. */
interface Candidate {
  readonly kind: DestinationKind;
  readonly fields: readonly { readonly field: Field; readonly position: number }[];
}

/** What pays a row, as far as that is known. */
type DestinationPayer = Pick<Payer, 'rules' | 'currency'>;
type KnownPayer = DestinationPayer & { readonly rules: AccountRules };

/** The texts of a destination, and what the provider's rule read in them; undefined where it pays to no such destination. */
interface Reading {
  readonly fields: Readonly<Record<string, string>>;
  readonly reading: DestinationReading | undefined;
}

export type GivenDestination = Candidate | 'none' | 'several';

/** What people and programs write where there is nothing: dashes, `n/a`, `nil`, `none`. */
const BLANK_WORD = /^(?:[-–—−]+|n\s*\/\s*a\.?|n\.\s?a\.?|na|nil|none)$/i;

function isBlankWord(text: string): boolean {
  // Cheap first: nearly every text is longer, or begins with a digit.
  return text.length < 6 && !(text.charCodeAt(0) >= 48 && text.charCodeAt(0) <= 57) && BLANK_WORD.test(text);
}

/** Lines that a warning about all of them names. */
const LISTED_LINES = 5;

/** Finds the one destination of each row and has the provider's rule normalise it. */
export class Destinations {
  /** Rows whose unused columns of destinations hold a word for nothing. */
  private blanks: { readonly first: Row; count: number; readonly lines: number[]; readonly words: Set<string> } | null =
    null;
  private readonly reader: RowReader;
  private readonly candidates: readonly Candidate[];

  constructor(reader: RowReader) {
    this.reader = reader;
    this.candidates = DESTINATION_KINDS.map((kind) => ({
      kind,
      fields: DESTINATION_FIELDS[kind].map((field) => ({ field, position: reader.position(field) })),
    })).filter(({ fields }) => fields.some(({ position }) => position >= 0));
  }

  /** The kind of destination that the row has, before anything of it is checked. */
  given(row: Row): GivenDestination {
    let chosen: Candidate | null = null;
    for (const candidate of this.candidates) {
      if (!this.isGiven(row, candidate)) continue;
      if (chosen !== null) return this.givenBesideBlanks(row);
      chosen = candidate;
    }
    return chosen ?? 'none';
  }

  /** Reports, at the end of the rows, which of them have a word for nothing in place of a second destination. */
  finish(): void {
    if (this.blanks === null) return;
    const { first, count, lines, words } = this.blanks;
    const written = [...words].map((word) => `"${word}"`).join(', ');
    const where = `${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}${count > lines.length ? ', …' : ''}`;
    const payments = count === 1 ? '1 payment has' : `${count} payments have`;
    const message = `${payments} ${written} in the columns of a destination that is not theirs (${where}), which was read as empty.`;
    this.reader.fileWarning(first, 'destination-blank-word', message);
  }

  /** The row's destination, or null when there is not exactly one that the account can pay: that is reported. */
  of(row: Row, given: GivenDestination, { rules, currency }: DestinationPayer): Destination | null {
    if (given === 'none') {
      if (this.reader.missing.has('destination')) return null;
      this.reader.error(row, '', 'destination-missing', `This payment says nowhere to pay to. ${payable(rules)}`);
      return null;
    }
    if (given === 'several') {
      const all = this.candidates.filter((candidate) => this.isGiven(row, candidate));
      this.reader.error(
        row,
        '',
        'destination-several',
        `This payment has ${all.length} destinations (${all.map(({ kind }) => kind).join(' and ')}). Leave one, empty the others.`,
      );
      return null;
    }
    const fields = this.read(row, given, rules?.destinations[given.kind]?.optional ?? []);
    if (fields === null || rules === null) return null;
    const reading = rules.destinations[given.kind]?.normalise(fields);
    if (reading?.ok === true && reading.warning === undefined && reading.destination.kind !== 'bank') {
      return reading.destination;
    }
    const payer = { rules, currency };
    const destination = this.report(row, given.kind, { fields, reading }, payer);
    return destination?.kind === 'bank' && this.isUnmappedName(row, destination.code, payer) ? null : destination;
  }

  /** The one destination of a row in which every other one is only said to be empty; a destination of which a part is given is one. */
  private givenBesideBlanks(row: Row): GivenDestination {
    const given = this.candidates.filter((candidate) => this.isGiven(row, candidate));
    const textsOf = ({ fields }: Candidate): readonly string[] =>
      fields.map(({ position }) => this.reader.text(row, position)).filter((text) => text !== '');
    const isBlank = (candidate: Candidate): boolean => textsOf(candidate).every((text) => isBlankWord(text));
    const real = given.filter((candidate) => !isBlank(candidate));
    const [only] = real;
    if (only === undefined) return 'none';
    if (real.length > 1) return 'several';
    this.blanks ??= { first: row, count: 0, lines: [], words: new Set() };
    this.blanks.count += 1;
    if (this.blanks.lines.length < LISTED_LINES) this.blanks.lines.push(row.line);
    for (const text of given.filter(isBlank).flatMap(textsOf))
      if (this.blanks.words.size < 3) this.blanks.words.add(text);
    return only;
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
      } else if (isBlankWord(text)) {
        whole = false;
        const message = `This holds "${text}", which stands for nothing, and a ${kind} destination needs ${field}. Fill it in${optional.includes(field) ? ', or empty it' : ''}.`;
        this.reader.error(row, field, 'destination-incomplete', message);
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
      } else if (kind !== 'wallet' && isRoundedNumber(text) && this.reader.isUnguarded(row, field)) {
        whole = false;
        this.reader.error(
          row,
          field,
          `${field.replace('_', '-')}-digits-lost`,
          `This number has ${text.length} digits, and zeros behind the fifteenth, where a spreadsheet writes zeros whatever stood there: digits may be lost. ` +
            "Compare it with the original, format the column as text, and enter it again; if it is right, write it with an apostrophe in front ('1234…).",
        );
      }
    }
    return whole ? texts : null;
  }

  /** The destination that the provider's rule read, with its warning; null when there is none, which is reported. */
  private report(row: Row, kind: DestinationKind, { fields, reading }: Reading, payer: KnownPayer): Destination | null {
    if (reading === undefined) {
      const [field = ''] = DESTINATION_FIELDS[kind];
      const message = `This payment goes to a ${kind}. ${payable(payer.rules)}`;
      this.reader.error(row, field, 'destination-unsupported', message);
      return null;
    }
    if (!reading.ok) {
      const { field, code } = reading.fault;
      this.reader.error(row, field, code, withBankAdvice(this.reader, row, reading.fault, payer));
      warnOfAccount(this.reader, row, code, fields['bank_account'] ?? '');
      return null;
    }
    if (reading.warning !== undefined) {
      const { field, code } = reading.warning;
      this.reader.warning(row, field, code, withBankAdvice(this.reader, row, reading.warning, payer));
    }
    return reading.destination;
  }

  /** Where names of banks are mapped, a name that is not is never sent as if it were a code. Reports it. */
  private isUnmappedName(row: Row, code: string, { rules, currency }: KnownPayer): boolean {
    if (!this.reader.isUnmapped(row, 'bank_code')) return false;
    const cell = this.reader.cell(row, 'bank_code');
    if (/\d/.test(cell) || cell === '' || knownBanks(rules, currency).some((bank) => bank.code === code)) return false;
    const message = `The bank reads ${headerShown(cell)}, which no entry of \`values:\` explains.`;
    const fault = { field: 'bank_code', code: 'bank-code-not-mapped', message };
    this.reader.error(row, 'bank_code', fault.code, withBankAdvice(this.reader, row, fault, { rules, currency }));
    return true;
  }
}

function payable(rules: AccountRules | null): string {
  const kinds = DESTINATION_KINDS.filter((kind) => rules === null || rules.destinations[kind] !== undefined);
  const words = kinds.map((kind) => DESTINATION_FIELDS[kind].join(' and ')).join(', or ');
  return rules === null
    ? `Fill in one of: ${words}.`
    : `The account ${rules.account} (${rules.provider}) pays by: ${words}.`;
}

/** Where a bank's code has lost its zeros, the account beside it went through the same spreadsheet. */
export function warnOfAccount(reader: RowReader, row: Row, code: string, account: string): void {
  if (code !== 'bank-code-leading-zero' || account === '') return;
  const number = `${maskMiddle(account, 0, 3)} (${account.length} characters)`;
  const message = `The bank code of this row has lost a zero, so the account ${number} may have lost zeros too, and so may others of this file. Compare them with the payees' bank details.`;
  reader.warning(row, 'bank_account', 'bank-account-suspect', message);
}
