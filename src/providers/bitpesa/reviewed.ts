import type { FieldFault, ReviewedPayment } from '../../domain/rules.ts';
import type { Payout } from './details.ts';
import type { Settings } from './settings.ts';

/** A whole payment as the rules of the review look at it. */
export interface Seen {
  readonly payment: ReviewedPayment;
  readonly payout: Payout;
  readonly settings: Settings;
  readonly account: string;
}

/** One small rule; nobody stops at the first fault. */
export type Rule = (seen: Seen) => readonly FieldFault[];

export function fault(field: string, code: string, message: string): FieldFault {
  return { field, code, message };
}
