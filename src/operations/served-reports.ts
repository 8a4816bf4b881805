import type { Status } from '../domain/status.ts';
import { isLedgerError } from '../ledger/errors.ts';
import { reportDueAt, type BatchStage, type LastReport } from '../report/report-schedule.ts';
import { AskedThread } from './asked-thread.ts';
import { batchState } from './batch-report.ts';
import { movedIfPaid, movesAny } from './move-paid.ts';
import type { Session } from './session/session.ts';

export interface ReportAnswer {
  /** Why the reports could not be written, or null. */
  readonly failure: string | null;
}

/**
 * Keeps the reports up to date while callbacks come in: in a thread of its own, since a large report takes longer than a callback
 * may wait, and seldom ({@link reportDueAt}). What is behind is known by the ledger, so that nothing is lost when this process dies.
 */
export class ServedReports {
  private readonly session: Session;
  private readonly thread: AskedThread<string, ReportAnswer>;
  private readonly last = new Map<string, LastReport>();
  private writing: Promise<void> | null = null;

  constructor(session: Session) {
    this.session = session;
    this.thread = new AskedThread('report-worker', session.project.config.file);
  }

  /** Begins to write one report that is due, and does not wait for it. */
  async round(): Promise<void> {
    if (this.writing !== null) return;
    const { ledger, system } = this.session;
    const behind = await ledger.batchesBehind();
    if (behind.length === 0) return;
    const unpaid = await ledger.unpaidBatches();
    for (const batch of behind) {
      const stage = stageOf(unpaid.get(batch));
      if (reportDueAt(this.last.get(batch) ?? null, stage) > system.clock.monotonic()) continue;
      this.writing = this.write(batch, stage).finally(() => {
        this.writing = null;
      });
      return;
    }
  }

  /** Writes everything that is behind. */
  async finish(): Promise<void> {
    await this.writing;
    for (const batch of await this.session.ledger.batchesBehind()) await this.write(batch, 'ended');
  }

  close(): Promise<void> {
    return this.thread.close();
  }

  private async write(batch: string, stage: BatchStage): Promise<void> {
    const { system, watch } = this.session;
    const { clock } = system;
    const startedAt = clock.monotonic();
    const failure = await this.thread.ask(batch).then(
      (answer) => answer.failure,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const endedAt = clock.monotonic();
    this.last.set(batch, { endedAt, tookMs: endedAt - startedAt, stage });
    if (failure !== null) watch.fail(failure);
    else if (stage === 'ended') await this.move(batch);
  }

  /** Moves the files of a batch that is paid, as the configuration says. */
  private async move(batch: string): Promise<void> {
    const { ledger, watch } = this.session;
    if (!movesAny(this.session)) return;
    try {
      const record = await ledger.batch(batch);
      if (record === null) return;
      const { notes } = await movedIfPaid(this.session, await batchState(this.session, record, 'none'));
      for (const note of notes) watch.note(note);
    } catch (error) {
      // While another process writes the ledger, the file stays; the next sweep moves it.
      if (!isLedgerError(error)) throw error;
    }
  }
}

function stageOf(statuses: ReadonlySet<Status> | undefined): BatchStage {
  const has = (status: Status): boolean => statuses?.has(status) === true;
  if (has('planned') || has('submitting')) return 'sending';
  return has('pending') || has('unknown') ? 'waiting' : 'ended';
}
