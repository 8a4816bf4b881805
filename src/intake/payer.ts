import { didYouMean } from '../documents/nearest.ts';
import { accountFor, type AccountChoice } from '../domain/csv-defaults.ts';
import type { DestinationKind } from '../domain/destination.ts';
import { currencyDecimals } from '../domain/money.ts';
import type { AccountRules } from '../domain/rules.ts';
import type { Field } from './fields.ts';
import { MergedCells } from './merged-cells.ts';
import type { RowReader, Row } from './row.ts';
import { nameOrShape } from './shape.ts';

/** Who pays a row, and in which currency. */
export interface Payer {
  readonly account: string;
  readonly currency: string;
  readonly decimals: number;
  /** Null when the account is not known: that was reported, and the row's other fields are still checked. */
  readonly rules: AccountRules | null;
  /** False when nothing can be paid so, which was reported; amounts then cannot be held against limits. */
  readonly canPay: boolean;
}

export interface PayerSettings {
  /** From the command line: wins over what a row says. */
  readonly forcedAccount: string | null;
  /** The batch's own: where it is a choice by kind, a row without an account of its own needs a kind that is named. */
  readonly account: AccountChoice | null;
  readonly currency: string | null;
}

/** Finds each row's payer. Rows of a batch share one or a few, so that they are looked up once. */
export class Payers {
  private readonly reader: RowReader;
  private readonly settings: PayerSettings;
  private readonly rules: ReadonlyMap<string, AccountRules>;
  private readonly accountAt: number;
  private readonly currencyAt: number;
  private readonly known = new Map<string, Payer>();
  /** Whether a row's kind of destination has a part in who pays. */
  private readonly isByKind: boolean;
  private common: Payer | null = null;
  /** Null without a column that blank cells could be wrong in. */
  private readonly merged: { readonly account: MergedCells; readonly currency: MergedCells } | null;

  constructor(reader: RowReader, settings: PayerSettings, rules: ReadonlyMap<string, AccountRules>) {
    this.reader = reader;
    this.settings = settings;
    this.rules = rules;
    this.isByKind =
      settings.forcedAccount === null && typeof settings.account === 'object' && settings.account !== null;
    this.accountAt = settings.forcedAccount === null ? reader.position('account') : -1;
    this.currencyAt = reader.position('currency');
    this.merged =
      reader.spreadsheetCells && (this.accountAt >= 0 || this.currencyAt >= 0)
        ? { account: new MergedCells(reader, 'account'), currency: new MergedCells(reader, 'currency') }
        : null;
  }

  /**
   * Reports what is wrong with the row's account and currency; the payer is as complete as could be read.
   *
   * @param kind of the row's destination; null where it has not exactly one, which is reported elsewhere.
   */
  of(row: Row, kind: DestinationKind | null): Payer {
    const account = this.reader.text(row, this.accountAt);
    const currency = this.reader.text(row, this.currencyAt).toUpperCase();
    if (this.merged !== null) this.checkMerged(row, kind, account, currency);
    if (account === '' && currency === '' && this.common !== null) return this.common;
    const key = `${account}\n${currency}\n${this.isByKind ? kind : ''}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const payer = this.find(row, kind, account, currency);
    // What was found faulty is looked up again, so that every row with the fault is reported.
    if (payer.sound) {
      if (this.known.size < 1000) this.known.set(key, payer);
      if (account === '' && currency === '' && !this.isByKind) this.common = payer;
    }
    return payer;
  }

  private checkMerged(row: Row, kind: DestinationKind | null, account: string, currency: string): void {
    const { settings } = this;
    const fallback = accountFor(settings.account, kind) ?? '';
    if (this.accountAt >= 0) this.merged?.account.check(row, account, fallback);
    const payer = settings.forcedAccount ?? (account === '' ? fallback : account);
    const own = settings.currency ?? this.rules.get(payer)?.currency ?? '';
    if (this.currencyAt >= 0) this.merged?.currency.check(row, currency, own);
  }

  private find(
    row: Row,
    kind: DestinationKind | null,
    rowAccount: string,
    rowCurrency: string,
  ): Payer & { readonly sound: boolean } {
    const { settings } = this;
    const account = settings.forcedAccount ?? (rowAccount === '' ? accountFor(settings.account, kind) : rowAccount);
    const rules = account === null ? null : (this.rules.get(account) ?? null);
    let sound = true;
    if (account === null && this.isByKind) {
      sound = false;
      if (kind !== null)
        this.reader.error(row, FIELD_OF_KIND[kind], 'account-kind-missing', noAccountFor(kind, settings));
    } else if (account === null && this.accountAt >= 0) {
      sound = false;
      this.reader.error(
        row,
        'account',
        'account-missing',
        'This row names no account, and the batch names none for all.',
      );
    } else if (rules === null && rowAccount !== '' && settings.forcedAccount === null) {
      sound = false;
      this.reader.error(row, 'account', 'account-unknown', unknownAccount(rowAccount, this.rules));
    }
    const currency = rowCurrency === '' ? (settings.currency ?? rules?.currency ?? '') : rowCurrency;
    const isOwn = rowCurrency !== '' || (rowAccount !== '' && settings.forcedAccount === null);
    // What comes from the batch alone was checked and reported once.
    if (rules !== null && isOwn && !canPay(rules, currency)) {
      sound = false;
      this.reader.error(row, 'currency', 'currency-unsupported', unsupportedCurrency(currency, rules));
    }
    return {
      account: account ?? '',
      currency,
      decimals: currencyDecimals(currency) ?? DECIMALS_UNKNOWN,
      rules,
      canPay: rules !== null && canPay(rules, currency),
      sound,
    };
  }
}

const FIELD_OF_KIND: { readonly [Kind in DestinationKind]: Field } = {
  mobile: 'mobile',
  bank: 'bank_account',
  wallet: 'wallet',
  paybill: 'paybill',
  till: 'till',
};

function noAccountFor(kind: DestinationKind, { account }: PayerSettings): string {
  const kinds = typeof account === 'object' && account !== null ? Object.keys(account) : [];
  return (
    `This payment goes to a ${kind}, and \`account:\` names accounts for ${kinds.join(' and ')} only. Write \`${kind}: ACCOUNT\` ` +
    'there too, pay this row in another file, or remove it.'
  );
}

/** With a currency that is not known (and reported) an amount's decimals are not counted. */
const DECIMALS_UNKNOWN = 20;

export function unknownAccount(account: string, rules: ReadonlyMap<string, AccountRules>): string {
  const names = [...rules.keys()];
  const there = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  return `The configuration has no account "${nameOrShape(account)}"; ${there}.${didYouMean(account, names)}`;
}

/** Whether an account pays a currency whose decimals we know. */
export function canPay(rules: AccountRules, currency: string): boolean {
  return rules.currencies.includes(currency) && currencyDecimals(currency) !== undefined;
}

export function unsupportedCurrency(currency: string, rules: AccountRules): string {
  return `The account ${rules.account} (${rules.provider}) pays ${rules.currencies.join(', ')}, not "${nameOrShape(currency)}".`;
}
