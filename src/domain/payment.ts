import { hash } from 'node:crypto';
import { destinationKey, destinationText, type Destination, type DestinationKind } from './destination.ts';
import type { Status } from './status.ts';

/** Names a payment of any batch; written `BATCH/ID`. */
export interface PaymentName {
  readonly batch: string;
  readonly id: string;
  /** {@link foldId} of {@link id}. */
  readonly idKey: string;
}

/** A row that may not replace the payment that it names. */
export interface RefusedReplacement {
  readonly line: number;
  readonly id: string;
  readonly message: string;
}

/** One requested payout in a batch, checked and normalised. */
export interface Payment {
  /** The payer's own key (employee number), trimmed, as written. */
  readonly id: string;
  /** {@link foldId} of it; unique in the batch. */
  readonly idKey: string;
  /** Physical line in {@link file} where the record starts, from 1. */
  readonly line: number;
  readonly name: string;
  readonly destination: Destination;
  readonly amountMinor: bigint;
  /** ISO 4217. */
  readonly currency: string;
  /** Name of the payer's account in the configuration. */
  readonly account: string;
  readonly narrative: string;
  /** `details.<field>` columns without their prefix. */
  readonly details: Readonly<Record<string, string>>;
  /** The failed or cancelled payment of another batch that this one corrects; absent in most, and in what a ledger returns. */
  readonly replaces?: PaymentName;
  /** Whether it goes first where the balance does not cover all: 1 first. Absent in most, and in what a ledger returns. */
  readonly priority?: number;
  /** The record as it came, one text per input column, in the order of the batch's `columns`. */
  readonly cells: readonly string[];
}

/** What a payment without details has, so that most need no object of their own. */
export const NO_DETAILS: Readonly<Record<string, string>> = Object.freeze({});

/** Digest of every field whose change makes another payment, 64 hexadecimal digits. Bytes, order and spelling in the file do not matter. */
export function paymentDigest(payment: Payment): string {
  return hash('sha256', digestedText(payment), 'hex');
}

/** {@link paymentDigest} as 32 characters, one for each byte: what a sum over a million of them is made from. */
export function paymentDigestBytes(payment: Payment): string {
  return hash('sha256', digestedText(payment), 'binary');
}

function digestedText(payment: Payment): string {
  const { idKey, name, destination, amountMinor, details, replaces } = payment;
  let text =
    part(idKey) +
    part(name) +
    part(destination.kind) +
    part(destinationText(destination)) +
    part(amountMinor.toString()) +
    commonParts(payment);
  if (details !== NO_DETAILS) {
    for (const field of Object.keys(details).sort()) text += part(field) + part(details[field] ?? '');
  }
  if (replaces !== undefined) text += part('replaces') + part(replaces.batch) + part(replaces.idKey);
  return text;
}

/** What nearly all payments of a batch have in common, so that the text of the one before is nearly always the text of the next. */
const latestParts = { currency: '', account: '', narrative: '', text: part('') + part('') + part('') };

function commonParts({ currency, account, narrative }: Payment): string {
  const latest = latestParts;
  if (latest.currency !== currency || latest.account !== account || latest.narrative !== narrative) {
    latest.text = part(currency) + part(account) + part(narrative);
    latest.currency = currency;
    latest.account = account;
    latest.narrative = narrative;
  }
  return latest.text;
}

/** A text with its length before it, so that two different lists of texts never join to the same text; much faster than JSON. */
function part(text: string): string {
  return `${text.length}:${text}`;
}

/** Payments of two batches that share one of the two are copies of each other. 32 hexadecimal digits each. */
export interface CopyFingerprints {
  /** Of id, amount and currency: the payer's key is the same, wherever the money goes. */
  readonly id: string;
  /** Of destination, amount and currency: ids change, when slips are numbered anew or a spreadsheet drops their zeros. */
  readonly destination: string;
}

export function copyFingerprints(
  payment: Pick<Payment, 'idKey' | 'destination' | 'amountMinor' | 'currency'>,
): CopyFingerprints {
  const amount = part(payment.amountMinor.toString()) + payment.currency;
  return {
    id: fingerprint(`id ${part(payment.idKey)}${amount}`),
    destination: fingerprint(`destination ${part(destinationKey(payment.destination))}${amount}`),
  };
}

function fingerprint(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 32);
}

/** A payment as an adapter is asked to pay it. The same reference always comes with the same content. */
export interface PaymentInstruction {
  readonly reference: string;
  readonly batch: string;
  readonly id: string;
  readonly name: string;
  readonly destination: Destination;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly narrative: string;
  readonly details: Readonly<Record<string, string>>;
}

/** Counts and sums of payments that have something in common. */
export interface Tally {
  readonly count: number;
  readonly sumMinor: bigint;
}

/** Sent payments of an account that are pending or unknown. */
export interface OpenAge {
  readonly account: string;
  readonly count: number;
  /** When the oldest of them was sent last, Unix milliseconds. */
  readonly oldestSentAt: number;
}

export interface StatusTally extends Tally {
  readonly status: Status;
  /** Of `cancelled` payments: a person has cancelled them, before they were sent. */
  readonly isByPerson?: true;
  readonly currency: string;
  readonly account: string;
  readonly kind: DestinationKind;
}
