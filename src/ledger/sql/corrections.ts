import type { Payment, RefusedReplacement } from '../../domain/payment.ts';
import type { EventOrigin } from '../payment-state.ts';
import type { Registration } from '../records.ts';
import { replacementCheckOf } from '../replacement-chain.ts';
import type { Transaction } from './database.ts';
import type { PaymentStates } from './payment-states.ts';
import { isRefused, type Accepted, type Replacements } from './replacements.ts';

/** The corrections of one registration or amendment, in its transaction. */
export class Corrections {
  readonly refused: RefusedReplacement[] = [];
  private readonly tx: Transaction;
  private readonly parts: { readonly states: PaymentStates; readonly replacements: Replacements };
  private readonly batch: string;
  private readonly origin: EventOrigin;
  private readonly registration: Pick<Registration, 'at' | 'confirmation'>;
  /** Oldest payments of the debts that rows of this batch stand for. */
  private readonly taken = new Set<number>();

  constructor(
    tx: Transaction,
    parts: { readonly states: PaymentStates; readonly replacements: Replacements },
    registration: Pick<Registration, 'summary' | 'at' | 'by' | 'confirmation'>,
  ) {
    this.tx = tx;
    this.parts = parts;
    this.registration = registration;
    this.batch = registration.summary.header.id;
    this.origin = registration;
  }

  /** What a new payment takes the place of; null for nothing, or where it may not, which is in {@link refused}. */
  async accepted({ id, line, replaces }: Payment): Promise<Accepted | null> {
    if (replaces === undefined) return null;
    const correction = { id, line, batch: this.batch, replaces };
    const result = await this.parts.replacements.check(this.tx, correction, replacementCheckOf(this.registration));
    if (isRefused(result)) {
      this.refused.push(result);
      return null;
    }
    const oldest = result.chain[0]?.key ?? 0;
    if (this.taken.has(oldest)) {
      const name = `${replaces.batch}/${replaces.id}`;
      this.refused.push({
        line,
        id,
        message: `${name} is replaced by an earlier row of this file already. Keep one of the two.`,
      });
      return null;
    }
    this.taken.add(oldest);
    return result;
  }

  async replace(key: number, accepted: Accepted): Promise<void> {
    const { replacements, states } = this.parts;
    await replacements.replace(this.tx, states, { key, accepted, at: this.origin.at, by: this.origin.by });
  }

  /** A changed payment goes on standing for the debt that it stood for, and for no other. */
  async checkChanged(key: number, { id, line, replaces }: Payment): Promise<void> {
    const chain = await this.parts.replacements.chain(this.tx, key);
    const isFirst = chain[0]?.key === key;
    if (replaces === undefined && isFirst) return;
    const isSame = chain.some(({ key: other, state, idKey }) => {
      return other !== key && state.batch === replaces?.batch && idKey === replaces.idKey;
    });
    if (!isSame)
      this.refused.push({
        line,
        id,
        message: `What ${id} replaces cannot be changed by --amend. Cancel it, and put the row into a new file.`,
      });
  }
}
