import { destinationKey, destinationMasked } from '../domain/destination.ts';
import { formatAmount } from '../domain/money.ts';
import { NO_DETAILS, type Payment } from '../domain/payment.ts';
import { DESTINATION_FIELDS } from './fields.ts';
import type { Fingerprint } from '../domain/fingerprint.ts';
import type { DescribedRow, ProblemPlace } from './problem-list.ts';
import { Repeats } from './repeats.ts';
import type { RowReader } from './row.ts';

/**
 * Warns of one destination that is paid one amount twice in a file, with the same details: a row that was entered twice. It may be meant, so it refuses
 * nothing. Two amounts for one destination are ordinary.
 */
export class RepeatedDestinations {
  private readonly reader: RowReader;
  private readonly repeats = new Repeats<Described>();

  constructor(reader: RowReader) {
    this.reader = reader;
  }

  /** @param payments of one page of rows. */
  check(payments: readonly Payment[]): void {
    const { repeats, reader } = this;
    for (const payment of payments) {
      takePrint(repeats.print, payment);
      repeats.add(payment.line);
    }
    repeats.endPage((nth) => {
      const payment = payments[nth];
      if (payment === undefined) throw new Error(`row ${nth} of a page with ${payments.length} payments`);
      const { destination, amountMinor, currency } = payment;
      const [field = ''] = DESTINATION_FIELDS[destination.kind];
      return {
        place: reader.placeOf(payment, field),
        row: { person: reader.described(payment, '').person, value: '' },
        what: `${destinationMasked(destination)} ${formatAmount(amountMinor, currency)} ${currency}`,
      };
    });
  }

  /**
   * Warns of the repeats, and counts those that are not listed.
   *
   * @param refused lines that are refused for their id already.
   */
  finish(refused: ReadonlySet<number>): void {
    const repeats = this.repeats.listed().filter(({ line }) => !refused.has(line));
    let left = 0;
    for (const { line, earlier, details } of repeats) {
      if (details === null) {
        left += 1;
        continue;
      }
      this.reader.warningAt(
        details.place,
        'destination-repeated',
        `Line ${line} pays ${details.what}, as line ${earlier} does already. If one of the two was ` +
          'entered twice, remove it; if both are meant, nothing is to be done.',
        details.row,
      );
    }
    const last = repeats.at(-1);
    const place = repeats[0]?.details?.place;
    if (left <= 0 || last === undefined || place === undefined) return;
    const message = `${left} more rows of this file pay a destination an amount that an earlier row pays it; line ${last.line} is the last.`;
    this.reader.warningAt({ ...place, line: last.line, column: '', field: '' }, 'destination-repeated', message);
  }
}

/** What a warning says of a row. */
interface Described {
  readonly place: ProblemPlace;
  readonly row: DescribedRow;
  /** `+2547*****678 1,000.00 KES`. */
  readonly what: string;
}

/**
 * What makes two rows the same money for the same recipient. Details count: a row that gives the provider another reason of transfer or another part of
 * the name was not entered twice by mistake.
 */
function takePrint(print: Fingerprint, { destination, amountMinor, currency, details }: Payment): void {
  print.begin();
  // A phone is its own key; a key for it would be one more text per row.
  print.addText(destination.kind === 'mobile' ? destination.phone : destinationKey(destination));
  // A number only for comparing: amounts that differ and agree in 53 bits stand in no payroll.
  const amount = Number(amountMinor);
  print.addNumber(amount);
  print.addNumber(Math.floor(amount / 2 ** 32));
  print.addText(currency);
  if (details === NO_DETAILS) {
    print.end();
    return;
  }
  for (const field of Object.keys(details)) {
    print.addText(field);
    print.addText(details[field] ?? '');
  }
  print.end();
}
