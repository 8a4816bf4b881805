import { setImmediate as turn } from 'node:timers/promises';
import type { RecoveryRequest, RecoveryResult } from '../recovery.ts';
import { transition } from '../transitions.ts';
import { decodedStatement, insertion, statement, type Transaction } from './database.ts';
import type { Dialect } from './dialect.ts';
import type { Entries } from './entries.ts';
import { type PaymentStates } from './payment-states.ts';
import { STATE_COLUMNS, stateJoins, storedState, type StoredState } from './stored-state.ts';

/** Payments that are read at once. */
const MARKED_AT_ONCE = 1000;

/** What becomes of the payments of a ledger that has lost its newest part. */
export class Recoveries {
  private readonly entries: Entries;
  private readonly states: PaymentStates;
  private readonly statements: ReturnType<typeof recoveryStatements>;

  constructor(sql: Dialect, entries: Entries, states: PaymentStates) {
    this.entries = entries;
    this.states = states;
    this.statements = recoveryStatements(sql);
  }

  async begin(tx: Transaction, request: RecoveryRequest): Promise<RecoveryResult> {
    const { at, by, because, counter, missing } = request;
    const event = { kind: 'lost-past', at, by } as const;
    let marked = 0;
    let last = -1;
    for (;;) {
      const page: readonly StoredState[] = await tx.all(this.statements.unsent, [last]);
      const newest = page.at(-1);
      if (newest === undefined) break;
      for (const stored of page) {
        const change = transition(stored.state, event);
        if (change.kind === 'refused') throw new Error(change.message);
        await this.states.apply(tx, { stored, change }, event);
        marked += 1;
      }
      last = newest.key;
      await turn();
    }
    await tx.run(this.statements.restored, []);
    const actor = await this.entries.actor(tx, by);
    await tx.insert(this.statements.begin, [at, actor, because, counter, missing, marked]);
    return { marked };
  }

  async end(tx: Transaction, at: number): Promise<void> {
    await tx.run(this.statements.end, [at]);
  }
}

function recoveryStatements(sql: Dialect) {
  return {
    unsent: decodedStatement(
      `SELECT ${STATE_COLUMNS} FROM payments p ${stateJoins(sql)}
       WHERE p.key > ? AND (p.status = 'planned' OR p.status = 'submitting') ORDER BY p.key LIMIT ${MARKED_AT_ONCE}`,
      storedState,
    ),
    restored: statement('UPDATE payments SET restored = 1 WHERE restored <> 1'),
    begin: insertion(
      'INSERT INTO recoveries (at, actor, because, counter, missing_from, marked) VALUES (?, ?, ?, ?, ?, ?)',
      'id',
    ),
    end: statement('UPDATE recoveries SET ended_at = ? WHERE ended_at IS NULL'),
  };
}
