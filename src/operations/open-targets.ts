import { isSimulated, placeKey, placeText, type Place } from '../domain/place.ts';
import type { BatchRecord } from '../ledger/records.ts';
import { AccountPlaces } from './session/place.ts';
import type { Project } from './session/project.ts';
import { earlierToQuery } from '../settle/earlier.ts';
import type { Session } from './session/session.ts';

/** Open payments of one account that were sent to one place. */
export interface OpenTarget {
  /** Whose payments they are. */
  readonly account: string;
  /** Key of the place; null where an earlier payrun sent them and no place is known. */
  readonly place: string | null;
  /** The account through which they are queried: it sends to that place now. Null: none does. */
  readonly through: string | null;
  readonly count: number;
  readonly records: readonly BatchRecord[];
}

/**
 * Which account is to be asked about the open payments of these batches, and about earlier references that are due, by whose they are
 * and where they were sent to.
 */
export async function openTargets(
  session: Session,
  records: readonly BatchRecord[],
  which: 'all' | 'due',
): Promise<readonly OpenTarget[]> {
  const { ledger, places, project } = session;
  const current = await places.all();
  // A callback that no process has finished can open a payment that is closed now.
  const unprocessed = new Set(await ledger.accountsWithUnprocessed());
  const targets = new Map<string, OpenTarget>();
  for (const record of records) {
    for (const { account, place, count } of await placesInBatch(session, record, { which, unprocessed })) {
      const key = JSON.stringify([account, place]);
      const known = targets.get(key) ?? {
        ...{ account, place, count: 0, records: [] },
        through: throughOf(account, place, current, project.config.accounts),
      };
      const isListed = known.records.includes(record);
      targets.set(key, {
        ...known,
        count: known.count + count,
        records: isListed ? known.records : [...known.records, record],
      });
    }
  }
  return [...targets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target);
}

type PlacedCount = Pick<OpenTarget, 'account' | 'place' | 'count'>;

/** Open payments, earlier references with a count of 0, and accounts with a stored callback that may open a payment. */
async function placesInBatch(
  { ledger, system }: Session,
  record: BatchRecord,
  { which, unprocessed }: { readonly which: 'all' | 'due'; readonly unprocessed: ReadonlySet<string> },
): Promise<readonly PlacedCount[]> {
  const batch = record.header.id;
  const open = await ledger.openPlaces(batch);
  const scope = { ledger, account: null, place: null, batch, which, now: system.clock.now() };
  const earlier = (await earlierToQuery(scope)).map(({ earlier: { account, place } }) => ({
    account,
    place,
    count: 0,
  }));
  const names = new Set(record.totals.map(({ account }) => account));
  const called = [...names].filter((name) => unprocessed.has(name) && !open.some(({ account }) => account === name));
  return [...open, ...earlier, ...called.map((account) => ({ account, place: null, count: 0 }))];
}

/**
 * An account is asked about what was sent to its place, whatever its name. One whose place cannot be told, since a secret is missing,
 * is not known to have moved: opening it says what is missing.
 */
function throughOf(
  account: string,
  place: string | null,
  current: ReadonlyMap<string, Place>,
  configured: ReadonlyMap<string, unknown>,
): string | null {
  const own = current.get(account);
  if (place === null || (own !== undefined && placeKey(own) === place)) return account;
  for (const [name, now] of [...current].sort(([a], [b]) => (a < b ? -1 : 1))) if (placeKey(now) === place) return name;
  return own === undefined && configured.has(account) ? account : null;
}

/** The configured account that sends to the place of a payment now, and can be asked about it; null: none does. */
export async function accountAtPlace(
  { project, places }: Session,
  { account, place }: { readonly account: string; readonly place: string | null },
): Promise<string | null> {
  return throughOf(account, place, await places.all(), project.config.accounts);
}

/** Says of a payment of an account, by where it was sent to, whether no configured account sends there any more. */
export async function movedAway(project: Project): Promise<(account: string, place: Place) => boolean> {
  const current = await new AccountPlaces(project).all();
  return (account, place) => throughOf(account, placeKey(place), current, project.config.accounts) === null;
}

/** What a person reads about payments that were sent to a place which no configured account sends to. */
export function movedText(account: string, place: Place): string {
  if (isSimulated(place)) {
    return (
      `Sent only to the built-in simulator, from account ${account}: no money moved, no provider is asked about it, and it is never ` +
      `sent live. To pay it, put it into a batch with an id that was never used. To go on with the rehearsal, give account ${account} ` +
      '`endpoint: simulator` back.'
    );
  }
  return (
    `Sent from account ${account} to ${placeText(place)}, to which no account of the configuration sends now: not asked about and ` +
    `not sent again. Put those settings back, under this or any other account name, and run: payrun settle. Or give the ` +
    `provider's statement to payrun reconcile, or decide with payrun resolve.`
  );
}
