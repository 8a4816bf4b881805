import { stat } from 'node:fs/promises';
import { isPayrunError } from '../../domain/problem.ts';
import { batchState } from '../batch-report.ts';
import { unsent } from '../batch-result.ts';
import { statusExit } from '../exit-code.ts';
import { occurrenceOfFile } from '../session/occurrence-files.ts';
import type { Session } from '../session/session.ts';
import { rememberNext } from './next-due.ts';
import { payOccurrence, type SeriesWork } from './pay-occurrence.ts';
import { beginSeries, nameMissed } from './record.ts';
import { seriesStates, type SeriesState } from './state.ts';
import { requireTrustedClock } from './trusted-clock.ts';

/**
 * Pays what is due of every series, and goes on with what was begun. To be called after the files of the sweep: a file that a person
 * has dropped for a date stands in the place of the date's own batch. True where there was anything to do.
 */
export async function sweepSeries(session: Session, sweep: SeriesWork): Promise<boolean> {
  const { project, ledger, system, clocks } = session;
  // A clock behind the ledger has no say about which dates have come.
  await clocks.compareWithLedger();
  const states = await seriesStates(project, ledger, system.clock.now());
  let isBusy = false;
  for (const state of states) {
    if (session.signal.aborted) return true;
    if (await goOn(session, state, sweep)) isBusy = true;
    if (await payDue(session, state, sweep)) isBusy = true;
  }
  if (!isBusy && clocks.isTrusted) await rememberNext(session, states);
  return isBusy;
}

/** Goes on with the batches of a series of which something is not paid. True where there is one. */
async function goOn(session: Session, { config, history }: SeriesState, sweep: SeriesWork): Promise<boolean> {
  const unpaid = await session.ledger.unpaidBatches();
  let isAny = false;
  for (const record of history.batches) {
    const { id, file } = record.header;
    const isFired = occurrenceOfFile(session.project.config, file)?.series === config.name;
    const isOpen = [...(unpaid.get(id) ?? [])].some((status) => statusExit(status) !== 0);
    if (!isFired || !isOpen || session.signal.aborted) continue;
    isAny = true;
    if ((await stat(file).catch(() => null)) !== null) await sweep.keep(await sweep.work(file, {}));
    else {
      const note = `${file} is gone, from which batch ${id} is paid. What is planned of it stays planned until the file is back.`;
      await sweep.keep({ ...(await batchState(session, record, 'none')), notes: [note], stops: [note] });
    }
  }
  return isAny;
}

/** Pays the newest date that has come, once, and names the older ones. True where there was anything to do. */
async function payDue(session: Session, state: SeriesState, sweep: SeriesWork): Promise<boolean> {
  const { config, isNew, due, missed } = state;
  if (!isNew && due === null && missed.length === 0) return false;
  try {
    requireTrustedClock(session, { isFired: true });
    if (isNew) await beginSeries(session, state);
    const isRegistered = due === null || (await payOccurrence(session, state, due, sweep));
    // Whether the older ones were missed is known once the newest is registered: until then the clock may be wrong.
    if (isRegistered && missed.length > 0) await sweep.keep(await nameMissed(session, state));
  } catch (error) {
    if (!isPayrunError(error)) throw error;
    await sweep.keep({ ...unsent({ file: config.source.path }), refused: error.exit === 3, error });
  }
  return true;
}
