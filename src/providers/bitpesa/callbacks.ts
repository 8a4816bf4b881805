import type { StatusReport } from '../../domain/status-report.ts';
import { Redactor } from '../kit/redaction.ts';
import { isObject, parseObject, scalarText, type JsonObject } from '../kit/json.ts';
import type { CallbackReader, ParsedCallback, CallbackRequest, CallbackSetup, CallbackPayment } from '../port.ts';
import { readSettings, type Settings } from './settings.ts';
import { isSameText, signatureOf } from './signature.ts';
import { recipientFinding, transactionFinding, type StateReading } from './states.ts';
import { readRecipient, readTransaction } from './wire.ts';

const REFERENCE = /^[0-9A-Z]{20}$/;

/** Any 2xx acknowledges; the body says nothing. */
const REPLY = { ok: true } as const;

type FindPayment = (reference: string) => Promise<CallbackPayment | null>;

/**
 * Reads webhooks. They are signed with our own key and secret over the registered address, so that what passes is BitPesa's word;
 * the state in its object counts, and never the name of the event, which may come late, twice or out of order.
 */
export function callbackReader(setup: CallbackSetup): CallbackReader {
  const settings = readSettings(setup.options);
  const redactor = new Redactor(Object.values(setup.credentials));
  return { read: (request, payment) => read(request, payment, setup, settings, redactor) };
}

async function read(
  request: CallbackRequest,
  payment: FindPayment,
  setup: CallbackSetup,
  settings: Settings,
  redactor: Redactor,
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
  const noted = (reason: string): ParsedCallback => ({ kind: 'unrelated', deduplicationKey, reason, reply: REPLY });
  const reference = scalarText(object['external_id'] ?? object['transaction_external_id']) ?? '';
  const about = /^(transaction|recipient)\./.exec(event ?? '')?.[1];
  if (about === undefined) return noted(`${redactor.text(event ?? 'an event without a name')}: not about a payment`);
  if (!REFERENCE.test(reference)) return noted('about a transaction that is not of payrun');
  const reading: StateReading = {
    payment: await payment(reference),
    settings,
    redactor,
    now: 0,
    sentAt: null,
  };
  const finding = findingIn(object, about === 'recipient', reading);
  if (finding === null) return noted('about a payment, in a form that cannot be read');
  return said(finding, { deduplicationKey: deduplicationKey, reference, reply: REPLY }, noted);
}

function said(
  report: StatusReport,
  about: { readonly deduplicationKey: string; readonly reference: string; readonly reply: typeof REPLY },
  noted: (reason: string) => ParsedCallback,
): ParsedCallback {
  switch (report.kind) {
    case 'paid':
    case 'failed':
    case 'cancelled':
    case 'returned':
      return { kind: 'report', ...about, report };
    case 'pending':
      // To be cancelled at once, by policy: asking leads to it.
      return report.cancelDue === true
        ? { kind: 'unverified', ...about, evidence: report.evidence }
        : { kind: 'report', ...about, report };
    case 'unknown':
      return { kind: 'unverified', ...about, evidence: report.evidence };
    case 'not-found':
      // Created and not funded yet: it may be ours that is just being funded, and is no evidence for anything.
      return noted('a transaction that waits for its funds');
  }
}

function findingIn(object: JsonObject, isRecipient: boolean, reading: StateReading): StatusReport | null {
  if (isRecipient) {
    const recipient = readRecipient(object);
    return recipient === null ? null : recipientFinding(recipient, reading);
  }
  const transaction = readTransaction(object);
  return transaction === null ? null : transactionFinding(transaction, reading);
}

function isAuthentic({ headers, body, segment }: CallbackRequest, nonce: string, setup: CallbackSetup): boolean {
  const { api_key: key = '', api_secret: secret = '' } = setup.credentials;
  // One address is registered, without a segment. A nonce is the key of replays, and has to be one.
  if (segment !== '' || key === '' || secret === '' || !/^[\x21-\x7e]{8,200}$/.test(nonce)) return false;
  const wanted = signatureOf(secret, { nonce, method: 'POST', url: setup.callbackAddress, body });
  const isSigned = isSameText(headers['authorization-signature'] ?? '', wanted);
  return isSameText(headers['authorization-key'] ?? '', key) && isSigned;
}
