import { destinationKey, destinationMasked, type Destination } from '../domain/destination.ts';
import { formatAmount } from '../domain/money.ts';
import { DESTINATION_FIELDS } from './fields.ts';
import type { Row, RowReader } from './row.ts';
import { Uniqueness } from './uniqueness.ts';

/** So many are listed one by one; the rest is counted. */
const REPEATS_LISTED = 50;

/** What makes two rows the same money for the same recipient. */
interface Paid {
  readonly destination: Destination;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/**
 * Warns of one destination that is paid one amount twice in a file: a row that was entered twice. It may be meant, so it refuses
 * nothing. Two amounts for one destination are ordinary.
 */
export class RepeatedDestinations {
  private readonly reader: RowReader;
  private readonly seen = new Uniqueness();
  private count = 0;
  private last: Row | null = null;

  constructor(reader: RowReader) {
    this.reader = reader;
  }

  check(row: Row, { destination, amountMinor, currency }: Paid): void {
    const earlier = this.seen.earlier(`${destinationKey(destination)} ${amountMinor} ${currency}`, row.line);
    if (earlier === null) return;
    this.count += 1;
    this.last = row;
    if (this.count > REPEATS_LISTED) return;
    const [field = ''] = DESTINATION_FIELDS[destination.kind];
    const amount = `${formatAmount(amountMinor, currency)} ${currency}`;
    this.reader.warning(
      row,
      field,
      'destination-repeated',
      `Line ${row.line} pays ${destinationMasked(destination)} ${amount}, as line ${earlier} does already. If one of the two was ` +
        'entered twice, remove it; if both are meant, nothing is to be done.',
    );
  }

  /** Counts what was not listed. */
  finish(): void {
    const left = this.count - REPEATS_LISTED;
    if (left <= 0 || this.last === null) return;
    const message = `${left} more rows of this file pay a destination an amount that an earlier row pays it; line ${this.last.line} is the last.`;
    this.reader.warning(this.last, '', 'destination-repeated', message);
  }
}
