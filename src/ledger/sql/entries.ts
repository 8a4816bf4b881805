import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StatusReportSource } from '../../domain/status-report.ts';
import type { Evidence } from '../../domain/outcome.ts';
import type { Status } from '../../domain/status.ts';
import { ROW_FORMAT } from './schema.ts';

/** One thing that happened to a payment, with what was learnt. */
export interface PaymentEvent {
  readonly event:
    | 'answered'
    | 'late-answer'
    | 'recovered'
    | 'retried'
    | 'resolved'
    | 'hinted'
    | 'contradicted'
    | `${'settled' | 'noted'}-by-${StatusReportSource}`;
  readonly at: number;
  readonly by: string;
  readonly payment: number;
  readonly status: Status;
  readonly generation: number;
  readonly attempt: number;
  readonly reference: string | null;
  /** Set only where this ends an attempt that may have left: such entries are the memory of the payout budget. */
  readonly sent: { readonly account: string; readonly claimedAt: number } | null;
  readonly evidence: Evidence;
  readonly feeMinor: bigint | null;
  /** What was said, word for word, where `evidence` shows something else. */
  readonly said?: Evidence;
}

/** What an earlier entry said and a later one may leave out. */
export interface Carried {
  readonly provider_reference: string | null;
  readonly request_id: string | null;
  readonly fee_minor: bigint | null;
}

/** Writes the append-only record. Every method needs an open transaction. */
export class Entries {
  private readonly statements: Readonly<
    Record<'claim' | 'event' | 'batch' | 'carried' | 'actor' | 'newActor', StatementSync>
  >;
  private readonly actors = new Map<string, number>();

  constructor(database: DatabaseSync) {
    const claim = `INSERT INTO entries (format, event, at, actor, payment, status, generation, attempt)
      VALUES (${ROW_FORMAT}, 'claimed', ?, ?, ?, 'submitting', ?, ?)`;
    const event = `INSERT INTO entries (format, event, at, actor, payment, status, generation, attempt, reference, account,
      claimed_at, code, reason, provider_reference, request_id, fee_minor, detail)
      VALUES (${ROW_FORMAT}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
    this.statements = {
      claim: database.prepare(claim),
      event: database.prepare(event),
      batch: database.prepare(
        `INSERT INTO entries (format, event, at, actor, batch, payment, detail) VALUES (${ROW_FORMAT}, ?, ?, ?, ?, ?, ?)`,
      ),
      carried: database.prepare('SELECT provider_reference, request_id, fee_minor FROM entries WHERE id = ?'),
      actor: database.prepare('SELECT id FROM actors WHERE name = ?'),
      newActor: database.prepare('INSERT INTO actors (name) VALUES (?)'),
    };
    this.statements.carried.setReadBigInts(true);
  }

  claimed(payment: number, at: number, by: string, generation: number, attempt: number): void {
    this.statements.claim.run(at, this.actor(by), payment, generation, attempt);
  }

  /** @param before entry that holds what is known so far of the same generation. @returns the new entry. */
  happened(event: PaymentEvent, before: number | null): number {
    const { evidence, sent } = event;
    const isWhole =
      evidence.providerReference !== undefined && evidence.requestId !== undefined && event.feeMinor !== null;
    const known = isWhole ? null : this.carried(before);
    const result = this.statements.event.run(
      event.event,
      event.at,
      this.actor(event.by),
      event.payment,
      event.status,
      event.generation,
      event.attempt,
      event.reference,
      sent?.account ?? null,
      sent?.claimedAt ?? null,
      evidence.code,
      evidence.reason,
      evidence.providerReference ?? known?.provider_reference ?? null,
      evidence.requestId ?? known?.request_id ?? null,
      event.feeMinor ?? known?.fee_minor ?? null,
      event.said === undefined ? null : JSON.stringify(event.said),
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

  private carried(entry: number | null): Carried | null {
    return entry === null ? null : (this.statements.carried.get(entry) as unknown as Carried);
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
