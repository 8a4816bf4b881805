import type { BatchTotal } from '../domain/batch.ts';
import { isSimulated } from '../domain/place.ts';
import { PayrunError } from '../domain/problem.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { BatchRecord, LedgerPayment } from '../ledger/records.ts';
import type { EndpointKind, SentPayments } from '../plan/input.ts';
import { keptFromSimulator, keptProblems, simulatedProblems } from '../plan/sent-to.ts';
import type { Project } from './session/project.ts';
import type { Session } from './session/session.ts';

/** Whether the payments of a batch went to the built-in simulator or to a provider, account by account. */
export async function sentTo(ledger: Pick<Ledger, 'places' | 'sentPlaces'>, batch: string): Promise<SentPayments[]> {
  const places = await ledger.places();
  return (await ledger.sentPlaces(batch)).map(({ account, place, count }) => {
    const sent = places.get(place);
    return { account, isSimulated: sent !== undefined && isSimulated(sent), count };
  });
}

/** What each configured account sends to now. */
export function endpointKinds({ config }: Project): ReadonlyMap<string, EndpointKind> {
  const kinds = [...config.accounts.values()].map(
    ({ name, endpoint }) => [name, endpoint === 'simulator' ? 'simulator' : 'provider'] as const,
  );
  return new Map(kinds);
}

/** Whether the built-in simulator pays from all of these accounts. */
export function isSimulation(project: Project, accounts: Iterable<string>): boolean {
  const kinds = endpointKinds(project);
  return [...accounts].every((account) => kinds.get(account) === 'simulator');
}

/** Says of a payment whether the built-in simulator got it; where no place is recorded, the account's endpoint of now counts. */
export async function simulatedPayments({
  project,
  ledger,
}: Pick<Session, 'project' | 'ledger'>): Promise<(payment: LedgerPayment) => boolean> {
  const [places, kinds] = [await ledger.places(), endpointKinds(project)];
  return ({ account, place }) => {
    const sent = places.get(place ?? '');
    return sent === undefined ? kinds.get(account) === 'simulator' : isSimulated(sent);
  };
}

/** How many payments of a batch were sent to the built-in simulator: no money moved for them. */
export async function simulatedCount(ledger: Pick<Ledger, 'places' | 'sentPlaces'>, batch: string): Promise<number> {
  // Where nothing was ever simulated, the payments of the batch need not be counted.
  if (![...(await ledger.places()).values()].some(isSimulated)) return 0;
  const simulated = (await sentTo(ledger, batch)).filter((sent) => sent.isSimulated);
  return simulated.reduce((sum, { count }) => sum + count, 0);
}

/**
 * Throws {@link PayrunError} 3 where a retry from these accounts would send live what only the simulator paid, or send to the
 * simulator what was sent live.
 */
export async function checkRetryPlaces(
  { project, ledger }: Pick<Session, 'project' | 'ledger'>,
  record: BatchRecord,
  retried: readonly BatchTotal[],
): Promise<void> {
  const batch = record.header.id;
  const registered = { digest: record.digest, tallies: await ledger.tallies(batch) };
  const [sent, endpoints] = [await sentTo(ledger, batch), endpointKinds(project)];
  const input = { summary: record, registered, sentTo: sent, endpoints };
  const accounts = keptFromSimulator(input);
  const kept = retried.filter(({ account }) => accounts.has(account));
  const [problem] = [...simulatedProblems(input), ...(kept.length > 0 ? keptProblems(input, []) : [])];
  if (problem !== undefined) throw new PayrunError(3, problem.code, `${problem.message} Nothing was retried.`);
}
