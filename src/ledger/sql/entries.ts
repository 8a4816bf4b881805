import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EntryText } from '../payment-state.ts';
import { ROW_FORMAT } from './schema.ts';

/** Writes the append-only record. Every method needs an open transaction. */
export class Entries {
  private readonly statements: Readonly<Record<'claim' | 'event' | 'batch' | 'actor' | 'newActor', StatementSync>>;
  private readonly actors = new Map<string, number>();

  constructor(database: DatabaseSync) {
    const claim = `INSERT INTO entries (format, event, at, actor, payment, status, generation, attempt)
      VALUES (${ROW_FORMAT}, ?, ?, ?, ?, ?, ?, ?)`;
    const event = `INSERT INTO entries (format, event, at, actor, payment, status, generation, attempt, reference, account,
      claimed_at, code, reason, provider_reference, receipt, request_id, fee_minor, detail)
      VALUES (${ROW_FORMAT}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
    this.statements = {
      claim: database.prepare(claim),
      event: database.prepare(event),
      batch: database.prepare(
        `INSERT INTO entries (format, event, at, actor, batch, payment, detail) VALUES (${ROW_FORMAT}, ?, ?, ?, ?, ?, ?)`,
      ),
      actor: database.prepare('SELECT id FROM actors WHERE name = ?'),
      newActor: database.prepare('INSERT INTO actors (name) VALUES (?)'),
    };
  }

  /** @returns the new entry if the payment displays it, or null. */
  write(payment: number, entry: EntryText, at: number, by: string): number | null {
    const { event, status, generation, attempt, latest, sent, received } = entry;
    if (latest === null) {
      this.statements.claim.run(event, at, this.actor(by), payment, status, generation, attempt);
      return null;
    }
    const result = this.statements.event.run(
      event,
      at,
      this.actor(by),
      payment,
      status,
      generation,
      attempt,
      entry.reference,
      sent?.account ?? null,
      sent?.claimedAt ?? null,
      latest.code,
      latest.reason,
      latest.providerReference,
      latest.receipt,
      latest.requestId,
      latest.feeMinor,
      received === null ? null : JSON.stringify(received),
    );
    return Number(result.lastInsertRowid);
  }

  /** About a batch as a whole, or about what one of its payments is. */
  noted(
    event: 'registered' | 'amended',
    at: number,
    by: string,
    batch: number,
    payment: number | null,
    detail: object,
  ): void {
    this.statements.batch.run(event, at, this.actor(by), batch, payment, JSON.stringify(detail));
  }

  /** After a rollback: names that were written by it are not there. */
  forget(): void {
    this.actors.clear();
  }

  /** A name is written once and numbered: it would be a third of every entry. */
  private actor(name: string): number {
    const known = this.actors.get(name);
    if (known !== undefined) return known;
    const row = this.statements.actor.get(name) as unknown as { id: number } | undefined;
    const id = row?.id ?? Number(this.statements.newActor.run(name).lastInsertRowid);
    this.actors.set(name, id);
    return id;
  }
}
