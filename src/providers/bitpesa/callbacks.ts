import type { StatusReport } from '../../domain/status-report.ts';
import { isObject, parseObject, scalarText, type JsonObject } from '../kit/json.ts';
import { Redactor } from '../kit/redaction.ts';
import type { CallbackPayment, CallbackReader, CallbackRequest, CallbackSetup, ParsedCallback } from '../port.ts';
import type { BitpesaAccount } from './client.ts';
import { readBitpesaSettings, type BitpesaSettings } from './settings.ts';
import { isSameText, signatureOf } from './signature.ts';
import { recipientReport, bitpesaTransactionReport, type StateContext } from './states.ts';
import { hasNextPage, readRecipient, readTransaction } from './wire.ts';

const REFERENCE = /^[0-9A-Z]{20}$/;

/** Any 2xx acknowledges; the body says nothing. */
const REPLY = { ok: true } as const;

interface ReaderContext {
  readonly setup: CallbackSetup;
  readonly settings: BitpesaSettings;
  readonly redactor: Redactor;
}

type FindPayment = (reference: string) => Promise<CallbackPayment | null>;

/**
 * Reads webhooks. They are signed with our own key and secret over the registered address, so that only BitPesa can send them.
 * The state in the object counts, and never the name of the event, which may come late, twice or out of order.
 */
export function bitpesaCallbacks(setup: CallbackSetup): CallbackReader {
  const settings = readBitpesaSettings(setup.options);
  const redactor = new Redactor(Object.values(setup.credentials));
  return { read: (request, payment) => readWebhook(request, payment, { setup, settings, redactor }) };
}

async function readWebhook(
  request: CallbackRequest,
  payment: FindPayment,
  { setup, settings, redactor }: ReaderContext,
): Promise<ParsedCallback> {
  const nonce = request.headers['authorization-nonce'] ?? '';
  if (request.isStored !== true && !isAuthentic(request, nonce, setup)) {
    return { kind: 'refused', status: 401, reason: 'The signature is not that of BitPesa for this address.' };
  }
  const body = parseObject(Buffer.from(request.body).toString('utf8'));
  const object = body?.['object'];
  const event = scalarText(body?.['event']);
  if (body === null || !isObject(object)) {
    return { kind: 'refused', status: 400, reason: 'The callback is no JSON object with an object inside.' };
  }
  const deduplicationKey = nonce === '' ? `stored-${scalarText(body['webhook']) ?? ''}` : nonce;
  const unrelated = (reason: string): ParsedCallback => ({ kind: 'unrelated', deduplicationKey, reason, reply: REPLY });
  const reference = scalarText(object['external_id'] ?? object['transaction_external_id']) ?? '';
  const about = /^(transaction|recipient)\./.exec(event ?? '')?.[1];
  if (about === undefined)
    return unrelated(`${redactor.text(event ?? 'an event without a name')}: not about a payment`);
  if (!REFERENCE.test(reference)) return unrelated('about a transaction that is not of payrun');
  const context: StateContext = {
    payment: await payment(reference),
    settings,
    redactor,
    now: 0,
    sentAt: null,
  };
  const report = reportIn(object, about === 'recipient', context);
  if (report === null) return unrelated('about a payment, in a form that cannot be read');
  return parsedCallback(report, { deduplicationKey, reference, reply: REPLY }, unrelated);
}

function parsedCallback(
  report: StatusReport,
  about: { readonly deduplicationKey: string; readonly reference: string; readonly reply: typeof REPLY },
  unrelated: (reason: string) => ParsedCallback,
): ParsedCallback {
  switch (report.kind) {
    case 'paid':
    case 'failed':
    case 'cancelled':
    case 'returned':
      return { kind: 'report', ...about, report };
    case 'pending':
      // The account's policy says to cancel now: unverified, so that a query follows and with it the cancellation.
      return report.cancelDue === true
        ? { kind: 'unverified', ...about, evidence: report.evidence }
        : { kind: 'report', ...about, report };
    case 'unknown':
      return { kind: 'unverified', ...about, evidence: report.evidence };
    case 'not-found':
      // Unfunded: payrun may be funding the transaction at this moment, so that the callback proves nothing.
      return unrelated('a transaction that waits for its funds');
  }
}

function reportIn(object: JsonObject, isRecipient: boolean, context: StateContext): StatusReport | null {
  if (isRecipient) {
    const recipient = readRecipient(object);
    return recipient === null ? null : recipientReport(recipient, context);
  }
  const transaction = readTransaction(object);
  return transaction === null ? null : bitpesaTransactionReport(transaction, context);
}

function isAuthentic({ headers, body, segment }: CallbackRequest, nonce: string, setup: CallbackSetup): boolean {
  const { api_key: key = '', api_secret: secret = '' } = setup.credentials;
  // One address is registered, without a segment. The nonce is the deduplication key.
  if (segment !== '' || key === '' || secret === '' || !/^[\x21-\x7e]{8,200}$/.test(nonce)) return false;
  const wanted = signatureOf(secret, { nonce, method: 'POST', url: setup.callbackAddress, body });
  const isSigned = isSameText(headers['authorization-signature'] ?? '', wanted);
  return isSameText(headers['authorization-key'] ?? '', key) && isSigned;
}

/** Events that payrun registers for; the first three are the least that BitPesa's review asks for. */
const WEBHOOK_EVENTS: readonly string[] = [
  'transaction.paid_out',
  'transaction.refunded',
  'recipient.error',
  'transaction.canceled',
  'transaction.mispaid',
  'transaction.exception',
  'sender.approved',
  'sender.rejected',
];

const PAGES_MAX = 20;

/** Registers our address at BitPesa. Without webhooks payments are settled by queries, so that a failure here stops nothing. */
export class WebhookRegistration {
  private readonly bitpesa: BitpesaAccount;
  private readonly address: string | null;
  private isDone = false;
  private attempt: Promise<void> | null = null;

  /** @param address null where there is none, or where registering is not wanted. */
  constructor(bitpesa: BitpesaAccount, address: string | null) {
    this.bitpesa = bitpesa;
    this.address = address;
  }

  /** Registers the webhooks once for each opened account, and not again after a failure: payments come first. */
  async prepare(): Promise<void> {
    if (this.isDone || this.address === null) return;
    const { address } = this;
    this.attempt ??= this.register(address).finally(() => {
      this.isDone = true;
      this.attempt = null;
    });
    await this.attempt;
  }

  private async register(address: string): Promise<void> {
    if ((await this.isRegistered(address)) !== false) return;
    const events = await this.validEvents();
    await this.send('POST', '/v1/webhooks', JSON.stringify({ webhook: { url: address, events, metadata: {} } }));
  }

  /** Null where BitPesa does not say: then another registration might double the first. */
  private async isRegistered(address: string): Promise<boolean | null> {
    for (let page = 1; page <= PAGES_MAX; page++) {
      const body = await this.send('GET', page === 1 ? '/v1/webhooks' : `/v1/webhooks?page=${page}`);
      const list = body?.['object'];
      if (!Array.isArray(list)) return null;
      if (list.filter(isObject).some((webhook) => webhook['url'] === address)) return true;
      if (list.length === 0 || !hasNextPage(body)) return false;
    }
    return null;
  }

  /** Our events without those that BitPesa does not know, which would refuse the whole registration. */
  private async validEvents(): Promise<readonly string[]> {
    const list = (await this.send('GET', '/v1/webhooks/events'))?.['object'];
    const items: readonly unknown[] = Array.isArray(list) ? list : [];
    const names = items.map((item) => scalarText(isObject(item) ? (item['name'] ?? item['event']) : item));
    const known = WEBHOOK_EVENTS.filter((event) => names.includes(event));
    return known.length === 0 ? WEBHOOK_EVENTS.slice(0, 3) : known;
  }

  private async send(method: 'GET' | 'POST', path: string, body?: string): Promise<JsonObject | null> {
    const { client, settings } = this.bitpesa;
    const timeoutMs = settings.requestTimeoutMs;
    const answer = await client.send({ method, path, timeoutMs, ...(body === undefined ? {} : { body }) });
    if (answer.kind !== 'answer' || answer.status >= 300) return null;
    return parseObject(answer.body);
  }
}
