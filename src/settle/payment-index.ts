import type { ComparedPayment } from '../ledger/compared-payments.ts';
import { NumberColumn } from './columns.ts';
import { PaymentTable, type NumberedPayment } from './payment-table.ts';
import { TextNumbers } from './text-numbers.ts';

/** What rows of a statement say of a payment, as bits. */
const NOTES = {
  /** A row names it. */
  named: 1,
  /** A row says that its money came back. */
  cameBack: 2,
  /** A row says that it was not made. */
  contradicted: 4,
  /** A row that may have moved its money shows no amount. */
  unclear: 8,
  /** The signs of its rows. */
  plus: 16,
  minus: 32,
  /** The signs of those of its rows that show the direction of the statement. */
  directionPlus: 64,
  directionMinus: 128,
} as const;

type Note = keyof typeof NOTES;

/** Who has a receipt, besides the payment of a number. */
const OTHER_BATCH = -1;
const SEVERAL_OWNERS = -2;

/** The payments of a comparison, by what a row may name them by, and what the rows of the statement say of each. */
export class PaymentIndex {
  readonly table = new PaymentTable();
  readonly notes = new NumberColumn();
  /** Number of the principal row and 1, or 0. */
  readonly principals = new NumberColumn();
  private readonly byReference = new TextNumbers();
  /** Owners of a receipt, of the ledger and of the statement itself; several make it ambiguous. */
  private readonly byReceipt = new TextNumbers();
  private hasShared = false;

  add(payment: ComparedPayment): void {
    const number = this.table.add(payment);
    const { reference, providerReference, receipt } = payment;
    this.byReference.set(reference, number);
    if (providerReference !== '') this.addReceipt(providerReference, number);
    if (receipt !== '' && receipt !== providerReference) this.addReceipt(receipt, number);
  }

  *payments(): Generator<PaymentRows> {
    for (let number = 0; number < this.table.count; number++) yield this.payment(number);
  }

  payment(number: number): PaymentRows {
    return new PaymentRows(this, number);
  }

  withReference(reference: string): number | undefined {
    return this.byReference.get(reference);
  }

  /** The owner of a receipt; null where it has none or several. */
  withReceipt(receipt: string): PaymentRows | 'other-batch' | null {
    const owner = receipt === '' ? undefined : this.byReceipt.get(receipt);
    if (owner === undefined || owner === SEVERAL_OWNERS) return null;
    return owner === OTHER_BATCH ? 'other-batch' : this.payment(owner);
  }

  /** Whether several payments have the receipt of this row. */
  isSharedReceipt(row: { readonly providerReference: string }): boolean {
    return this.hasShared && this.byReceipt.get(row.providerReference) === SEVERAL_OWNERS;
  }

  addReceipt(receipt: string, owner: number | 'other-batch'): void {
    const number = owner === 'other-batch' ? OTHER_BATCH : owner;
    if (this.byReceipt.add(receipt, number) === number) return;
    this.byReceipt.set(receipt, SEVERAL_OWNERS);
    this.hasShared = true;
  }
}

/** A payment of the index with what the rows of the statement say of it. */
export class PaymentRows {
  readonly payment: NumberedPayment;
  private readonly index: PaymentIndex;

  constructor(index: PaymentIndex, number: number) {
    this.index = index;
    this.payment = index.table.payment(number);
  }

  is(note: Note): boolean {
    return (this.index.notes.get(this.payment.number) & NOTES[note]) !== 0;
  }

  note(note: Note): void {
    this.index.notes.add(this.payment.number, NOTES[note]);
  }

  /** Number of the row that is its own money, as far as any is. */
  get principal(): number | null {
    const number = this.index.principals.get(this.payment.number);
    return number === 0 ? null : number - 1;
  }

  setPrincipal(row: number): void {
    this.index.principals.set(this.payment.number, row + 1);
  }
}
