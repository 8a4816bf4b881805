import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StatusReportKind } from '../../domain/status-report.ts';
import type { Evidence } from '../../domain/outcome.ts';
import { isFinal, type Status } from '../../domain/status.ts';
import { contradiction, doubt, earlierContradiction, withoutKnownIds } from '../contradiction.ts';
import { earlierVerdictOf, guarded, verdictOf, type Verdict } from '../evidence.ts';
import type { CallbackResult, ReceivedReport, ReportResult } from '../records.ts';
import type { Entries, PaymentEvent } from './entries.ts';

/** What is learnt about payments by other ways than their own requests' answers. Every method needs an open transaction. */
export class Settling {
  private readonly entries: Entries;
  private readonly statements: Readonly<
    Record<
      'found' | 'move' | 'look' | 'asked' | 'urgent' | 'alarm' | 'calm' | 'dispute' | 'stop' | 'forget',
      StatementSync
    >
  >;

  constructor(database: DatabaseSync, entries: Entries) {
    this.entries = entries;
    this.statements = {
      found: database.prepare(`
        SELECT p.key, p.status, p.generation, p.tries, p.attempts, p.claimed_at, p.sent_at, p.evidence,
          p.account, p.reference, b.id AS batch, e.code, e.reason, e.provider_reference, e.request_id,
          CAST(e.fee_minor AS TEXT) AS fee_minor, q.urgent, q.paid_before, q.disputed, q.hints
        FROM presented r JOIN payments p ON p.key = r.payment JOIN batches b ON b.key = p.batch
          LEFT JOIN entries e ON e.id = p.evidence LEFT JOIN inquiries q ON q.payment = p.key
        WHERE r.reference = ?`),
      move: database.prepare(
        'UPDATE payments SET status = ?, attempts = ?, sent_at = ?, settled_at = ?, evidence = ? WHERE key = ?',
      ),
      look: database.prepare('UPDATE payments SET evidence = ? WHERE key = ?'),
      asked: database.prepare(`
        INSERT INTO inquiries (payment, asks, asked_at, absent_since, absents, urgent)
        VALUES (?1, 1, ?2, CASE WHEN ?3 THEN ?2 END, ?3, 0)
        ON CONFLICT (payment) DO UPDATE SET asks = asks + 1, asked_at = ?2, 
          urgent = CASE WHEN ?4 OR hints > ?5 THEN urgent ELSE 0 END,
          absent_since = CASE WHEN ?3 THEN coalesce(absent_since, ?2) END, absents = CASE WHEN ?3 THEN absents + 1 ELSE 0 END`),
      urgent: database.prepare(`
        INSERT INTO inquiries (payment, asks, absents, urgent, hints) VALUES (?, 0, 0, 1, 1)
        ON CONFLICT (payment) DO UPDATE SET urgent = 1, hints = hints + 1, absents = 0, absent_since = NULL`),
      alarm: database.prepare('UPDATE inquiries SET urgent = 1 WHERE payment = ?'),
      calm: database.prepare('UPDATE inquiries SET urgent = 0 WHERE payment = ? AND urgent = 1'),
      dispute: database.prepare(DISPUTE),
      stop: database.prepare('INSERT INTO stops (account, at, code, reason) VALUES (?, ?, ?, ?)'),
      forget: database.prepare('DELETE FROM files WHERE batch = ?'),
    };
  }

  settle(settlement: ReceivedReport): ReportResult {
    const { reference, report, source, at } = settlement;
    const state = this.statements.found.get(reference) as unknown as State | undefined;
    if (state === undefined) return { kind: 'not-ours' };
    const isCurrent = state.reference === reference;
    if (isCurrent && source === 'query') {
      // What has failed is on no schedule: a hint that it was paid stands until an answer decides it.
      const staysUrgent = report.kind === 'unknown' && (state.status === 'failed' || state.status === 'planned');
      const isAbsent = report.kind === 'not-found';
      // A callback that came while the question was under way is newer than its answer, and wants one of its own.
      this.statements.asked.run(
        state.key,
        at,
        isAbsent ? 1 : 0,
        staysUrgent ? 1 : 0,
        settlement.unverifiedCallbacks ?? NEVER_NEWER,
      );
    }
    // It is at work there, and here it failed or is about to come back unmoved: an answer has to decide.
    const isDoubted = report.kind === 'pending' && (state.status === 'failed' || state.status === 'submitting');
    if (isCurrent && source === 'callback' && isDoubted) this.statements.urgent.run(state.key);
    // What failed is asked about only when a hint made it urgent: any other answer was under way before it failed.
    const isFresh = source === 'query' && (state.status !== 'failed' || state.urgent === 1);
    const verdict = isCurrent
      ? guarded(this.verdict(state, settlement, isFresh), state.paid_before === 1)
      : earlierVerdictOf(state.status, report.kind);
    // Told again, or of a presentation that is over, it would stop an account that somebody has put in order.
    const isStop = report.kind === 'failed' && report.stopsAccount === true && isCurrent;
    if (isStop && (verdict.kind === 'move' || state.code !== report.evidence.code)) {
      this.statements.stop.run(state.account, at, report.evidence.code, report.evidence.reason);
    }
    return this.carryOut(state, verdict, settlement, isCurrent);
  }

  private verdict(state: State, { report, source, unverifiedCallbacks }: ReceivedReport, isFresh: boolean): Verdict {
    const { status } = state;
    const verdict = verdictOf(status, report.kind, isFresh);
    // It failed, a callback said otherwise, and the provider does not decide it: a person has to, and nothing else may.
    const isUndecided =
      report.kind === 'not-found' || (report.kind === 'unknown' && report.evidence.code === 'contradiction');
    if (status === 'failed' && state.urgent === 1 && isFresh && isUndecided) return IN_DOUBT;
    // Nor does a failure end what a callback has said and no newer question has settled.
    const isUnpaid = verdict.kind === 'move' && (verdict.to === 'failed' || verdict.to === 'cancelled');
    const isOverheard = (state.hints ?? 0) > (source === 'callback' ? 0 : (unverifiedCallbacks ?? NEVER_NEWER));
    if (!isUnpaid || !isOverheard) return verdict;
    this.statements.alarm.run(state.key);
    return IN_DOUBT;
  }

  /**
   * What a callback says that only a query can confirm: the payment is asked about first. Nothing moves but what nobody should have
   * paid, which is `unknown` until then.
   */
  hint(reference: string, said: Evidence | null, verdict: Pick<CallbackResult, 'at' | 'by'>): void {
    const state = this.statements.found.get(reference) as unknown as State | undefined;
    if (state === undefined || state.status === 'paid' || state.status === 'returned') return;
    const note = { at: verdict.at, by: verdict.by, status: state.status, feeMinor: null };
    const words = said ?? { code: 'callback', reason: 'A callback speaks of it.' };
    const what = { at: verdict.at, by: verdict.by, said: words };
    const isUnpaid = state.status === 'planned' || state.status === 'failed' || state.status === 'cancelled';
    if (state.reference !== reference) {
      // No question about the newer reference can decide it, so that nothing may be sent once more before a person has looked.
      this.statements.dispute.run(state.key, 1);
      this.contradict(state, isUnpaid ? 'unknown' : null, earlierContradiction(state, 'callback', words), what);
      return;
    }
    // The failure that is known already.
    if (state.status === 'failed' && state.code === words.code) return;
    this.statements.urgent.run(state.key);
    if (isUnpaid) {
      // Nobody should have it, and whoever has it may be paying it: it is unknown until a question has told.
      this.contradict(state, 'unknown', contradiction(state, 'callback', words), what);
      return;
    }
    if (state.disputed !== 1 && said !== null && isNews(state, said))
      this.write(state, { ...note, event: 'hinted', evidence: said });
  }

  private carryOut(state: State, verdict: Verdict, settlement: ReceivedReport, isCurrent: boolean): ReportResult {
    const { report, source, at, by } = settlement;
    const { batch, status } = state;
    const { evidence } = report;
    const feeMinor = report.kind === 'paid' ? (report.feeMinor ?? null) : null;
    switch (verdict.kind) {
      case 'move': {
        this.move(state, verdict.to, { at, by, event: `settled-by-${source}`, evidence, feeMinor });
        return { kind: 'moved', from: status, to: verdict.to, batch };
      }
      case 'keep': {
        if (isCurrent && source !== 'callback' && source !== 'query' && isFinal(status) && isEnd(report.kind))
          this.statements.calm.run(state.key);
        const isOpen = status === 'pending' || status === 'unknown' || status === 'submitting';
        // A final word about what is final is known already; what is open shows the newest word, whatever it is worth.
        // A contradiction stays in sight until it is decided.
        const isDisputed = state.disputed === 1 || state.code === 'contradiction';
        const isWorthReading = isOpen && !isDisputed && !isEnd(report.kind) && isNews(state, evidence);
        const isNewFee = feeMinor !== null && feeMinor.toString() !== state.fee_minor;
        const adds = isOpen || report.kind === status ? evidence : withoutKnownIds(state, evidence);
        if (isCurrent && (isWorthReading || isNewFee || hasNewIds(state, adds))) {
          // What is final was reported without it.
          if (!isWorthReading) this.statements.forget.run(batch);
          const note = { at, by, event: `noted-by-${source}`, status, feeMinor } as const;
          if (isWorthReading) this.write(state, { ...note, evidence });
          else {
            const shown = { ...adds, code: state.code ?? '', reason: state.reason ?? '' };
            this.write(state, { ...note, evidence: shown, said: evidence });
          }
        }
        return { kind: 'kept', status, batch };
      }
      case 'contradict': {
        if (verdict.to !== null || !isCurrent) this.statements.dispute.run(state.key, isCurrent ? 0 : 1);
        const words = isCurrent ? contradiction : earlierContradiction;
        return this.contradict(state, verdict.to, words(state, source, evidence), { at, by, said: evidence });
      }
      case 'doubt':
        return this.contradict(state, verdict.to, doubt(state, evidence), { at, by, said: evidence });
    }
  }

  private contradict(
    state: State,
    to: 'unknown' | null,
    evidence: Evidence,
    { at, by, said }: { readonly at: number; readonly by: string; readonly said: Evidence },
  ): ReportResult {
    const { batch } = state;
    const status = to ?? state.status;
    const what = { at, by, event: 'contradicted', evidence, feeMinor: null, said } as const;
    // Once is loud enough.
    if (status === state.status && state.reason === evidence.reason) return { kind: 'contradicted', status, batch };
    if (status === state.status) this.write(state, { ...what, status });
    else this.move(state, status, what);
    this.statements.forget.run(batch);
    return { kind: 'contradicted', status, batch };
  }

  /** An attempt that is under way is counted by whatever ends it. */
  private move(
    state: State,
    to: Status,
    what: Pick<PaymentEvent, 'at' | 'by' | 'event' | 'evidence' | 'feeMinor' | 'said'>,
  ): void {
    const isUnderWay = state.status === 'submitting';
    const sent = isUnderWay ? { account: state.account, claimedAt: state.claimed_at ?? what.at } : null;
    const entry = this.entries.happened({ ...this.eventOf(state), ...what, status: to, sent }, state.evidence);
    const settledAt = isFinal(to) ? what.at : null;
    const sentAt = isUnderWay ? state.claimed_at : state.sent_at;
    this.statements.move.run(to, state.attempts + (isUnderWay ? 1 : 0), sentAt, settledAt, entry, state.key);
    this.statements.forget.run(state.batch);
  }

  private write(
    state: State,
    what: Pick<PaymentEvent, 'at' | 'by' | 'event' | 'status' | 'evidence' | 'feeMinor' | 'said'>,
  ): void {
    const entry = this.entries.happened({ ...this.eventOf(state), ...what, sent: null }, state.evidence);
    this.statements.look.run(entry, state.key);
  }

  private eventOf(state: State): Pick<PaymentEvent, 'payment' | 'generation' | 'attempt' | 'reference'> {
    return { payment: state.key, generation: state.generation, attempt: state.tries, reference: null };
  }
}

const IN_DOUBT: Verdict = { kind: 'contradict', to: 'unknown' };

/** No callback is newer than an answer that does not say when it was asked for. */
const NEVER_NEWER = Number.MAX_SAFE_INTEGER;

/** Of a payment, and whether it is an earlier presentation of it that was reported as paid. */
export const DISPUTE = `
  INSERT INTO inquiries (payment, asks, absents, urgent, disputed, paid_before) VALUES (?1, 0, 0, 0, 1, ?2)
  ON CONFLICT (payment) DO UPDATE SET disputed = 1, paid_before = max(paid_before, ?2)`;

function isEnd(kind: StatusReportKind): boolean {
  return kind === 'paid' || kind === 'failed' || kind === 'cancelled' || kind === 'returned';
}

/** A repeated word writes no entry: a payment that is polled for a day would fill the ledger. */
function isNews(state: State, said: Evidence): boolean {
  return state.code !== said.code || state.reason !== said.reason || hasNewIds(state, said);
}

function hasNewIds(state: State, { providerReference, requestId }: Evidence): boolean {
  return (
    (providerReference !== undefined && providerReference !== (state.provider_reference ?? '')) ||
    (requestId !== undefined && requestId !== (state.request_id ?? ''))
  );
}

interface State {
  readonly key: number;
  readonly status: Status;
  readonly generation: number;
  readonly tries: number;
  readonly attempts: number;
  readonly claimed_at: number | null;
  readonly sent_at: number | null;
  readonly evidence: number | null;
  readonly account: string;
  readonly reference: string;
  readonly batch: string;
  readonly code: string | null;
  readonly reason: string | null;
  readonly provider_reference: string | null;
  readonly request_id: string | null;
  /** As a text: the rest of the row has no number that a double could not hold. */
  readonly fee_minor: string | null;
  readonly urgent: number | null;
  readonly paid_before: number | null;
  readonly disputed: number | null;
  readonly hints: number | null;
}
