import type { Payment } from './payment.ts';
import type { Status } from './status.ts';

/**
 * A payment of an earlier payroll, with which a file is compared. Where it was corrected in another batch, {@link id} and {@link idKey}
 * are its own, and all else is of the newest correction.
 */
export interface PayrollPayment extends Pick<
  Payment,
  'id' | 'idKey' | 'line' | 'name' | 'destination' | 'amountMinor' | 'currency'
> {
  readonly batch: string;
  readonly status: Status;
}
