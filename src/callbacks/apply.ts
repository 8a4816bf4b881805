import type { Evidence } from '../domain/outcome.ts';
import { isLedgerError } from '../ledger/errors.ts';
import type { CallbackStore, StatusStore } from '../ledger/ledger.ts';
import type { CallbackResult, LedgerPayment } from '../ledger/records.ts';
import type {
  CallbackPayment,
  CallbackReader,
  CallbackReply,
  CallbackRequest,
  ParsedCallback,
} from '../providers/port.ts';
import type { CallbackStorage } from './storage.ts';

/** What is needed to apply the callbacks of one account. */
export interface CallbackContext {
  readonly ledger: CallbackStore & Pick<StatusStore, 'byAnyReference' | 'earlierReferences'>;
  /** Where callbacks are made durable before they are acknowledged. */
  readonly storage: Pick<CallbackStorage, 'store'>;
  readonly reader: CallbackReader;
  readonly account: string;
  /** Key of the place that the account sends to: payments that went there are its own, also those of before it was renamed. */
  readonly place?: string;
  /** Wall clock, Unix milliseconds. */
  readonly now: () => number;
  /** Who is named in the ledger's entries. */
  readonly by: string;
}

/** What one callback led to. */
export interface ProcessedCallback {
  readonly result: 'refused' | 'repeated' | 'spooled' | CallbackResult['result'];
  /** Batch whose reports are out of date now; null when nothing of any batch changed. */
  readonly batch: string | null;
  /** Set when the reported failure would meet every next payment of the account too. */
  readonly accountStop: Evidence | null;
}

/** HTTP answer to a delivery; a reply of null is an empty body. */
export interface CallbackResponse {
  readonly status: number;
  readonly reply: CallbackReply;
}

/** A callback that is durable, or refused. */
export interface ReceivedDelivery {
  /** What the sender is answered. Its status is 200 only for a callback that is durable. */
  readonly response: CallbackResponse;
  /** Whether the callback is in the ledger and still to be applied. */
  readonly isToApply: boolean;
  /** Reference of the payment that it is about; null for none. */
  readonly reference: string | null;
  /** Applies what was stored. A process that dies before leaves an unprocessed callback for {@link processStoredCallbacks}. */
  readonly process: () => Promise<ProcessedCallback>;
}

/** Takes one callback from the wire into the ledger, or into the spool while the ledger is away: verify and parse, store durably. */
export async function receiveCallback(context: CallbackContext, request: CallbackRequest): Promise<ReceivedDelivery> {
  const { storage, account, now } = context;
  const read = await readStoredOrNew(context, request);
  const { parsed } = read;
  if (parsed.kind === 'refused') {
    const response = { status: parsed.status, reply: { error: parsed.reason } };
    return {
      response,
      isToApply: false,
      reference: null,
      process: () => Promise.resolve({ result: 'refused', ...NOTHING_CHANGED }),
    };
  }
  const reference = parsed.kind === 'unrelated' ? null : parsed.reference;
  const stored = await storage.store({
    account,
    deduplicationKey: parsed.deduplicationKey,
    segment: request.segment,
    body: Buffer.from(request.body).toString('utf8'),
    reference,
    at: now(),
  });
  const response = { status: 200, reply: parsed.reply };
  const process = (): Promise<ProcessedCallback> => {
    if (stored.kind === 'spool') return Promise.resolve({ result: 'spooled', ...NOTHING_CHANGED });
    // A repeat of a callback that was stored but not processed is processed now.
    if (stored.isProcessed) return Promise.resolve({ result: 'repeated', ...NOTHING_CHANGED });
    return apply(context, stored.key, read);
  };
  return { response, isToApply: stored.kind === 'ledger' && !stored.isProcessed, reference, process };
}

/**
 * Applies the callbacks of an account that were stored and acknowledged by a process that died before it applied them. Signatures
 * were verified before the store and are not kept, so the reader does not verify them again.
 */
export async function processStoredCallbacks(context: CallbackContext): Promise<ProcessedCallback[]> {
  const processed: ProcessedCallback[] = [];
  for (const stored of await context.ledger.unprocessedCallbacks(context.account)) {
    const body = Buffer.from(stored.body, 'utf8');
    const read = await readStoredOrNew(context, { segment: stored.segment, headers: {}, body, isStored: true });
    processed.push(await apply(context, stored.key, read));
  }
  return processed;
}

/** A callback as its reader understood it. */
interface ReadCallback {
  readonly parsed: ParsedCallback;
  /** Batches of the account's payments that were looked up meanwhile, by reference: neither ever changes. */
  readonly batches: Map<string, string>;
}

/** While the ledger cannot be read, a callback is verified without its payment; it is read again when it is applied. */
async function readStoredOrNew(context: CallbackContext, request: CallbackRequest): Promise<ReadCallback> {
  const batches = new Map<string, string>();
  try {
    const parsed = await context.reader.read(request, (reference) => paymentOf(context, reference, batches));
    return { parsed, batches };
  } catch (error) {
    if (!isLedgerError(error) || request.isStored === true) throw error;
    return { parsed: await context.reader.read(request, () => Promise.resolve(null)), batches };
  }
}

async function paymentOf(
  context: CallbackContext,
  reference: string,
  batches: ReadCallback['batches'],
): Promise<CallbackPayment | null> {
  const payment = await context.ledger.byAnyReference(reference);
  // A callback of one payer must not be compared with a payment of another one.
  if (payment === null || !(await isOwn(context, payment, reference))) return null;
  batches.set(reference, payment.batch);
  if (payment.reference === reference) return payment;
  // The reference is of an earlier generation: the provider's ids belong to a later one and must not be compared.
  return { ...payment, reference, providerReference: '', requestId: '' };
}

/** An account may have another name than it had when it sent the payment: the place decides. */
async function isOwn(
  { ledger, account, place }: CallbackContext,
  payment: LedgerPayment,
  reference: string,
): Promise<boolean> {
  if (payment.account === account) return true;
  if (place === undefined) return false;
  if (payment.reference === reference) return payment.place === place;
  const earlier = await ledger.earlierReferences({ account: payment.account, batch: payment.batch, dueBy: null });
  return earlier.some((one) => one.earlier.reference === reference && one.earlier.place === place);
}

/** Applies a stored callback and marks it as processed, so that no other process applies it again. */
async function apply(context: CallbackContext, key: number, read: ReadCallback): Promise<ProcessedCallback> {
  const { parsed } = read;
  switch (parsed.kind) {
    case 'refused':
      // Only a stored callback gets here: a callback that the reader can no longer parse changes no payment.
      return finish(context, { key, result: 'unrelated', reference: null, evidence: null });
    case 'unrelated': {
      const { accountStop = null } = parsed;
      const end = { key, result: 'unrelated', reference: null, evidence: null, accountStop } as const;
      return finish(context, end, { batch: null, accountStop });
    }
    case 'unverified':
      return applyUnverified(context, { key, batch: await batchOf(context, parsed.reference, read) }, parsed);
    case 'report':
      return applyReport(context, { key, batch: await batchOf(context, parsed.reference, read) }, parsed);
  }
}

/** A stored callback, and the batch of the account's payment that it names; null where it names none. */
interface KeyedCallback {
  readonly key: number;
  readonly batch: string | null;
}

async function batchOf(context: CallbackContext, reference: string, { batches }: ReadCallback): Promise<string | null> {
  if (!batches.has(reference)) await paymentOf(context, reference, batches);
  return batches.get(reference) ?? null;
}

/** An unverified callback moves no payment; storing its result makes the payment due for a query. */
async function applyUnverified(
  context: CallbackContext,
  { key, batch }: KeyedCallback,
  { reference, evidence, reportsFailure, accountStop: stop }: Extract<ParsedCallback, { kind: 'unverified' }>,
): Promise<ProcessedCallback> {
  if (batch === null) return finish(context, { key, result: 'not-ours', reference, evidence: null });
  const accountStop = stop ?? null;
  const failure = reportsFailure === true ? { reportsFailure } : {};
  const end = { key, result: 'unverified', reference, evidence, ...failure, accountStop } as const;
  return finish(context, end, { batch, accountStop });
}

async function applyReport(
  context: CallbackContext,
  { key, batch }: KeyedCallback,
  { reference, report }: Extract<ParsedCallback, { kind: 'report' }>,
): Promise<ProcessedCallback> {
  const { ledger, now, by } = context;
  if (batch === null) return finish(context, { key, result: 'not-ours', reference, evidence: null });
  const recorded = await ledger.applyCallback({ key, reference, report, at: now(), by });
  if (recorded === null) return { result: 'repeated', ...NOTHING_CHANGED };
  const result = recorded.kind === 'moved' ? 'settled' : recorded.kind;
  if (recorded.kind === 'not-ours') return { result, ...NOTHING_CHANGED };
  // A report that contradicts the ledger must not stop the account either: the ledger keeps the first final status.
  const isStop = report.kind === 'failed' && report.stopsAccount === true && recorded.kind !== 'contradicted';
  return { result, batch: recorded.batch, accountStop: isStop ? report.evidence : null };
}

const NOTHING_CHANGED: Omit<ProcessedCallback, 'result'> = { batch: null, accountStop: null };

async function finish(
  { ledger, now, by }: CallbackContext,
  end: Omit<CallbackResult, 'at' | 'by'>,
  effect = NOTHING_CHANGED,
): Promise<ProcessedCallback> {
  await ledger.finishCallback({ ...end, at: now(), by });
  return { result: end.result, ...effect };
}
