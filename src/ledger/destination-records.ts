import type { Destination } from '../domain/destination.ts';
import type { Payment } from '../domain/payment.ts';

/** A destination at which an earlier payment of the same id may have arrived. */
export interface EarlierDestination {
  /** Place of the searched payment in the list that was given. */
  readonly index: number;
  readonly destination: Destination;
  /** The newest batch in which the id was paid to it. */
  readonly batch: string;
}

export interface DestinationStore {
  /**
   * For each of these payments whose id was paid before, in any batch, but never to this destination: every destination that the id
   * was paid to, the newest first. Paid is what is paid or may have been: failed, cancelled and returned payments do not count.
   *
   * @param isSimulation whether the built-in simulator pays the file: else what it paid before does not count.
   */
  earlierDestinations(
    payments: readonly Pick<Payment, 'idKey' | 'destination'>[],
    isSimulation: boolean,
  ): Promise<readonly EarlierDestination[]>;
}
