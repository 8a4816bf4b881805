import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { destinationOf, type DestinationKind } from '../../domain/destination.ts';
import { isFinal, type Status } from '../../domain/status.ts';
import type { Evidence } from '../../domain/outcome.ts';
import { contradiction, doubt, overheard, withoutKnownIds } from '../contradiction.ts';
import { guarded, lateVerdictOf, type Verdict } from '../evidence.ts';
import { LedgerError } from '../errors.ts';
import type { AttemptResult, Claim, ClaimRequest, ResendRequest } from '../records.ts';
import type { Entries } from './entries.ts';
import { detailsOf } from './rows.ts';
import { DISPUTE } from './status-reports.ts';

/** What a clerk reads about a payment whose run died between the request and the record of its answer. */
const DIED = {
  code: 'process-died',
  reason:
    'The run that sent this payment ended before the answer was recorded; it may or may not have been paid. ' +
    'Ask the provider before anything is sent again.',
};

/** Claims, what became of them, and what the dead left of them. Every method needs an open transaction. */
export class Work {
  private readonly entries: Entries;
  private readonly statements: Readonly<
    Record<
      | 'planned'
      | 'again'
      | 'claim'
      | 'state'
      | 'move'
      | 'open'
      | 'unknown'
      | 'anew'
      | 'forget'
      | 'shown'
      | 'look'
      | 'dispute',
      StatementSync
    >
  >;

  constructor(database: DatabaseSync, entries: Entries) {
    this.entries = entries;
    const planned = (index: string, condition: string): string => `
      SELECT p.key, p.tries, p.generation, p.reference, p.kind, p.amount_minor, p.currency,
        c.id, c.name, c.destination, c.narrative, c.details
      FROM payments p INDEXED BY ${index} CROSS JOIN contents c ON c.key = p.key
      WHERE p.batch = (SELECT key FROM batches WHERE id = ?) AND p.account = ? AND p.status = 'planned' AND ${condition}
      ORDER BY p.line, p.key LIMIT ?`;
    this.statements = {
      planned: database.prepare(planned('payments_unpaid', `p.status <> 'paid' AND p.generation >= ?`)),
      again: database.prepare(planned('payments_again', 'p.generation > 1 AND p.generation >= ?')),
      claim: database.prepare(`UPDATE payments SET status = 'submitting', tries = ?, claimed_at = ? WHERE key = ?`),
      state: database.prepare(
        `SELECT p.status, p.generation, p.tries, p.attempts, p.claimed_at, p.sent_at, p.account, p.reference, p.evidence,
           q.paid_before, q.hints FROM payments p LEFT JOIN inquiries q ON q.payment = p.key WHERE p.key = ?`,
      ),
      unknown: database.prepare(`
        SELECT p.key, p.tries, p.generation, p.reference, p.kind, p.amount_minor, p.currency, b.id AS batch,
          c.id, c.name, c.destination, c.narrative, c.details
        FROM presented r JOIN payments p ON p.key = r.payment JOIN contents c ON c.key = p.key JOIN batches b ON b.key = p.batch
          LEFT JOIN inquiries q ON q.payment = p.key
        WHERE r.reference = ? AND p.reference = r.reference AND p.status = 'unknown' AND p.account = ?
          AND coalesce(q.disputed, 0) = 0 AND coalesce(q.hints, 0) = 0 AND coalesce(q.urgent, 0) = 0`),
      anew: database.prepare(`
        INSERT INTO inquiries (payment, asks, absents, urgent, first_sent_at)
        SELECT key, 0, 0, 0, sent_at FROM payments WHERE key = ?
        ON CONFLICT (payment) DO UPDATE SET absents = 0, absent_since = NULL, urgent = 0,
          first_sent_at = coalesce(first_sent_at, excluded.first_sent_at)`),
      dispute: database.prepare(DISPUTE),
      look: database.prepare('UPDATE payments SET evidence = ? WHERE key = ?'),
      shown: database.prepare('SELECT code, reason, provider_reference FROM entries WHERE id = ?'),
      forget: database.prepare(
        'DELETE FROM files WHERE batch = (SELECT b.id FROM payments p JOIN batches b ON b.key = p.batch WHERE p.key = ?)',
      ),
      move: database.prepare(
        'UPDATE payments SET status = ?, attempts = ?, sent_at = ?, settled_at = ?, evidence = ? WHERE key = ?',
      ),
      open: database.prepare(
        `SELECT p.key FROM batches b CROSS JOIN payments p INDEXED BY payments_unpaid
         ON p.batch = b.key AND p.status = 'submitting' AND p.status <> 'paid' AND p.account = ?`,
      ),
    };
    for (const name of ['planned', 'again', 'unknown'] as const) this.statements[name].setReadBigInts(true);
  }

  claim({ lock, batch, limit, generationFrom = 1, at, by }: ClaimRequest): Claim[] {
    // Payments of a later generation are few among many: they have an index of their own.
    const find = generationFrom > 1 ? this.statements.again : this.statements.planned;
    const rows = find.all(batch, lock.account, generationFrom, limit) as unknown as PlannedRow[];
    return rows.map((row) => {
      return this.taken({ ...row, batch }, false, at, by);
    });
  }

  /** But for the disputed ones, and for those that a callback has spoken of: it may have been paid, whatever else is said. What was absent before this attempt says nothing after it: the provider has to be asked anew. */
  reclaim({ lock, references, limit, at, by }: ResendRequest): Claim[] {
    const claims: Claim[] = [];
    for (const reference of references) {
      if (claims.length >= limit) break;
      const row = this.statements.unknown.get(reference, lock.account) as unknown as ClaimedRow | undefined;
      if (row === undefined) continue;
      this.statements.anew.run(Number(row.key));
      claims.push(this.taken(row, true, at, by));
    }
    return claims;
  }

  private taken(row: ClaimedRow, isResend: boolean, at: number, by: string): Claim {
    const [key, attempt, generation] = [Number(row.key), Number(row.tries) + 1, Number(row.generation)];
    this.statements.claim.run(attempt, at, key);
    this.entries.claimed(key, at, by, generation, attempt);
    return {
      key,
      attempt,
      generation,
      isResend,
      instruction: {
        reference: row.reference,
        batch: row.batch,
        id: row.id,
        name: row.name,
        destination: destinationOf(row.kind, row.destination),
        amountMinor: row.amount_minor,
        currency: row.currency,
        narrative: row.narrative,
        details: detailsOf(row.details),
      },
    };
  }

  record({ claim, status: answered, left, evidence, feeMinor, at, by }: AttemptResult): Status {
    const state = this.state(claim.key);
    const { reference } = claim.instruction;
    if (state?.reference !== reference || state.tries !== claim.attempt) {
      throw new LedgerError(
        'move',
        `Payment ${reference}: attempt ${claim.attempt} is not its newest one, so its answer cannot be recorded. ` +
          `Look at the payment with: payrun status --rows`,
      );
    }
    // An answer after the attempt was closed (a callback was quicker, its run was thought dead) is evidence, and no second attempt.
    const isFirst = state.status === 'submitting';
    // That a later attempt moved nothing says nothing of the one before it.
    const isOverheard = isFirst && (state.hints ?? 0) > 0 && (answered === 'planned' || answered === 'failed');
    const first = isOverheard || (claim.isResend && answered === 'planned') ? 'unknown' : answered;
    const verdict = guarded(
      isFirst ? { kind: 'move', to: first } : lateVerdictOf(state.status, answered, claim.isResend),
      state.paid_before === 1,
    );
    const status = verdict.kind === 'keep' ? state.status : (verdict.to ?? state.status);
    const known = isOverheard ? overheard(evidence) : evidence;
    const shown = isFirst && verdict.kind === 'move' ? known : this.shownOf(state, verdict, evidence);
    const counts = isFirst && left;
    const entry = this.entries.happened(
      {
        event: isFirst ? 'answered' : 'late-answer',
        at,
        by,
        payment: claim.key,
        status,
        generation: state.generation,
        attempt: claim.attempt,
        reference: null,
        sent: counts ? { account: state.account, claimedAt: state.claimed_at } : null,
        evidence: shown,
        feeMinor,
        ...(shown === evidence ? {} : { said: evidence }),
      },
      state.evidence,
    );
    const sentAt = counts ? state.claimed_at : state.sent_at;
    const settledAt = isFinal(status) ? at : null;
    if (status === state.status) {
      this.statements.look.run(entry, claim.key);
      return status;
    }
    if (!isFirst) this.statements.forget.run(claim.key);
    if (verdict.kind === 'contradict') this.statements.dispute.run(claim.key, 0);
    this.statements.move.run(status, state.attempts + (counts ? 1 : 0), sentAt, settledAt, entry, claim.key);
    return status;
  }

  /** What an answer leaves in sight: itself where it moves the payment, else what was known, with the ids that it adds. */
  private shownOf(state: State, verdict: Verdict, answer: Evidence): Evidence {
    const before = this.statements.shown.get(state.evidence) as unknown as Shown | undefined;
    const known = {
      status: state.status,
      reason: before?.reason ?? null,
      provider_reference: before?.provider_reference ?? null,
    };
    switch (verdict.kind) {
      case 'move':
        return answer;
      case 'contradict':
        return contradiction(known, 'late answer', answer);
      case 'doubt':
        return doubt(known, answer);
      case 'keep':
        return {
          ...withoutKnownIds(known, answer),
          code: before?.code ?? answer.code,
          reason: before?.reason ?? answer.reason,
        };
    }
  }

  /** Only for a holder who knows that nobody alive works the account. */
  recover(account: string, at: number, by: string): number {
    const open = this.statements.open.all(account) as unknown as { key: number }[];
    for (const { key } of open) {
      const state = this.state(key);
      if (state === undefined) continue;
      const entry = this.entries.happened(
        {
          event: 'recovered',
          at,
          by,
          payment: key,
          status: 'unknown',
          generation: state.generation,
          attempt: state.tries,
          reference: null,
          sent: { account, claimedAt: state.claimed_at },
          evidence: DIED,
          feeMinor: null,
        },
        state.evidence,
      );
      this.statements.move.run('unknown', state.attempts + 1, state.claimed_at, null, entry, key);
    }
    return open.length;
  }

  private state(key: number): State | undefined {
    return this.statements.state.get(key) as unknown as State | undefined;
  }
}

export function moveFault(reference: string, from: Status, to: Status): LedgerError {
  return new LedgerError(
    'move',
    `Payment ${reference} is ${from} and cannot become ${to}. Look at the payment with: payrun status --rows`,
  );
}

interface State {
  readonly status: Status;
  readonly generation: number;
  readonly tries: number;
  readonly attempts: number;
  /** Of the newest attempt; a payment without one cannot be the subject of a record. */
  readonly claimed_at: number;
  readonly sent_at: number | null;
  readonly account: string;
  readonly reference: string;
  readonly evidence: number | null;
  readonly paid_before: number | null;
  readonly hints: number | null;
}

interface Shown {
  readonly code: string | null;
  readonly reason: string | null;
  readonly provider_reference: string | null;
}

interface ClaimedRow extends PlannedRow {
  readonly batch: string;
}

interface PlannedRow {
  readonly key: bigint;
  readonly tries: bigint;
  readonly generation: bigint;
  readonly reference: string;
  readonly kind: DestinationKind;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly id: string;
  readonly name: string;
  readonly destination: string;
  readonly narrative: string;
  readonly details: string;
}
