import { destinationKey, destinationMasked } from '../../domain/destination.ts';
import { Fingerprint } from '../../domain/fingerprint.ts';
import type { Payment } from '../../domain/payment.ts';
import { idAndName } from '../refusals.ts';
import type { PayrollComparison } from './comparison.ts';
import { foldedName, fingerprintText } from './people.ts';

/** So many rows with one destination, or one name, are told apart; what more there are is compared with them. */
const ROWS_KEPT = 100;

interface RepeatedRow {
  readonly id: string;
  readonly idKey: string;
  readonly line: number;
  readonly name: string;
  readonly nameKey: string;
  readonly destination: string;
  /** The same for two rows that intake takes for one row entered twice. */
  readonly entry: string;
  readonly isNew: boolean;
}

/**
 * Looks at the rows again whose destination may stand on several rows, and at those with the name of somebody who has joined. Two
 * people of one name who were both there before are two people; a new one of a known name may be the known one a second time.
 */
export class RepeatedPeople {
  private readonly comparison: PayrollComparison;
  private readonly names: ReadonlySet<string>;
  private readonly byDestination = new Map<string, RepeatedRow[]>();
  private readonly byName = new Map<string, RepeatedRow[]>();
  private readonly print = new Fingerprint();

  constructor(comparison: PayrollComparison) {
    this.comparison = comparison;
    this.names = comparison.list.wants('repeated_person') ? comparison.namesOfJoiners() : new Set();
  }

  /** Whether there is anything to look at. */
  get isNeeded(): boolean {
    return this.names.size > 0 || this.comparison.suspects.size > 0;
  }

  add(payments: readonly Payment[]): void {
    const { names } = this;
    for (const payment of payments) {
      if (payment.replaces !== undefined) continue;
      const destination = destinationKey(payment.destination);
      const isSuspect = this.isSuspect(destination);
      if (!isSuspect && names.size === 0) continue;
      const name = foldedName(payment.name);
      const isNamed = names.has(name);
      if (!isSuspect && !isNamed) continue;
      const member = this.memberOf(payment, { destination, name });
      if (isSuspect) this.addToDestination(member, payment);
      if (isNamed) keepMember(this.byName, name, member);
    }
  }

  finish(): void {
    for (const members of this.byName.values()) {
      for (const member of members) {
        const other = members.find((one) => one.idKey !== member.idKey && (!one.isNew || one.line < member.line));
        // With the destination too, the rows were named when the destinations were compared.
        const isNamed = members.some(({ idKey, destination }) => {
          return idKey !== member.idKey && destination === member.destination;
        });
        if (!member.isNew || other === undefined || isNamed) continue;
        this.comparison.list.add({
          ...{
            kind: 'repeated_person',
            id: member.id,
            name: member.name,
            line: member.line,
            was: other.id,
            is: member.id,
          },
          text: `new, with the name of ${other.id} on line ${other.line}: perhaps one person twice (changes.repeated_person).`,
        });
      }
    }
  }

  private isSuspect(destination: string): boolean {
    const { print } = this;
    fingerprintText(print, destination);
    return this.comparison.suspects.has(`${print.high}:${print.low}`);
  }

  private memberOf(payment: Payment, keys: { readonly destination: string; readonly name: string }): RepeatedRow {
    const { id, idKey, line, name, amountMinor, currency, details } = payment;
    const entry = JSON.stringify([amountMinor.toString(), currency, details]);
    return {
      id,
      idKey,
      line,
      name,
      nameKey: keys.name,
      destination: keys.destination,
      entry,
      isNew: this.comparison.isJoiner(payment),
    };
  }

  private addToDestination(member: RepeatedRow, { destination }: Payment): void {
    const { list } = this.comparison;
    const members = keepMember(this.byDestination, member.destination, member);
    const [first] = members;
    if (first === undefined || first === member) return;
    const { id, name, line } = member;
    const isNamedAlready = members.some((one) => one !== member && one.entry === member.entry);
    const same =
      member.nameKey === '' ? undefined : members.find((one) => one !== member && one.nameKey === member.nameKey);
    const is = destinationMasked(destination);
    if (same !== undefined && list.wants('repeated_person')) {
      list.add({
        ...{ kind: 'repeated_person', id, name, line, was: same.id, is: id, isNamedAlready },
        text: `the name and the destination ${is} are those of ${same.id} on line ${same.line}: one person twice (changes.repeated_person).`,
      });
      return;
    }
    list.add({
      ...{ kind: 'shared_destination', id, name, line, was: null, is, isNamedAlready },
      text: `${is} is the destination of ${idAndName(first)} on line ${first.line}, too (changes.shared_destination).`,
    });
  }
}

/** The members of a group with the new one, which is not kept where there are many. */
function keepMember(groups: Map<string, RepeatedRow[]>, key: string, member: RepeatedRow): readonly RepeatedRow[] {
  const members = groups.get(key) ?? [];
  if (members.length === ROWS_KEPT) return [...members, member];
  members.push(member);
  groups.set(key, members);
  return members;
}
