import type { Approval } from '../../domain/approval.ts';
import type { BrakeStore, Canary, CanaryRequest, CanaryResult } from '../brakes.ts';
import type { MissedOccurrence, ScheduleMemo, SeriesStart } from '../series-records.ts';
import type { CancelRequest, Pause, PauseScope } from '../stops.ts';
import { keepApprovals, useApprovals } from './approvals.ts';
import { releaseCanariesIn, setCanaryInMemory } from './brakes.ts';
import { endPause, startPause } from './pauses.ts';
import { cancelPlanned } from './payment-changes.ts';
import { MemoryReadings } from './readings.ts';
import { missOccurrences, startSeries } from './series.ts';

/** What people stop, sign and let go again; and how a ledger in memory changes anything. */
export class MemoryStops extends MemoryReadings {
  protected isClosed = false;

  async pause(pause: Pause): Promise<Pause> {
    return this.group(() => startPause(this.tables, pause));
  }

  async resume(scope: PauseScope & { readonly at: number }): Promise<Pause | null> {
    return this.group(() => endPause(this.tables, scope));
  }

  async recordApprovals(approvals: readonly Approval[]): Promise<void> {
    return this.group(() => keepApprovals(this.tables, approvals));
  }

  async useApprovals(approvals: readonly Approval[]): Promise<boolean> {
    return this.group(() => useApprovals(this.tables, approvals));
  }

  async setCanary(request: CanaryRequest): Promise<CanaryResult> {
    return this.group(() => setCanaryInMemory(this.tables, request));
  }

  async releaseCanaries(release: Parameters<BrakeStore['releaseCanaries']>[0]): Promise<readonly Canary[]> {
    return this.group(() => releaseCanariesIn(this.tables, release));
  }

  async noteSeriesStart(start: SeriesStart): Promise<SeriesStart> {
    return this.group(() => startSeries(this.tables, start));
  }

  async noteMissed(missed: readonly MissedOccurrence[]): Promise<readonly MissedOccurrence[]> {
    return this.group(() => missOccurrences(this.tables, missed));
  }

  async rememberSchedule(memo: ScheduleMemo): Promise<void> {
    return this.group(() => {
      this.tables.scheduleMemo = memo;
    });
  }

  async cancel(request: CancelRequest): Promise<readonly string[]> {
    return this.alone(() => Promise.resolve(cancelPlanned(this.tables, request)));
  }

  protected async group<T>(work: () => T): Promise<T> {
    this.requireOpen();
    return this.tables.transactions.group(work);
  }

  protected async alone<T>(work: () => Promise<T>): Promise<T> {
    this.requireOpen();
    return this.tables.transactions.alone(work);
  }

  private requireOpen(): void {
    if (this.isClosed) throw new Error('the ledger is closed');
  }
}
