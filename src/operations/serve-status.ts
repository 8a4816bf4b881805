import { CallbackMetrics } from '../callbacks/metrics.ts';
import { addressText } from '../callbacks/port-holder.ts';
import { RetriedServer } from '../callbacks/retried-server.ts';
import { statusServer } from '../callbacks/status-server.ts';
import { resolveStatusToken } from '../config/config.ts';
import { PayrunError } from '../domain/problem.ts';
import { OpenCounts } from './open-counts.ts';
import type { Session } from './session/session.ts';

/**
 * Shows metrics at the address of `status:`; null where the configuration has none. An address that another program has is tried
 * again and again, since callbacks are received meanwhile. Throws {@link PayrunError} for one that can never work.
 */
export async function openStatus(
  { project, callbacks, system, watch }: Session,
  onListening: (url: string) => void,
): Promise<{ close(): Promise<void> } | null> {
  const { config } = project;
  if (config.status === null) return null;
  const { host, port, token: source } = config.status;
  const token = await resolveStatusToken(source);
  const openCounts = new OpenCounts(config.ledger);
  const metrics = new CallbackMetrics(
    () => openCounts.read(),
    () => system.clock.now(),
  );
  callbacks.receiver.onCount((account, label) => metrics.count(account, label));
  const server = new RetriedServer({
    setup: statusServer({ token, metrics: () => metrics.text() }),
    address: { host, port },
    clock: system.clock,
    onTakenOver: onListening,
    onTaken: ({ who }) => {
      watch.fail(`Metrics cannot be shown: ${addressText({ host, port })} is taken by ${who}. Change status.listen.`);
    },
  });
  const close = async (): Promise<void> => {
    await server.close();
    await openCounts.close();
  };
  const start = await server.open();
  if (server.url !== null) onListening(server.url);
  if (typeof start === 'string') return { close };
  await close();
  const message = `Metrics cannot be shown at ${addressText({ host, port })} (${start.impossible}). Change status.listen.`;
  throw new PayrunError(2, 'status-unavailable', message);
}
