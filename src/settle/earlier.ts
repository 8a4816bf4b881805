import type { StatusStore, EarlierPayment } from '../ledger/ledger.ts';
import type { OpenPayment } from '../ledger/records.ts';

/** For so long after a retry, a person who asks for a query gets one about the earlier reference, whatever its schedule says. */
const YOUNG_EARLIER_MS = 7 * 86_400_000;

export interface EarlierScope {
  readonly ledger: Pick<StatusStore, 'earlierReferences'>;
  readonly account: string | null;
  /** Only references that were sent to the place with this key, or of which no place is known; null: to any place. */
  readonly place: string | null;
  readonly batch: string | null;
  /** `due`: only what is due by its own schedule, which becomes ever rarer and never ends. */
  readonly which: 'all' | 'due';
  readonly now: number;
}

/** References before the current one that are to be queried now, so that a payment that was paid twice does not stay invisible. */
export async function earlierToQuery(scope: EarlierScope): Promise<readonly EarlierPayment[]> {
  const { ledger, account, place, batch, which, now } = scope;
  const found = await ledger.earlierReferences({ account, batch, dueBy: which === 'all' ? null : now });
  return found.filter(
    ({ earlier: { dueAt, retiredAt, place: sentTo } }) =>
      (place === null || sentTo === null || sentTo === place) &&
      ((dueAt ?? now) <= now || Math.abs(now - retiredAt) < YOUNG_EARLIER_MS),
  );
}

/** The earlier reference as a payment to query: the current reference's ids and status belong to another request. */
export function asOpenPayment({ payment, earlier }: EarlierPayment): OpenPayment {
  const { reference, generation, sentAt, queries, queriedAt, restsOnPerson } = earlier;
  return {
    payment: {
      ...payment,
      ...{ reference, generation, sentAt, status: 'unknown', place: earlier.place },
      providerReference: earlier.providerReference ?? '',
      requestId: earlier.requestId ?? '',
      receipt: '',
    },
    history: {
      ...{ queries, queriedAt, restsOnPerson, firstSentAt: sentAt },
      ...{ notFoundSince: null, notFoundCount: 0, notFoundUntil: null, needsQuery: false, unverifiedCallbacks: 0 },
    },
  };
}
