import { templateFiles } from '../session/occurrence-files.ts';
import { scheduleKey } from '../session/schedule-key.ts';
import type { Session } from '../session/session.ts';
import type { SeriesState } from './state.ts';

/** A calendar of holidays can be edited without the configuration, and moves dates forward. */
const MOVABLE_MS = 3_600_000;

/** An occurrence may be paid before others that come earlier than it. */
const LOOKED_AHEAD = 5;

/** Remembers when the series come next, so that a sweep with nothing to do need not compute it. */
export async function rememberNext(
  { ledger, project, system }: Session,
  states: readonly SeriesState[],
): Promise<void> {
  const { config } = project;
  const now = system.clock.now();
  const times = states.flatMap(({ occurrences, paidAt }) => occurrences.next(now, LOOKED_AHEAD).map(paidAt));
  const isMovable = [...config.accounts.values()].some(({ hours }) => hours?.outside === 'earlier');
  if (isMovable) times.push(now + MOVABLE_MS);
  const memo = {
    key: scheduleKey(config.digest),
    nextAt: times.length === 0 ? null : Math.min(...times),
    series: states.map(({ config: { name } }) => name),
    templates: [...(await templateFiles(config)).keys()],
  };
  const known = await ledger.rememberedSchedule(memo.key);
  if (JSON.stringify(known) !== JSON.stringify(memo)) await ledger.rememberSchedule(memo);
}
