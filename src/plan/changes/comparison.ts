import type { ChangeSettings } from '../../domain/changes.ts';
import { destinationKey, destinationMasked, destinationText, type Destination } from '../../domain/destination.ts';
import { Fingerprint } from '../../domain/fingerprint.ts';
import { formatAmount } from '../../domain/money.ts';
import type { Payment } from '../../domain/payment.ts';
import type { PayrollPayment } from '../../domain/payroll.ts';
import { idAndName } from '../refusals.ts';
import { amountJump, groupedAmount } from './amounts.ts';
import { ChangeList } from './change-list.ts';
import { FixedFilter } from './fixed-filter.ts';
import { MovedMoney } from './moved-money.ts';
import { foldedName, personKey, fingerprintText, standing } from './people.ts';

/** So many people who joined, or left, are kept for the search of changed ids. */
const JOINERS_KEPT = 100_000;

/** So many destinations that may stand on several rows are looked at once more. */
const SUSPECTS = 100_000;

type EarlierById = ReadonlyMap<string, readonly PayrollPayment[]>;

/** A row of the file, as far as it is kept. */
export type KeptRow = Pick<Payment, 'id' | 'idKey' | 'line' | 'name' | 'destination' | 'amountMinor' | 'currency'>;

/** What of a payroll is compared. */
export interface ComparisonScope {
  readonly settings: ChangeSettings;
  /** The batches that the file is compared with; empty: only the file itself is looked at. */
  readonly against: readonly string[];
  /** Whether other batches of the file's own occurrence are registered. */
  readonly isPart: boolean;
}

/**
 * Compares a file with the payroll before, page by page, in an amount of memory that does not grow with the file: what is found is
 * kept, and people in whom nothing has changed are not.
 */
export class PayrollComparison {
  readonly list: ChangeList;
  /** Rows that the page reader has seen. */
  count = 0;
  private readonly scope: ComparisonScope;
  private readonly moved = new MovedMoney();
  private readonly print = new Fingerprint();
  private ids = new FixedFilter();
  private seed = 0;
  private readonly destinations = new FixedFilter();
  /** Destinations that may stand on several rows, as `<high>:<low>` of their fingerprints. */
  readonly suspects = new Set<string>();
  private readonly joiners = new Map<string, KeptRow>();
  private joined = 0;

  constructor(scope: ComparisonScope) {
    this.scope = scope;
    this.list = new ChangeList(scope.settings);
    if (scope.isPart) this.moved.notePart();
  }

  /**
   * @param payments of a page; corrections among them are known people and are not compared.
   * @param earlier what these people were to be paid before, by folded id.
   * @param beside what other batches of the file's own occurrence pay them.
   */
  add(payments: readonly Payment[], earlier: EarlierById, beside: EarlierById): void {
    const isCompared = this.scope.against.length > 0;
    this.count += payments.length;
    this.noteIds(payments);
    for (const payment of payments) {
      if (payment.replaces !== undefined) continue;
      this.noteDestination(payment);
      if (!isCompared) continue;
      const before = earlier.get(payment.idKey);
      const also = standing(beside.get(payment.idKey) ?? []);
      this.moved.addFile(payment.currency, payment.amountMinor);
      if (before === undefined) {
        if (also.length === 0) this.addJoiner(payment);
        continue;
      }
      this.compareDestination(payment, before);
      this.compareAmount(payment, before, also);
      for (const { currency, amountMinor } of standing(before)) this.moved.addEarlier(currency, amountMinor);
    }
  }

  /** Whether the file may have an id; where it says no, the file has not. */
  mayHaveId(idKey: string): boolean {
    fingerprintText(this.print, idKey, this.seed);
    return this.ids.mayHave(this.print.high, this.print.low);
  }

  /** Forgets the ids, and remembers them otherwise: those that looked like others do so no more. */
  renewIds(): void {
    this.ids = new FixedFilter();
    this.seed += 1;
  }

  noteIds(payments: readonly Pick<Payment, 'idKey'>[]): void {
    const { print, ids, seed } = this;
    for (const { idKey } of payments) {
      fingerprintText(print, idKey, seed);
      ids.add(print.high, print.low);
    }
  }

  get hasJoiners(): boolean {
    return this.joined > 0;
  }

  /** Adds a person of the payroll before who is not in the file, and has left or has another id now. */
  addLeaver(before: readonly PayrollPayment[]): void {
    const [first] = standing(before);
    if (first === undefined) return;
    for (const { currency, amountMinor } of standing(before)) this.moved.addEarlier(currency, amountMinor);
    const key = personKey(first);
    const renamed = key === null ? undefined : this.joiners.get(key);
    if (key !== null && renamed !== undefined) {
      this.joiners.delete(key);
      this.joined -= 1;
      const { id, name, line } = renamed;
      const text = `was ${first.id} in ${earlierPlace(first)}, with the same name and destination: the same person under another id.`;
      this.list.add({ kind: 'id', id, name, line, was: first.id, is: id, text });
      this.compareAmount(renamed, before, []);
      return;
    }
    const { id, name, currency } = first;
    const amountMinor = sumOfPayments(standing(before).filter((payment) => payment.currency === currency));
    this.list.add({
      ...{ kind: 'leaver', id, name, line: 0, was: displayedAmount(amountMinor, currency), is: null },
      text: `${groupedAmount(amountMinor, currency)} ${currency} in ${earlierPlace(first)}, and not in this file (changes.leavers).`,
    });
  }

  /** Names by which people have joined whose id is not only another one: only they can be somebody a second time. */
  namesOfJoiners(): ReadonlySet<string> {
    return new Set([...this.joiners.values()].map(({ name }) => foldedName(name)).filter((name) => name !== ''));
  }

  isJoiner(row: KeptRow): boolean {
    return this.joiners.get(joinerKey(row))?.idKey === row.idKey;
  }

  /** After the last leaver. */
  finish(): void {
    const [against = ''] = this.scope.against;
    const where = this.scope.against.join(', ');
    for (const { id, name, line, amountMinor, currency, destination } of this.joiners.values()) {
      const amount = `${groupedAmount(amountMinor, currency)} ${currency}`;
      this.list.add({
        ...{ kind: 'joiner', id, name, line, was: null, is: displayedAmount(amountMinor, currency) },
        text: `not in ${where}, and gets ${amount} at ${destinationMasked(destination)} (changes.joiners).`,
      });
    }
    const left = this.joined - this.joiners.size;
    if (left > 0) this.list.count('joiner', left);
    this.moved.finish(this.list, where === '' ? against : where);
  }

  private noteDestination({ destination }: Payment): void {
    const { list, print, suspects } = this;
    if (!list.wants('shared_destination') && !list.wants('repeated_person')) return;
    fingerprintText(print, destinationKey(destination));
    if (!this.destinations.add(print.high, print.low) || suspects.size === SUSPECTS) return;
    suspects.add(`${print.high}:${print.low}`);
  }

  private addJoiner({ id, idKey, line, name, destination, amountMinor, currency }: Payment): void {
    this.joined += 1;
    if (this.joiners.size === JOINERS_KEPT) return;
    const row = { id, idKey, line, name, destination, amountMinor, currency };
    const key = joinerKey(row);
    // Of two with one name and destination only one can be the person of before; the other is somebody twice.
    this.joiners.set(this.joiners.has(key) ? `${key} ${idKey}` : key, row);
  }

  private compareAmount(row: KeptRow, before: readonly PayrollPayment[], also: readonly PayrollPayment[]): void {
    const { id, name, line, currency } = row;
    const earlier = standing(before);
    const [first] = earlier;
    if (first === undefined) return;
    const same = earlier.filter((payment) => payment.currency === currency);
    const place = [...new Set(earlier.map(earlierPlace))].join(', ');
    if (same.length === 0) {
      const was = groupedAmount(first.amountMinor, first.currency);
      this.list.add({
        ...{ kind: 'amount', id, name, line },
        ...{ was: displayedAmount(first.amountMinor, first.currency), is: displayedAmount(row.amountMinor, currency) },
        text: `${was} ${first.currency} → ${groupedAmount(row.amountMinor, currency)} ${currency} (another currency, changes.amount; ${place}).`,
      });
      return;
    }
    const was = sumOfPayments(same);
    const is = row.amountMinor + sumOfPayments(also.filter((payment) => payment.currency === currency));
    this.moved.addKnown(currency, { id, person: idAndName(row), was, is });
    const jump = amountJump({ was, is, currency }, this.scope.settings);
    if (jump === null) return;
    const parts = also.length === 0 ? '' : `; with ${[...new Set(also.map(earlierPlace))].join(', ')}`;
    this.list.add({
      ...{ kind: 'amount', id, name, line, was: displayedAmount(was, currency), is: displayedAmount(is, currency) },
      text: `${groupedAmount(was, currency)} → ${groupedAmount(is, currency)} ${currency} (${jump}; ${place}${parts}).`,
    });
  }

  private compareDestination({ id, name, line, destination }: Payment, before: readonly PayrollPayment[]): void {
    if (before.some((payment) => isSameDestination(payment.destination, destination))) return;
    const first = standing(before).at(-1);
    if (first === undefined) return;
    const was = destinationMasked(first.destination);
    const is = destinationMasked(destination);
    // Two numbers may differ only in the digits that the mask hides.
    const now = was === is ? `${is} with other hidden digits` : is;
    this.list.add({
      ...{ kind: 'destination', id, name, line, was, is: now },
      text: `${was} → ${now} (a new destination, changes.destination; ${earlierPlace(first)}).`,
    });
  }
}

/** As it is paid: an account number that has lost a leading zero is another one. */
function isSameDestination(a: Destination, b: Destination): boolean {
  return a.kind === b.kind && destinationText(a) === destinationText(b);
}

/** Rows without a name are never taken for one person. */
function joinerKey(row: KeptRow): string {
  return personKey(row) ?? `id ${row.idKey}`;
}

function earlierPlace({ batch, line }: PayrollPayment): string {
  return `${batch} line ${line}`;
}

function displayedAmount(amountMinor: bigint, currency: string): string {
  return `${formatAmount(amountMinor, currency)} ${currency}`;
}

function sumOfPayments(payments: readonly PayrollPayment[]): bigint {
  return payments.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
}
