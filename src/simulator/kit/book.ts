import { openSync, closeSync, writeSync, readFileSync, truncateSync } from 'node:fs';

/** Money that left a payer at the simulated provider: one entry per payout that was really made, in order. */
export interface BookEntry {
  /** Starts at 1. */
  readonly seq: number;
  /** Unix milliseconds. */
  readonly at: number;
  /** The payer's account at the provider. */
  readonly payer: string;
  readonly kind: 'mobile' | 'bank' | 'wallet' | 'paybill' | 'till' | 'cash';
  /** `+254712345678`, `015/0123456789`, the wallet, `paybill/account`, the till. */
  readonly destination: string;
  /** In the currency's ISO 4217 minor units. */
  readonly amountMinor: bigint;
  readonly feeMinor: bigint;
  readonly currency: string;
  /** The payer's own reference; empty where the request carried none. */
  readonly reference: string;
  /** The provider's id of the payout. */
  readonly providerReference: string;
  readonly name: string;
  readonly narrative: string;
}

/** Where a book is kept. `isReplayed`: its entries are made again by the events that made them. */
export interface BookFile {
  readonly path: string;
  readonly isReplayed: boolean;
}

export type Booking = Omit<BookEntry, 'seq' | 'providerReference'>;

/** The account book of a simulated provider: exact, append-only, and on disk when a file is named. */
export class Book {
  private readonly startMinor: bigint;
  private readonly file: number | null;
  private readonly list: BookEntry[] = [];
  private readonly spentMinor = new Map<string, bigint>();
  private readonly reserved = new Map<string, bigint>();
  private readonly references = new Set<string>();

  /** Entries that stand in the file and are still to be made again. */
  private readonly written: number;

  /** @param place a file of JSON lines. The entries of an existing file are read, so that a simulator can be restarted. */
  constructor(startMinor: bigint, place: BookFile | null) {
    this.startMinor = startMinor;
    this.file = place === null ? null : openSync(place.path, 'a', 0o600);
    const known = place === null ? [] : readEntries(place.path);
    this.written = place?.isReplayed === true ? known.length : 0;
    if (this.written === 0) for (const entry of known) this.take(entry);
  }

  entries(): readonly BookEntry[] {
    return this.list;
  }

  balanceMinor(payer: string): bigint {
    return this.startMinor - (this.spentMinor.get(payer) ?? 0n);
  }

  /** Money of a payer that is set aside for payments in progress; a book without a journal forgets it at a restart. */
  reservedMinor(payer: string): bigint {
    return this.reserved.get(payer) ?? 0n;
  }

  /** Sets money aside, or gives it back with a negative amount. */
  reserve(payer: string, moreMinor: bigint): void {
    this.reserved.set(payer, this.reservedMinor(payer) + moreMinor);
  }

  holdsReference(payer: string, reference: string): boolean {
    return this.references.has(`${payer} ${reference}`);
  }

  /** Writes the entry to the file before returning: an answered payout survives a kill of the simulator. */
  add(booking: Booking, providerReference: (seq: number) => string): BookEntry {
    const seq = this.list.length + 1;
    const entry = { seq, ...booking, providerReference: providerReference(seq) };
    if (this.file !== null && seq > this.written) writeSync(this.file, entryLine(entry));
    this.take(entry);
    return entry;
  }

  close(): void {
    if (this.file !== null) closeSync(this.file);
  }

  private take(entry: BookEntry): void {
    this.list.push(entry);
    const spent = this.spentMinor.get(entry.payer) ?? 0n;
    this.spentMinor.set(entry.payer, spent + entry.amountMinor + entry.feeMinor);
    if (entry.reference !== '') this.references.add(`${entry.payer} ${entry.reference}`);
  }
}

/** One entry as a line of JSON; amounts are texts of minor units. */
export function entryLine(entry: BookEntry): string {
  return `${JSON.stringify(entry, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))}\n`;
}

/** The inverse of {@link entryLine}. */
export function readEntryLine(line: string): BookEntry {
  const fields = JSON.parse(line) as Omit<BookEntry, 'amountMinor' | 'feeMinor'> & {
    readonly amountMinor: string;
    readonly feeMinor: string;
  };
  return { ...fields, amountMinor: BigInt(fields.amountMinor), feeMinor: BigInt(fields.feeMinor) };
}

/** Cuts off a last line without its line end: its payout was never answered, and the next entry must begin on a new line. */
function readEntries(path: string): BookEntry[] {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) truncateSync(path, end);
  const lines = bytes.subarray(0, end).toString().split('\n');
  return lines.filter((line) => line !== '').map(readEntryLine);
}
