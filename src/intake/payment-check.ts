import type { BatchHeader } from '../domain/batch.ts';
import type { FieldValues, NumberFormat } from '../domain/csv-defaults.ts';
import type { Destination } from '../domain/destination.ts';
import { NO_DETAILS, type Payment, type PaymentName } from '../domain/payment.ts';
import type { AmountOrder } from '../domain/paying-order.ts';
import type { RoundedTotal, Rounding } from '../domain/rounding.ts';
import type { AccountRules, DestinationRule, PaymentReview } from '../domain/rules.ts';
import { fitsLimits } from './amount-limits.ts';
import { AmountCheck } from './amount-check.ts';
import { isScientific } from './amounts.ts';
import { withBankAdvice } from './bank-advice.ts';
import { Destinations, warnOfAccount } from './destination-check.ts';
import { checkText, narrativeCut } from './free-text.ts';
import { codePoints, ID_MAX, readId, type IdFault } from './identifiers.ts';
import { Payers, type Payer, type PayerSettings } from './payer.ts';
import { prioritiesOf, type Priorities } from './priorities.ts';
import { RepeatedIds } from './repeated-ids.ts';
import { RepeatedDestinations } from './repeated-destinations.ts';
import { readReplaces } from './replaces.ts';
import type { DescribedRow } from './problem-list.ts';
import type { Row, RowReader } from './row.ts';
import { quotable } from './shape.ts';
import { isWrittenDate } from './spreadsheet-numbers.ts';
import type { Uniqueness } from './uniqueness.ts';

/** What a batch says for all of its payments, from the file, the configuration's defaults and the command line. */
export interface PaymentSettings extends PayerSettings {
  readonly narrative: string;
  readonly numberFormat: NumberFormat | null;
  readonly values: FieldValues;
  readonly rounding: Rounding;
  readonly priority: AmountOrder;
}

/** Turns rows into payments. Each rule reports what it finds and none stops the others. */
export class PaymentCheck {
  private readonly reader: RowReader;
  private readonly settings: PaymentSettings;
  private readonly unique: Uniqueness | null;
  private readonly payers: Payers;
  private readonly destinations: Destinations;
  private readonly repeatedIds: RepeatedIds | null;
  private readonly repeatedDestinations: RepeatedDestinations | null;
  private readonly amounts: AmountCheck;
  private readonly at: {
    readonly id: number;
    readonly name: number;
    readonly narrative: number;
    readonly replaces: number;
  };
  private readonly priorities: Priorities | null;

  /** @param unique null when the ids are known to be unique, on a second pass. */
  constructor(
    reader: RowReader,
    settings: PaymentSettings,
    rules: ReadonlyMap<string, AccountRules>,
    unique: Uniqueness | null,
  ) {
    this.reader = reader;
    this.settings = settings;
    this.unique = unique;
    this.payers = new Payers(reader, settings, rules);
    this.destinations = new Destinations(reader);
    this.repeatedIds = unique === null ? null : new RepeatedIds(reader);
    this.repeatedDestinations = unique === null ? null : new RepeatedDestinations(reader);
    this.amounts = new AmountCheck(reader, settings);
    this.at = {
      id: reader.position('id'),
      name: reader.position('name'),
      narrative: reader.position('narrative'),
      replaces: reader.position('replaces'),
    };
    this.priorities = prioritiesOf(reader, rules);
  }

  /** Amount and currency of the latest row; the amount is null where it cannot be read. */
  amountMinor: bigint | null = null;
  currency = '';

  /** The row's payment, or null when something about it was reported as an error. */
  check(row: Row): Payment | null {
    const key = this.checkId(row);
    const given = this.destinations.given(row);
    const payer = this.payers.of(row, typeof given === 'string' ? null : given.kind);
    const destination = this.destinations.of(row, given, payer);
    const rule = destination === null ? undefined : payer.rules?.destinations[destination.kind];
    const amountMinor = this.amounts.of(row, payer, rule ?? null);
    this.amountMinor = amountMinor;
    this.currency = payer.currency;
    const name = checkText(this.reader, row, 'name', this.at.name);
    const narrative = this.checkNarrative(row, payer);
    const details = this.readDetails(row);
    const replaces = this.at.replaces < 0 ? undefined : this.checkReplaces(row);
    const priority = this.priorities?.of(row, key?.idKey ?? '');
    if (destination === null || payer.rules === null || rule === undefined || !payer.canPay) return null;
    const nameFits = name === null || this.checkName(row, name, destination, rule, payer);
    const amountFits =
      amountMinor === null ||
      fitsLimits(this.reader, row, { amountMinor, currency: payer.currency, rule, rules: payer.rules });
    if (
      key === null ||
      amountMinor === null ||
      name === null ||
      narrative === null ||
      replaces === null ||
      priority === null ||
      !nameFits ||
      !amountFits
    )
      return null;
    const { account, currency } = payer;
    const { id, idKey } = key;
    const { line, cells } = row;
    const { rules } = payer;
    if (rules.review !== undefined) {
      const review = rules.review({ name, destination, amountMinor, currency, narrative, details });
      if (!this.review(row, review, { rules, currency, destination })) return null;
    }
    const payment = { id, idKey, line, name, destination, amountMinor, currency, account, narrative, details, cells };
    if (replaces === undefined && priority === undefined) return payment;
    return { ...payment, ...(replaces && { replaces }), ...(priority === undefined ? {} : { priority }) };
  }

  /** To be called after each page of rows, with the payments of that page. */
  endPage(payments: readonly Payment[]): void {
    this.repeatedIds?.endPage();
    this.repeatedDestinations?.check(payments);
  }

  /** What rounding took off, by currency; complete after the last row. */
  roundedTotals(): readonly RoundedTotal[] {
    return this.amounts.roundedTotals();
  }

  /** What of the header shows in the rows only; complete after the last row. */
  headerParts(): Pick<BatchHeader, 'rounded' | 'payingOrder'> {
    const rounded = this.roundedTotals();
    const order = { amounts: this.settings.priority, priorities: this.priorities?.digest() ?? null };
    const isOrdered = order.amounts !== 'line' || order.priorities !== null;
    return { ...(rounded.length === 0 ? {} : { rounded }), ...(isOrdered ? { payingOrder: order } : {}) };
  }

  /** Who a row pays, for the beginning of a message about the row as a whole. */
  described(row: Row): DescribedRow {
    return this.reader.described(row, '');
  }

  /** Reports what shows only at the end of the rows. */
  finish(): void {
    this.destinations.finish();
    this.repeatedDestinations?.finish(this.repeatedIds?.finish() ?? new Set());
    this.amounts.finish();
  }

  private checkId(row: Row): { readonly id: string; readonly idKey: string } | null {
    const text = this.reader.text(row, this.at.id);
    const reading = readId(text);
    if (!reading.ok) {
      const { code, message } = ID_FAULTS[reading.fault];
      if (!this.reader.missing.has('id')) this.reader.error(row, 'id', code, message);
      return null;
    }
    if (isScientific(text, 'text')) {
      this.reader.error(
        row,
        'id',
        'id-digits-lost',
        `A spreadsheet has turned this id into ${quotable(text)}; digits are lost. Format the column as text, enter the id again and save.`,
      );
    }
    if (isWrittenDate(text) && this.reader.isUnguarded(row, 'id')) this.reader.error(row, 'id', 'id-date', ID_DATE);
    const { id, idKey } = reading;
    this.repeatedIds?.add(row, id, reading.twinKey);
    return { id, idKey };
  }

  /** The payment of another batch that this row corrects: undefined for none, null where that was reported. */
  private checkReplaces(row: Row): PaymentName | undefined | null {
    const text = this.reader.text(row, this.at.replaces);
    if (text === '') return undefined;
    const replaces = readReplaces(text);
    if (replaces === null) {
      const message =
        'This does not name a payment. Write the batch and the id of the row that is corrected: BATCH/ID.';
      this.reader.error(row, 'replaces', 'replaces-form', message);
      return null;
    }
    const earlier = this.unique?.earlier(`replaces\n${replaces.batch}/${replaces.idKey}`, row.line) ?? null;
    if (earlier === null) return replaces;
    const message = `The row on line ${earlier} replaces the same payment. Keep one of the two.`;
    this.reader.error(row, 'replaces', 'replaces-twice', message);
    return null;
  }

  private checkName(row: Row, name: string, destination: Destination, rule: DestinationRule, payer: Payer): boolean {
    if (name === '' && rule.nameRequired) {
      const provider = payer.rules?.provider ?? '';
      this.reader.error(
        row,
        'name',
        'name-missing',
        `${provider} needs the recipient's name to pay a ${destination.kind}. Fill it in.`,
      );
      return false;
    }
    if (rule.nameMax !== null && name.length > rule.nameMax && codePoints(name) > rule.nameMax) {
      this.reader.error(
        row,
        'name',
        'name-too-long',
        `The name has more than the ${rule.nameMax} characters that fit. Shorten it as the recipient's bank or phone would.`,
      );
      return false;
    }
    return true;
  }

  private checkNarrative(row: Row, payer: Payer): string | null {
    const own = checkText(this.reader, row, 'narrative', this.at.narrative);
    if (own === null || own === '') return own === null ? null : this.settings.narrative;
    const max = payer.rules?.narrativeMax ?? null;
    if (max !== null && own.length > max) {
      this.reader.warning(row, 'narrative', 'narrative-too-long', narrativeCut(max));
    }
    return own;
  }

  /** What only the whole payment shows; a fault may stand in a column that the file does not have. */
  private review(
    row: Row,
    { faults, warnings }: PaymentReview,
    payer: { readonly rules: AccountRules; readonly currency: string; readonly destination: Destination },
  ): boolean {
    for (const fault of faults) {
      const { field, code, message, setting } = fault;
      if (setting !== undefined) this.reader.settingError(row, setting, code, message);
      else this.reader.error(row, field, code, withBankAdvice(this.reader, row, fault, payer));
      if (payer.destination.kind === 'bank') warnOfAccount(this.reader, row, code, payer.destination.account);
    }
    for (const fault of warnings) {
      const { field, code } = fault;
      this.reader.warning(row, field, code, withBankAdvice(this.reader, row, fault, payer));
    }
    return faults.length === 0;
  }

  private readDetails(row: Row): Readonly<Record<string, string>> {
    if (this.reader.details.length === 0) return NO_DETAILS;
    const given = this.reader.details.map(([field, position]) => [field, this.reader.text(row, position)] as const);
    return Object.fromEntries(given.filter(([, text]) => text !== ''));
  }
}

const ID_FAULTS: { readonly [Fault in IdFault]: { readonly code: string; readonly message: string } } = {
  empty: {
    code: 'id-missing',
    message: 'The id is empty. Give the payment your own key for it, for example the employee number.',
  },
  'too-long': { code: 'id-too-long', message: `The id has more than ${ID_MAX} characters. Shorten it.` },
  invisible: {
    code: 'id-invisible-character',
    message:
      'The id holds a character that cannot be seen (a control, zero-width or direction mark). Type the id again.',
  },
};

const ID_DATE =
  "This id is a date, which spreadsheets make of ids like 1-2 or MAR1. Format the column as text and enter the id again; if the date is the id, write an apostrophe in front of it: '2026-02-01.";
