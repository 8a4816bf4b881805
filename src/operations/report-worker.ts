/** The thread of {@link ServedReports}: writes the reports of a batch under the configuration at `workerData`. */
import { parentPort, workerData } from 'node:worker_threads';
import { openLedger } from '../ledger/open.ts';
import { writeReport } from './batch-report.ts';
import type { ReportAnswer } from './served-reports.ts';
import { checkBatchReport } from './session/past.ts';
import { openProject, type Project } from './session/project.ts';
import { machine } from './session/system.ts';

/** A report that could not be noted as written is written once more, which does no harm. */
const NOTE_WITHIN_MS = 2_000;

let projectOpening: Promise<Project> | null = null;

parentPort?.on('message', (batch: string) => {
  const send = (answer: ReportAnswer): void => parentPort?.postMessage(answer);
  void writeBatch(batch).then(
    () => send({ failure: null }),
    (error: unknown) => send({ failure: error instanceof Error ? error.message : String(error) }),
  );
});

async function writeBatch(batch: string): Promise<void> {
  projectOpening ??= openProject({ file: String(workerData), from: process.cwd() });
  const project = await projectOpening;
  // Opened for each report: between two of them the file may have been replaced.
  const ledger = await openLedger({
    ...{ url: project.config.ledger, create: false, stateFolder: project.config.state },
    lockWaitMs: NOTE_WITHIN_MS,
  });
  try {
    const record = await ledger.batch(batch);
    await checkBatchReport(project.config, ledger, batch);
    if (record !== null) await writeReport({ project, ledger, system: machine() }, record);
  } finally {
    await ledger.close();
  }
}
