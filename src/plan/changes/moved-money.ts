import { formatAmount } from '../../domain/money.ts';
import { groupedAmount } from './amounts.ts';
import type { ChangeList } from './change-list.ts';

/** So many people with another amount are kept; of more, that there are some. */
const MOVED_KEPT = 1_000;

/** So many of them stand in the message. */
const PEOPLE_NAMED = 5;

interface OtherAmount {
  readonly id: string;
  /** `EMP-0041 Jane Wanjiku` */
  readonly person: string;
  readonly was: bigint;
  readonly is: bigint;
}

interface CurrencySums {
  file: bigint;
  earlier: bigint;
  /** Of the people who stand in both. */
  fileKnown: bigint;
  earlierKnown: bigint;
  others: number;
  readonly kept: OtherAmount[];
}

/** Finds money that moved between people: the sum is the same, and people get other amounts. */
export class MovedMoney {
  private readonly sums = new Map<string, CurrencySums>();
  private isWhole = true;

  addFile(currency: string, amountMinor: bigint): void {
    this.sumsOf(currency).file += amountMinor;
  }

  addEarlier(currency: string, amountMinor: bigint): void {
    this.sumsOf(currency).earlier += amountMinor;
  }

  /** Adds a person who stands in both, whose amounts {@link addFile} and {@link addEarlier} have got as well. */
  addKnown(currency: string, person: OtherAmount): void {
    const sums = this.sumsOf(currency);
    sums.fileKnown += person.is;
    sums.earlierKnown += person.was;
    if (person.is === person.was) return;
    sums.others += 1;
    if (sums.kept.length < MOVED_KEPT) sums.kept.push(person);
  }

  /** The file is a part of its occurrence, so that its sum says nothing. */
  notePart(): void {
    this.isWhole = false;
  }

  finish(list: ChangeList, against: string): void {
    for (const [currency, { file, earlier, fileKnown, earlierKnown, others, kept }] of this.sums) {
      const isSameSum = this.isWhole && file === earlier;
      if (others === 0 || !(isSameSum || fileKnown === earlierKnown)) continue;
      const sum = isSameSum ? file : fileKnown;
      const named = kept.toSorted(byDifference).slice(0, PEOPLE_NAMED);
      const texts = named.map(
        ({ person, was, is }) => `${person} ${groupedAmount(was, currency)} → ${groupedAmount(is, currency)}`,
      );
      const more = others > named.length ? ` and ${others - named.length} more` : '';
      const what = isSameSum ? 'The sum' : 'The sum of the people who stand in both';
      const people = others === 1 ? '1 person gets another amount' : `${others} people get other amounts`;
      list.add({
        kind: 'moved_money',
        ...{ id: '', name: '', line: 0 },
        was: `${formatAmount(sum, currency)} ${currency}`,
        is: `${formatAmount(sum, currency)} ${currency}`,
        ids: kept.map(({ id }) => id),
        text: `${what}, ${groupedAmount(sum, currency)} ${currency}, is that of ${against}, and ${people}: ${texts.join(', ')}${more} (changes.moved_money).`,
      });
    }
  }

  private sumsOf(currency: string): CurrencySums {
    const known = this.sums.get(currency);
    if (known !== undefined) return known;
    const sums = { file: 0n, earlier: 0n, fileKnown: 0n, earlierKnown: 0n, others: 0, kept: [] };
    this.sums.set(currency, sums);
    return sums;
  }
}

/** The largest difference first. */
function byDifference(a: OtherAmount, b: OtherAmount): number {
  const size = ({ was, is }: OtherAmount): bigint => (is < was ? was - is : is - was);
  const difference = size(b) - size(a);
  return difference === 0n ? 0 : difference > 0n ? 1 : -1;
}
