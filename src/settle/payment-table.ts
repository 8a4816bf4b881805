import { destinationOf, destinationText, type Destination, type DestinationKind } from '../domain/destination.ts';
import type { Status } from '../domain/status.ts';
import type { ComparedPayment } from '../ledger/compared-payments.ts';
import { BigColumn, NumberColumn, TextsColumn, WordColumn } from './columns.ts';

const NEVER = -(2n ** 62n);

/** Payments that are compared with a statement, by number from 0. A payment is made of its columns whenever one is asked for. */
export class PaymentTable {
  private rows = 0;
  readonly lines = new NumberColumn();
  readonly generations = new NumberColumn();
  readonly amounts = new BigColumn();
  readonly sentTimes = new BigColumn();
  readonly batches = new WordColumn<string>('');
  readonly accounts = new WordColumn<string>('');
  readonly currencies = new WordColumn<string>('');
  readonly kinds = new WordColumn<DestinationKind>('mobile');
  readonly statuses = new WordColumn<Status>('unknown');
  readonly texts = new TextsColumn();

  get count(): number {
    return this.rows;
  }

  /** Returns the payment's number. */
  add(payment: ComparedPayment): number {
    const row = this.rows;
    this.lines.set(row, payment.line);
    this.generations.set(row, payment.generation);
    this.amounts.set(row, payment.amountMinor);
    this.sentTimes.set(row, payment.sentAt === null ? NEVER : BigInt(payment.sentAt));
    this.batches.set(row, payment.batch);
    this.accounts.set(row, payment.account);
    this.currencies.set(row, payment.currency);
    this.kinds.set(row, payment.destination.kind);
    this.statuses.set(row, payment.status);
    const { reference, id, name, destination, providerReference, receipt } = payment;
    this.texts.set(row, [reference, id, name, destinationText(destination), providerReference, receipt]);
    this.rows += 1;
    return row;
  }

  payment(number: number): NumberedPayment {
    return new NumberedPayment(this, number);
  }
}

/** A payment of a table. Its texts are read when the first of them is asked for. */
export class NumberedPayment implements ComparedPayment {
  readonly number: number;
  private readonly table: PaymentTable;
  private read: readonly string[] | null = null;

  constructor(table: PaymentTable, number: number) {
    this.table = table;
    this.number = number;
  }

  get line(): number {
    return this.table.lines.get(this.number);
  }

  get generation(): number {
    return this.table.generations.get(this.number);
  }

  get amountMinor(): bigint {
    return this.table.amounts.get(this.number);
  }

  get sentAt(): number | null {
    const at = this.table.sentTimes.get(this.number);
    return at === NEVER ? null : Number(at);
  }

  get batch(): string {
    return this.table.batches.get(this.number);
  }

  get account(): string {
    return this.table.accounts.get(this.number);
  }

  get currency(): string {
    return this.table.currencies.get(this.number);
  }

  get status(): Status {
    return this.table.statuses.get(this.number);
  }

  get reference(): string {
    return this.text(0);
  }

  get id(): string {
    return this.text(1);
  }

  get name(): string {
    return this.text(2);
  }

  get destination(): Destination {
    return destinationOf(this.table.kinds.get(this.number), this.text(3));
  }

  get providerReference(): string {
    return this.text(4);
  }

  get receipt(): string {
    return this.text(5);
  }

  private text(at: number): string {
    this.read ??= this.table.texts.get(this.number);
    return this.read[at] ?? '';
  }
}
