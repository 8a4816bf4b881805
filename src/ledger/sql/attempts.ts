import { destinationOf, type DestinationKind } from '../../domain/destination.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { Status } from '../../domain/status.ts';
import { LedgerError } from '../errors.ts';
import type { EventOrigin } from '../payment-state.ts';
import type { AttemptResult, Claim, ClaimRequest, ResendRequest } from '../records.ts';
import { notNewestAttempt, transition } from '../transitions.ts';
import { decodedStatement, statement, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';
import { type PaymentStates, type Transition } from './payment-states.ts';
import { STATE_COLUMNS, stateJoins, storedState, type StateValues, type StoredState } from './stored-state.ts';
import type { Brakes } from './brakes.ts';
import type { Pauses } from './pauses.ts';
import { detailsOf } from './rows.ts';

/** Claims, their answers, and what processes that died have left. */
export class Attempts {
  private readonly states: PaymentStates;
  private readonly statements: ReturnType<typeof attemptStatements>;

  constructor(sql: Dialect, states: PaymentStates) {
    this.states = states;
    this.statements = attemptStatements(sql);
  }

  async claim(tx: Transaction, request: ClaimRequest, { pauses, brakes }: ClaimChecks): Promise<Claim[]> {
    const { lock, batch, stopAt, at, by } = request;
    const canary = await pauses.requireNone(tx, lock.account, batch);
    if (stopAt !== undefined) await brakes.check(tx, lock.account, stopAt);
    const rows = await this.claimable(tx, request, canary?.free ?? null);
    const event = { kind: 'claim', place: lock.key, at, by } as const;
    const changes = rows.map((stored) => ({ stored, change: transition(stored.state, event) }));
    if (canary !== null) {
      const first = changes.filter(({ stored, change }) => change.kind === 'change' && isNeverClaimed(stored));
      await brakes.use(tx, canary, first.length);
    }
    return this.submit(tx, request, changes, false);
  }

  async claimForResend(tx: Transaction, request: ResendRequest, { pauses, brakes }: ClaimChecks): Promise<Claim[]> {
    const { lock, references, limit, stopAt, at, by } = request;
    const found = await tx.all(this.statements.sent, [JSON.stringify(references), lock.account]);
    // A canary lets go what was claimed before.
    for (const batch of new Set(found.map(({ state }) => state.batch))) {
      await pauses.requireNone(tx, lock.account, batch);
    }
    if (stopAt !== undefined) await brakes.check(tx, lock.account, stopAt);
    const byReference = new Map(found.map((stored) => [stored.state.reference, stored]));
    const claimed: ClaimTransition[] = [];
    for (const reference of new Set(references)) {
      if (claimed.length >= limit) break;
      const stored = byReference.get(reference);
      if (stored === undefined) continue;
      const change = transition(stored.state, { kind: 'resend-claim', reference, place: lock.key, at, by });
      if (change.kind === 'change') claimed.push({ stored, change });
    }
    return this.submit(tx, request, claimed, true);
  }

  /**
   * Planned payments in the order of their lines.
   *
   * @param free how many of them may be payments that were never claimed; null: all.
   */
  private async claimable(
    tx: Transaction,
    { lock, batch, limit, generationFrom = 1, references }: ClaimRequest,
    free: number | null,
  ): Promise<readonly Claimable[]> {
    if (references !== undefined) return this.named(tx, { lock, batch, limit, generationFrom, references }, free);
    // Payments of a later generation are few among many: they have an index of their own.
    const find = generationFrom > 1 ? this.statements.retried : this.statements.planned;
    const rows = await tx.all(find, [batch, lock.account, generationFrom, limit]);
    if (free === null) return rows;
    let left = free;
    const chosen = rows.filter((stored) => !isNeverClaimed(stored) || left-- > 0);
    if (chosen.length === rows.length) return rows;
    // Behind payments that must wait there may be others that were claimed before and came back.
    const keys = new Set(chosen.map(({ key }) => key));
    const again = await tx.all(this.statements.again, [batch, lock.account, generationFrom, limit]);
    return [...chosen, ...again.filter(({ key }) => !keys.has(key))].slice(0, limit);
  }

  /** Planned payments among the named ones, in the order in which they are named. */
  private async named(
    tx: Transaction,
    { lock, batch, limit, generationFrom, references }: Required<Omit<ClaimRequest, 'stopAt' | 'at' | 'by'>>,
    free: number | null,
  ): Promise<readonly Claimable[]> {
    const found = await tx.all(this.statements.sent, [JSON.stringify(references), lock.account]);
    const byReference = new Map(found.map((stored) => [stored.state.reference, stored]));
    const planned = [...new Set(references)].flatMap((reference) => byReference.get(reference) ?? []);
    let left = free ?? Infinity;
    return planned
      .filter(({ state }) => state.batch === batch && state.status === 'planned' && state.generation >= generationFrom)
      .filter((stored) => !isNeverClaimed(stored) || left-- > 0)
      .slice(0, limit);
  }

  async record(tx: Transaction, result: AttemptResult): Promise<Status> {
    const { claim } = result;
    const stored = await this.states.byKey(tx, claim.key);
    if (stored === undefined) throw new LedgerError('move', notNewestAttempt(claim).message);
    const isLockCurrent = stored.epoch === claim.epoch;
    const change = transition(stored.state, { kind: 'answer', isLockCurrent, ...result });
    if (change.kind === 'refused') throw new LedgerError('move', change.message);
    await this.states.apply(tx, { stored, change }, result);
    return change.status;
  }

  /**
   * Only for the owner of the place's lock, who knows that no living process sends to the place. Open payments of the account of
   * which no place is known, since an earlier payrun sent them, are taken for payments of this place first.
   */
  async recover(tx: Transaction, { key, account, at, by }: RecoveredLock): Promise<number> {
    await this.adopt(tx, { key, account });
    let recovered = 0;
    for (const stored of await tx.all(this.statements.submitting, [key])) {
      const event = { kind: 'recovery', at, by } as const;
      const change = transition(stored.state, event);
      if (change.kind === 'refused') continue;
      await this.states.apply(tx, { stored, change }, event);
      recovered += 1;
    }
    return recovered;
  }

  /** Open payments of an account whose place is not known are of the place that the account sends to now: nothing better is known. */
  async adopt(tx: Transaction, { key, account }: Pick<RecoveredLock, 'key' | 'account'>): Promise<void> {
    await tx.run(this.statements.adopt, [key, account]);
  }

  private async submit(
    tx: Transaction,
    { lock, at, by }: Pick<ClaimRequest, 'lock' | 'at' | 'by'>,
    found: readonly (Omit<ClaimTransition, 'change'> & { readonly change: ReturnType<typeof transition> })[],
    isResend: boolean,
  ): Promise<Claim[]> {
    const claimed = found.flatMap(({ stored, change }) => (change.kind === 'change' ? [{ stored, change }] : []));
    await this.states.applyClaims(tx, claimed, { at, by });
    return claimed.map((claim) => claimOf(claim, lock.epoch, isResend));
  }
}

/** What may refuse or limit a claim. */
export interface ClaimChecks {
  readonly pauses: Pauses;
  readonly brakes: Brakes;
}

/** Only such a payment is a new one of a canary. */
function isNeverClaimed({ state }: StoredState): boolean {
  return state.tries === 0 && state.generation === 1;
}

/** Which place was locked for which account. */
interface RecoveredLock extends EventOrigin {
  readonly key: string;
  readonly account: string;
}

function attemptStatements(sql: Dialect) {
  // The amount is a text: it may be past what a double holds.
  const columns = `${STATE_COLUMNS}, p.kind, CAST(p.amount_minor AS TEXT), p.currency, c.id, c.name, c.destination,
    c.narrative, c.details`;
  const contents = `${sql.orderedJoin} contents c ON c.key = p.key ${stateJoins(sql)}`;
  const planned = (index: string, condition: string): string => `
    SELECT ${columns} FROM payments p ${sql.index(index)} ${contents}
    WHERE p.batch = (SELECT key FROM batches WHERE id = ?) AND p.account = ? AND p.status = 'planned' AND ${condition}
    ORDER BY p.line, p.key LIMIT ? ${sql.skipLocked('p')}`;
  return {
    planned: decodedStatement(planned('payments_unpaid', `p.status <> 'paid' AND p.generation >= ?`), claimableOf),
    again: decodedStatement(
      planned('payments_unpaid', `p.status <> 'paid' AND (p.tries > 0 OR p.generation > 1) AND p.generation >= ?`),
      claimableOf,
    ),
    retried: decodedStatement(planned('payments_retried', 'p.generation > 1 AND p.generation >= ?'), claimableOf),
    sent: decodedStatement(
      `SELECT ${columns}
       FROM ${sql.listTable('?1', 'j')} ${sql.orderedJoin} payment_references r ON r.reference = j.value
         ${sql.orderedJoin} payments p ON p.key = r.payment AND p.reference = r.reference ${contents}
       WHERE p.account = ?2 ${sql.rowLock('p')}`,
      claimableOf,
    ),
    adopt: statement(
      `UPDATE payments SET place = ?1 WHERE account = ?2 AND place IS NULL
         AND (status = 'submitting' OR status = 'pending' OR status = 'unknown')`,
    ),
    submitting: decodedStatement(
      `SELECT ${STATE_COLUMNS} FROM batches a ${sql.orderedJoin} payments p ${sql.index('payments_unpaid')}
         ON p.batch = a.key AND p.status = 'submitting' AND p.status <> 'paid' AND p.place = ? ${stateJoins(sql)}
       ${sql.rowLock('p')}`,
      storedState,
    ),
  };
}

type ClaimableValues = readonly [
  ...StateValues,
  kind: DestinationKind,
  amountMinor: string,
  currency: string,
  id: string,
  name: string,
  destination: string,
  narrative: string,
  details: string,
];

/** A payment that may be claimed, with what the provider is to be told. */
interface Claimable extends StoredState {
  readonly instruction: PaymentInstruction;
}

function claimableOf(values: ClaimableValues): Claimable {
  const stored = storedState(values);
  const { reference, batch } = stored.state;
  return {
    ...stored,
    instruction: {
      reference,
      batch,
      id: values[36],
      name: values[37],
      destination: destinationOf(values[33], values[38]),
      amountMinor: BigInt(values[34]),
      currency: values[35],
      narrative: values[39],
      details: detailsOf(values[40]),
    },
  };
}

interface ClaimTransition extends Transition {
  readonly stored: Claimable;
}

function claimOf({ stored, change }: ClaimTransition, epoch: number, isResend: boolean): Claim {
  const { key, state, instruction } = stored;
  const attempt = change.fields?.kind === 'claimed' ? change.fields.tries : state.tries;
  return { key, attempt, generation: state.generation, epoch, isResend, instruction };
}
