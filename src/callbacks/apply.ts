import type { Evidence } from '../domain/outcome.ts';
import type { CallbackStore, StatusStore } from '../ledger/ledger.ts';
import type { CallbackResult } from '../ledger/records.ts';
import type {
  CallbackReader,
  ParsedCallback,
  CallbackReply,
  CallbackRequest,
  CallbackPayment,
} from '../providers/port.ts';

export interface CallbackDelivery {
  readonly ledger: CallbackStore & Pick<StatusStore, 'recordReport' | 'byAnyReference'>;
  readonly reader: CallbackReader;
  readonly account: string;
  readonly request: CallbackRequest;
  readonly now: () => number;
  readonly by: string;
}

export interface CallbackEnd {
  readonly kind: 'refused' | 'repeated' | CallbackResult['result'];
  /** What to answer: 200 for what was stored. */
  readonly status: number;
  readonly reply: CallbackReply;
  /** Batch in which something is to be reported anew, or null. */
  readonly batch: string | null;
  /** Set when the finding stops the account. */
  readonly accountStop: Evidence | null;
}

/**
 * One callback from the wire to the ledger: verified, read, stored, and only then acknowledged; what it says is applied at once
 * where it may be believed. Whatever comes after the storing may be cut off by a death: {@link judgeLeft} takes it up again.
 */
export async function takeCallback(delivery: CallbackDelivery): Promise<CallbackEnd> {
  const { ledger, account, request, now } = delivery;
  const reading = await read(delivery, request);
  if (reading.kind === 'refused') {
    return {
      kind: 'refused',
      status: reading.status,
      reply: { error: reading.reason },
      batch: null,
      accountStop: null,
    };
  }
  const { key, isProcessed } = await ledger.storeCallback({
    account,
    deduplicationKey: reading.deduplicationKey,
    segment: request.segment,
    body: Buffer.from(request.body).toString('utf8'),
    reference: reading.kind === 'unrelated' ? null : reading.reference,
    at: now(),
  });
  const acknowledged = { status: 200, reply: reading.reply };
  // A repeat of one that was stored and not judged is that one's chance.
  if (isProcessed) return { kind: 'repeated', ...acknowledged, batch: null, accountStop: null };
  return { ...(await judge(delivery, key, reading)), ...acknowledged };
}

/**
 * Judges callbacks of an account that were stored and acknowledged by a process that died over them. They were verified before
 * they were stored, so that signatures, which are not kept, are not asked for again.
 */
export async function judgeLeft(
  delivery: Omit<CallbackDelivery, 'request' | 'ledger'> & {
    readonly ledger: CallbackDelivery['ledger'];
  },
): Promise<CallbackEnd[]> {
  const ends: CallbackEnd[] = [];
  for (const left of await delivery.ledger.unprocessedCallbacks(delivery.account)) {
    const request = {
      segment: left.segment,
      headers: {},
      body: Buffer.from(left.body, 'utf8'),
      isStored: true,
    } as const;
    const reading = await read(delivery, request);
    ends.push({ ...(await judge(delivery, left.key, reading)), status: 200, reply: null });
  }
  return ends;
}

async function read(
  { reader, ledger, account }: Omit<CallbackDelivery, 'request'>,
  request: CallbackRequest,
): Promise<ParsedCallback> {
  return reader.read(request, async (reference): Promise<CallbackPayment | null> => {
    const payment = await ledger.byAnyReference(reference);
    // Another account's callback says nothing about this one's payments.
    if (payment === null || payment.account !== account) return null;
    if (payment.reference === reference) return payment;
    // The provider's ids are those of a later presentation: a callback about this one must not be held against them.
    return { ...payment, reference, providerReference: '', requestId: '' };
  });
}

async function judge(
  { ledger, account, now, by }: Omit<CallbackDelivery, 'request'>,
  key: number,
  reading: ParsedCallback,
): Promise<Omit<CallbackEnd, 'status' | 'reply'>> {
  const end = async (
    result: CallbackResult['result'],
    reference: string | null,
    more: { readonly batch?: string | null; readonly said?: Evidence; readonly accountStop?: Evidence | null } = {},
  ): Promise<Omit<CallbackEnd, 'status' | 'reply'>> => {
    await ledger.finishCallback({ key, result, reference, evidence: more.said ?? null, at: now(), by });
    return { kind: result, batch: more.batch ?? null, accountStop: more.accountStop ?? null };
  };
  switch (reading.kind) {
    case 'refused':
      // Only of one that was stored: what its reader cannot read any more says nothing.
      return end('unrelated', null);
    case 'unrelated':
      return end('unrelated', null);
    case 'unverified': {
      const payment = await ledger.byAnyReference(reading.reference);
      if (payment === null || payment.account !== account) return end('not-ours', reading.reference);
      return end('unverified', reading.reference, { batch: payment.batch, said: reading.evidence });
    }
    case 'report': {
      const { reference, report } = reading;
      const payment = await ledger.byAnyReference(reference);
      if (payment === null || payment.account !== account) return end('not-ours', reference);
      const result = await ledger.recordReport({ reference, report, source: 'callback', at: now(), by });
      const accountStop = report.kind === 'failed' && report.stopsAccount === true ? report.evidence : null;
      switch (result.kind) {
        case 'moved':
          return end('settled', reference, { batch: result.batch, accountStop });
        case 'kept':
          return end('kept', reference, { batch: result.batch, accountStop });
        case 'contradicted':
          return end('contradicted', reference, { batch: result.batch });
        case 'not-ours':
          return end('not-ours', reference);
      }
    }
  }
}
