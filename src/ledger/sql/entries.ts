import type { EntryText } from '../payment-state.ts';
import { insertion, statement, type SqlValue, type Transaction } from './database.ts';
import { ROW_FORMAT } from './version.ts';

/** An entry about one payment, and who or what made it. */
export interface PaymentEntry {
  readonly payment: number;
  readonly entry: EntryText;
  readonly at: number;
  readonly by: string;
}

/** An entry about a batch as a whole, or about what one of its payments is. */
export interface BatchEntry {
  readonly event: 'registered' | 'amended' | 'times-changed';
  readonly at: number;
  readonly by: string;
  readonly batch: number;
  readonly payment: number | null;
  readonly detail: object;
}

/** Writes the append-only record. */
export class Entries {
  private readonly actors = new Map<string, number>();

  /** Returns the key of the new entry. */
  async write(tx: Transaction, { payment, entry, at, by }: PaymentEntry): Promise<number> {
    const actor = this.actors.get(by) ?? (await this.actor(tx, by));
    return tx.insert(ENTRY_STATEMENTS.payment, valuesOf(payment, entry, at, actor));
  }

  /** Entries that tell nothing but that an attempt begins. */
  async writeClaims(tx: Transaction, entries: readonly PaymentEntry[]): Promise<void> {
    const rows: SqlValue[][] = [];
    for (const { payment, entry, at, by } of entries) {
      const actor = this.actors.get(by) ?? (await this.actor(tx, by));
      rows.push([entry.event, at, actor, payment, entry.status, entry.generation, entry.attempt]);
    }
    await tx.insertMany(ENTRY_STATEMENTS.claim, rows);
  }

  async noted(tx: Transaction, { event, at, by, batch, payment, detail }: BatchEntry): Promise<void> {
    const actor = this.actors.get(by) ?? (await this.actor(tx, by));
    await tx.insert(ENTRY_STATEMENTS.batch, [event, at, actor, batch, payment, JSON.stringify(detail)]);
  }

  /** A name is written once and numbered: it would be a third of every entry. */
  async actor(tx: Transaction, name: string): Promise<number> {
    await tx.run(ENTRY_STATEMENTS.newActor, [name]);
    const row = await tx.one(ENTRY_STATEMENTS.actor, [name]);
    if (row === undefined) throw new Error('an actor that was written is not there');
    tx.afterCommit(() => void this.actors.set(name, row.id));
    return row.id;
  }
}

const ENTRY_STATEMENTS = {
  payment: insertion(
    `INSERT INTO entries (format, event, at, actor, payment, status, generation, attempt, reference, lock_key,
      claimed_at, code, reason, provider_reference, receipt, request_id, fee_minor, detail)
     VALUES (${ROW_FORMAT}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    'id',
  ),
  claim: insertion(
    `INSERT INTO entries (format, event, at, actor, payment, status, generation, attempt)
     VALUES (${ROW_FORMAT}, ?, ?, ?, ?, ?, ?, ?)`,
    'id',
  ),
  batch: insertion(
    `INSERT INTO entries (format, event, at, actor, batch, payment, detail) VALUES (${ROW_FORMAT}, ?, ?, ?, ?, ?, ?)`,
    'id',
  ),
  newActor: statement('INSERT INTO actors (name) VALUES (?) ON CONFLICT (name) DO NOTHING'),
  actor: statement<{ readonly id: number }>('SELECT id FROM actors WHERE name = ?'),
};

function valuesOf(payment: number, entry: EntryText, at: number, actor: number): SqlValue[] {
  const { latest, sent, received } = entry;
  return [
    entry.event,
    at,
    actor,
    payment,
    entry.status,
    entry.generation,
    entry.attempt,
    entry.reference,
    sent?.place ?? null,
    sent?.claimedAt ?? null,
    latest?.code ?? null,
    latest?.reason ?? null,
    latest?.providerReference ?? null,
    latest?.receipt ?? null,
    latest?.requestId ?? null,
    latest?.feeMinor ?? null,
    received === null ? null : JSON.stringify(received),
  ];
}
