import { shellWord } from '../../domain/shell-word.ts';
import type { Session } from '../session/session.ts';

/** Says which dates of the series have come and are not paid yet: only the sweep of the drop folder pays them. */
export async function remindOfDue({ project, ledger, system, watch }: Session): Promise<void> {
  const { config } = project;
  if (config.series.size === 0) return;
  // Loaded here: a configuration without series needs no reader of expressions.
  const { seriesStates } = await import('./state.ts');
  for (const { config: series, due } of await seriesStates(project, ledger, system.clock.now())) {
    if (due === null) continue;
    const folder = shellWord(config.batches);
    watch.note(
      `Series ${series.name}: ${due.date} has come and is not paid yet. The sweep of the drop folder pays it: payrun run ${folder}`,
    );
  }
}
