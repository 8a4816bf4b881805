import { watch as watchPath, type FSWatcher } from 'node:fs';
import type { Config } from '../config/config.ts';
import type { Clock } from '../domain/clock.ts';

export interface WatchRequest {
  readonly clock: Clock;
  /** Aborted to end: the sweep under way ends first. */
  readonly signal: AbortSignal;
  /** The longest time between two sweeps. */
  readonly everyMs: number;
  /** One sweep; answers with the configuration that it was made with, or null where that could not be read. Its faults are its own. */
  readonly sweep: () => Promise<Config | null>;
}

/** Changes come in showers while a file is written, and a sweep waits for a file to rest. */
const SETTLE_MS = 500;

/**
 * Sweeps whenever the drop folder or the source of a series changes, whenever a date of a series comes, and from time to time. Decides
 * nothing by itself: the sweep is that of `run`, so that another one beside it does no harm.
 */
export async function watchFolders({ clock, signal, everyMs, sweep }: WatchRequest): Promise<void> {
  let wake = new AbortController();
  let watched: string | null = null;
  let watchers: readonly FSWatcher[] = [];
  signal.addEventListener('abort', () => wake.abort(), { once: true });
  try {
    while (!signal.aborted) {
      // What changes while a sweep runs is looked at by the next one.
      wake = new AbortController();
      const config = await sweep();
      const digest = config?.digest ?? null;
      if (digest !== watched || watchers.length === 0) {
        for (const watcher of watchers) watcher.close();
        watchers = config === null ? [] : watchersOf(config, () => wake.abort());
        // Changes during this sweep were not watched.
        if (digest !== watched) wake.abort();
        watched = digest;
      }
      await clock.sleep(Math.min(everyMs, await untilNextDate(config, clock.now())), wake.signal);
      if (wake.signal.aborted) await clock.sleep(SETTLE_MS, signal);
    }
  } finally {
    for (const watcher of watchers) watcher.close();
  }
}

/** A folder that is away, or that a system cannot watch, is swept from time to time all the same. */
function watchersOf({ batches, series, folder }: Config, onChange: () => void): readonly FSWatcher[] {
  const sources = [...series.values()]
    .filter(({ source }) => source.kind === 'folder')
    .map(({ source }) => source.path);
  return [...new Set([batches, folder, ...sources])].flatMap((path) => {
    try {
      const watcher = watchPath(path, { persistent: false }, (_, name) => {
        // The ledger beside the configuration changes with every sweep.
        if (path !== folder || /^(payrun\.ya?ml)$/.test(name ?? '')) onChange();
      });
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  });
}

async function untilNextDate(config: Config | null, now: number): Promise<number> {
  if (config === null || config.series.size === 0) return Number.POSITIVE_INFINITY;
  const { Occurrences } = await import('../schedule/occurrences.ts');
  const times = [...config.series.values()].flatMap((one) =>
    new Occurrences(one).next(now, 1).map(({ at }) => at - now),
  );
  return Math.min(...times, Number.POSITIVE_INFINITY);
}
