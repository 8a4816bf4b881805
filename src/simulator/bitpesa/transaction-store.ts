import { corridorOf } from './corridors.ts';
import type { BitpesaPayoutMethod } from './methods.ts';
import { currencies, nanoOfMinor } from './amounts.ts';
import type { SimulatedBitpesaBitpesaTransaction } from './transactions.ts';
import type { BookEntry } from '../kit/book.ts';

/** The transactions of all payers. Transactions are never removed: a used `external_id` stays used. */
export class BitpesaTransactions {
  private readonly byId = new Map<string, SimulatedBitpesaBitpesaTransaction>();
  private readonly byRecipient = new Map<string, SimulatedBitpesaBitpesaTransaction>();
  private readonly byExternalId = new Map<string, SimulatedBitpesaBitpesaTransaction[]>();

  /** @param booked payouts from before a restart, restored as paid transactions. */
  constructor(booked: readonly BookEntry[]) {
    for (const entry of booked) {
      const transaction = restored(entry);
      if (transaction !== null) this.add(transaction);
    }
  }

  add(transaction: SimulatedBitpesaBitpesaTransaction): void {
    this.byId.set(transaction.id, transaction);
    this.byRecipient.set(transaction.recipientId, transaction);
    if (transaction.externalId === '') return;
    const key = `${transaction.payer} ${transaction.externalId}`;
    this.byExternalId.set(key, [...(this.byExternalId.get(key) ?? []), transaction]);
  }

  get(payer: string, id: string): SimulatedBitpesaBitpesaTransaction | null {
    const transaction = this.byId.get(id);
    return transaction?.payer === payer ? transaction : null;
  }

  /** Of any payer: limits and scripted faults need the transaction before the signature is checked. */
  find(id: string): SimulatedBitpesaBitpesaTransaction | null {
    return this.byId.get(id) ?? null;
  }

  ofRecipient(payer: string, recipientId: string): SimulatedBitpesaBitpesaTransaction | null {
    const transaction = this.byRecipient.get(recipientId);
    return transaction?.payer === payer ? transaction : null;
  }

  /** The first transaction with this `external_id`. */
  known(payer: string, externalId: string): SimulatedBitpesaBitpesaTransaction | null {
    return this.byExternalId.get(`${payer} ${externalId}`)?.[0] ?? null;
  }

  withExternalId(payer: string, externalId: string): readonly SimulatedBitpesaBitpesaTransaction[] {
    return [...(this.byExternalId.get(`${payer} ${externalId}`) ?? [])].reverse();
  }

  /** Newest first. */
  list(payer: string): readonly SimulatedBitpesaBitpesaTransaction[] {
    return [...this.byId.values()].filter((transaction) => transaction.payer === payer).reverse();
  }
}

/** The book has neither the sender nor the other details of the recipient: they stay empty. */
function restored(entry: BookEntry): SimulatedBitpesaBitpesaTransaction | null {
  const currency = currencies.get(entry.currency);
  const method = { mobile: 'Mobile', bank: 'Bank', cash: 'Cash', wallet: 'Balance', paybill: '', till: '' }[entry.kind];
  const type = `${entry.currency}::${method}`;
  const corridor = corridorOf(type);
  if (currency === undefined || corridor === null) return null;
  const amount = nanoOfMinor(entry.amountMinor, currency);
  const { payer, destination, name, kind, at } = entry;
  const field = kind === 'bank' ? 'bank_account' : 'phone_number';
  const number = destination.split('/').at(-1) ?? '';
  const payoutMethod: BitpesaPayoutMethod = {
    type,
    corridor,
    currency,
    details: { [field]: number },
    country: '',
    number,
    kind,
    destination,
    name,
  };
  return {
    id: entry.providerReference,
    recipientId: `${entry.providerReference}-recipient`,
    payer,
    sender: { id: 'restored', payer, fields: {}, state: 'approved' },
    externalId: entry.reference,
    inputCurrency: currency,
    inputAmount: amount,
    requestedCurrency: currency,
    requestedAmount: amount,
    outputAmount: amount,
    recipientType: 'person',
    method: payoutMethod,
    recipientMetadata: {},
    metadata: {},
    autoRefund: false,
    accountValidation: false,
    createdAt: at,
    expiresAt: at,
    state: 'paid',
    recipientState: 'success',
    reason: null,
    fundedAt: at,
    isFromBalance: true,
    isBooked: true,
    isCancelNoted: false,
    callbackFault: undefined,
  };
}
