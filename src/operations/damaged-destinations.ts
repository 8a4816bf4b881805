import type { Payment } from '../domain/payment.ts';
import type { DestinationStore } from '../ledger/destination-records.ts';
import { destinationDamage } from '../plan/destination-changes.ts';
import type { DestinationChange } from '../plan/input.ts';

/** Collects, page by page, the payments that look as if a spreadsheet had damaged the destination that their id was paid to before. */
export class DamagedDestinations {
  readonly found: DestinationChange[] = [];
  private readonly ledger: DestinationStore;
  private readonly isSimulation: boolean;

  constructor(ledger: DestinationStore, isSimulation: boolean) {
    this.ledger = ledger;
    this.isSimulation = isSimulation;
  }

  async add(page: readonly Payment[]): Promise<void> {
    const changes = new Map<number, DestinationChange>();
    for (const { index, destination: earlier, batch } of await this.ledger.earlierDestinations(
      page,
      this.isSimulation,
    )) {
      const payment = page[index];
      if (payment === undefined || changes.has(index)) continue;
      const { line, id, name, idKey, destination: now } = payment;
      const damage = destinationDamage(earlier, now);
      if (damage !== null) changes.set(index, { line, id, name, idKey, earlier, now, batch, damage });
    }
    this.found.push(...changes.values());
  }
}
