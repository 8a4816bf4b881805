import type { Payment, PaymentName, RefusedReplacement } from '../../domain/payment.ts';
import type { EventOrigin } from '../payment-state.ts';
import type { PersonsReason } from '../stops.ts';
import {
  BEFORE_QUERIES,
  chainEvents,
  replacementOf,
  replacementRefusal,
  type ChainMember,
  type ReplacementCheck,
} from '../replacement-chain.ts';
import { EARLIER_CONFIRMED } from './earlier-references.ts';
import { transition } from '../transitions.ts';
import { decodedStatement, statement, type Database, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';
import { type PaymentStates, type Transition } from './payment-states.ts';
import { STATE_COLUMNS, stateJoins, storedState, type StateValues, type StoredState } from './stored-state.ts';

export interface StoredMember extends ChainMember {
  readonly idKey: string;
  readonly stored: StoredState;
}

/** A payment of a new batch that corrects one of another. */
export interface Correction {
  readonly line: number;
  readonly id: string;
  /** Batch of the correction itself. */
  readonly batch: string;
  readonly replaces: PaymentName;
}

/** A correction that is allowed, with the payments that it takes the place of. */
export interface Accepted {
  readonly correction: Correction;
  readonly chain: readonly StoredMember[];
  readonly isRecovery: boolean;
  /** {@link ReplacementCheck.person}. */
  readonly person: PersonsReason | undefined;
}

/** Which payments stand for the same debt. */
export class Replacements {
  private readonly statements: ReturnType<typeof replacementStatements>;

  constructor(sql: Dialect) {
    this.statements = replacementStatements(sql);
  }

  /** The payment and all that stand for the same debt, oldest first. */
  chain(tx: Pick<Transaction, 'all'>, key: number): Promise<readonly StoredMember[]> {
    return tx.all(this.statements.chain, [key]);
  }

  /** Whether a correction may take the place of the payment that it names. */
  async check(
    tx: Pick<Transaction, 'all'>,
    correction: Correction,
    request: ReplacementCheck,
  ): Promise<Accepted | RefusedReplacement> {
    const { line, id, batch, replaces } = correction;
    const name = `${replaces.batch}/${replaces.id}`;
    const refused = (message: string): RefusedReplacement => ({ line, id, message });
    if (replaces.batch === batch) {
      return refused(`${name} is a row of this batch itself. A correction stands in a file of its own.`);
    }
    const [found] = await tx.all(this.statements.named, [replaces.batch, replaces.idKey]);
    if (found === undefined) return refused(`The ledger has no payment ${name} that could be replaced.`);
    const chain = await this.chain(tx, found.key);
    const named = chain.find(({ key }) => key === found.key);
    if (named === undefined) throw new Error('a payment is not among those that stand for its own debt');
    const refusal = replacementRefusal(named, chain, request);
    if (refusal !== null) return refused(refusal);
    return { correction, chain, isRecovery: request.isRecovery === true, person: request.person };
  }

  /** Of these payments of a new batch, those that may not replace what they name, outside of a transaction. */
  async refused(
    database: Pick<Database, 'read'>,
    { batch, payments, at }: { readonly batch: string; readonly payments: readonly Payment[]; readonly at: number },
  ): Promise<RefusedReplacement[]> {
    const request = BEFORE_QUERIES(at);
    const reader: Pick<Transaction, 'all'> = { all: (text, params) => database.read(text, params) };
    const refused: RefusedReplacement[] = [];
    for (const { id, line, replaces } of payments) {
      const result = replaces === undefined ? null : await this.check(reader, { id, line, batch, replaces }, request);
      if (result !== null && isRefused(result)) refused.push(result);
    }
    return refused;
  }

  /** The payment `key` takes the place of all of the chain, in the transaction that registers it. */
  async replace(
    tx: Transaction,
    states: PaymentStates,
    { key, accepted, at, by }: EventOrigin & { readonly key: number; readonly accepted: Accepted },
  ): Promise<void> {
    const { chain, correction, isRecovery, person } = accepted;
    const newest = chain.at(-1);
    if (newest === undefined) throw new Error('nothing to replace');
    await tx.run(this.statements.insert, [key, newest.key]);
    const replacedBy = `${correction.batch}/${correction.id}`;
    for (const member of chain) {
      const { stored, state } = member;
      if (state.status === 'replaced') continue;
      const who = person === undefined ? {} : { person };
      const event = replacementOf(member, { replacedBy, queriedSince: null, isRecovery, ...who, at, by });
      const change = transition(state, event);
      // The lost ledger had ended a payment that is still open in this one.
      if (change.kind === 'refused' && isRecovery) continue;
      if (change.kind === 'refused') throw new Error(change.message);
      await states.write(tx, { stored, change }, event);
    }
  }

  /** Writes what a change does to all that stand for the same debt. */
  async follow(
    tx: Transaction,
    states: PaymentStates,
    { stored, change }: Transition,
    origin: EventOrigin,
  ): Promise<void> {
    const chain = await this.chain(tx, stored.key);
    const own = chain.find(({ key }) => key === stored.key);
    if (own === undefined || chain.length === 1) return;
    const others = chain.filter((member) => member !== own);
    for (const { member, event } of chainEvents({ own, before: stored.state, change }, others, origin)) {
      const other = chain.find(({ key }) => key === member.key);
      const effect = transition(member.state, event);
      if (other === undefined || effect.kind === 'refused') continue;
      await states.write(tx, { stored: other.stored, change: effect }, origin);
    }
  }

  /** Batches of which payments were replaced by payments of this batch, or took their place. */
  async neighbours(database: Pick<Database, 'read'>, batch: string): Promise<string[]> {
    const rows = await database.read(this.statements.neighbours, [batch]);
    return rows.map(({ id }) => id);
  }
}

export function isRefused(result: Accepted | RefusedReplacement): result is RefusedReplacement {
  return 'message' in result;
}

function replacementStatements(sql: Dialect) {
  return {
    named: statement<{ readonly key: number }>(
      'SELECT c.key FROM contents c WHERE c.batch = (SELECT key FROM batches WHERE id = ?) AND c.id_key = ?',
    ),
    chain: decodedStatement(
      `WITH RECURSIVE chain (key) AS (
         SELECT CAST(?1 AS ${sql.types.integer})
         UNION
         SELECT CASE WHEN r.payment = h.key THEN r.replaced ELSE r.payment END
         FROM chain h JOIN replacements r ON r.payment = h.key OR r.replaced = h.key)
       SELECT ${STATE_COLUMNS}, c.id, c.id_key, CASE WHEN EXISTS (
         SELECT 1 FROM callbacks k ${sql.index('callbacks_unprocessed')}
           ${sql.orderedJoin} payment_references f ON f.reference = k.reference
         WHERE k.account = p.account AND k.result IS NULL AND f.payment = p.key) THEN 1 ELSE 0 END, ${EARLIER_CONFIRMED}
       FROM chain h ${sql.orderedJoin} payments p ON p.key = h.key ${sql.orderedJoin} contents c ON c.key = p.key
         ${stateJoins(sql)}
       ORDER BY p.key`,
      storedMember,
    ),
    insert: statement('INSERT INTO replacements (payment, replaced) VALUES (?, ?)'),
    neighbours: statement<{ readonly id: string }>(
      `SELECT DISTINCT o.id FROM replacements r JOIN payments n ON n.key = r.payment JOIN payments p ON p.key = r.replaced
         JOIN batches b ON b.id = ?1
         JOIN batches o ON o.key = CASE WHEN n.batch = b.key THEN p.batch ELSE n.batch END
       WHERE (n.batch = b.key OR p.batch = b.key) AND o.key <> b.key`,
    ),
  };
}

function storedMember(
  values: readonly [
    ...StateValues,
    id: string,
    idKey: string,
    hasUnprocessedCallback: number,
    earlierConfirmedAt: number | null,
  ],
): StoredMember {
  const stored = storedState(values);
  const tail = values.slice(-4) as unknown as readonly [string, string, number, number | null];
  const [id, idKey, hasUnprocessedCallback, earlierConfirmedAt] = tail;
  const { key, state } = stored;
  return {
    key,
    name: `${state.batch}/${id}`,
    idKey,
    state,
    hasUnprocessedCallback: hasUnprocessedCallback === 1,
    earlierConfirmedAt,
    stored,
  };
}
