import type { Status } from '../domain/status.ts';

/** A payment as screens and `--rows` show it: the destination is masked. */
export interface DisplayedPayment {
  readonly line: number;
  readonly id: string;
  readonly name: string;
  readonly amount: string;
  readonly currency: string;
  readonly destination: string;
  readonly account: string;
  readonly status: Status;
  readonly reference: string;
  /** The id that the recipient sees; empty where there is none. */
  readonly receipt: string;
  /** The provider's own id; empty where there is none. */
  readonly providerReference: string;
  /** As reports write times, as {@link settledAt}; empty before. */
  readonly sentAt: string;
  readonly settledAt: string;
  readonly reason: string;
  readonly nextAction: string;
  /** Whether the payment stays as it is until somebody does {@link nextAction}. */
  readonly isNeeding: boolean;
}
