import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { parseJson } from '../kit/json.ts';
import { evidence, withoutStop } from '../kit/outcomes.ts';
import { Redactor } from '../kit/redaction.ts';
import type { CallbackReader, ParsedCallback, CallbackRequest, CallbackSetup, CallbackPayment } from '../port.ts';
import { pesawayPayoutResult } from './result.ts';
import { readPesawaySettings, type PesawaySettings } from './settings.ts';
import { wireObject, type PesawayWireAnswer } from './wire.ts';

/**
 * Reads results that PesaWay posts: docs/providers/pesaway.md, section 4. With a `callback_secret` they are signed and count; without
 * one they prove nothing, and a query has to confirm success and failure alike.
 */
export function pesawayCallbacks(setup: CallbackSetup): CallbackReader {
  return new PesawayCallbacks(setup);
}

class PesawayCallbacks implements CallbackReader {
  private readonly settings: PesawaySettings;
  private readonly redactor: Redactor;
  private readonly secret: string;

  constructor({ credentials, options }: CallbackSetup) {
    this.settings = readPesawaySettings(options);
    this.redactor = new Redactor(Object.values(credentials));
    this.secret = credentials['callback_secret'] ?? '';
  }

  async read(
    request: CallbackRequest,
    payment: (reference: string) => Promise<CallbackPayment | null>,
  ): Promise<ParsedCallback> {
    const isSigned = this.secret !== '';
    if (isSigned && request.isStored !== true && !isSignedBy(this.secret, request.body, request.headers['signature'])) {
      return { kind: 'refused', status: 401, reason: 'The signature is missing or wrong.' };
    }
    const callback = wireObject(parseJson(new TextDecoder().decode(request.body)));
    const reference = callback.field('OriginatorReference');
    if (reference === null) return { kind: 'refused', status: 400, reason: 'Not a payout result of PesaWay.' };
    const deduplicationKey = deduplicationKeyOf(callback, request.body);
    const known = await payment(reference);
    if (known === null) {
      // Collections and airtime may report to the same address.
      return {
        kind: 'unrelated',
        deduplicationKey,
        reason: 'PesaWay reports a payment that is not in the ledger.',
        reply: null,
      };
    }
    return this.parsed(callback, known, deduplicationKey, isSigned);
  }

  private parsed(
    callback: Omit<PesawayWireAnswer, 'status'>,
    known: CallbackPayment,
    deduplicationKey: string,
    isSigned: boolean,
  ): ParsedCallback {
    const { reference, providerReference } = known;
    const { settings, redactor } = this;
    const result = pesawayPayoutResult(callback, { payment: known, providerReference, settings, redactor });
    const isFinal = result.kind === 'paid' || result.kind === 'failed';
    // A code that is no success beside a result contradicts it.
    const isClear = callback.code === '' || callback.code === '200.001' || result.kind === 'failed';
    if (!isSigned || !isFinal || !isClear) {
      const { code, reason } = result.evidence;
      // An id from an unsigned callback may be invented: it is not recorded.
      const unverified = evidence(code, `${withoutStop(reason)}; a query has to confirm it.`);
      const failure = result.kind === 'failed' ? ({ reportsFailure: true } as const) : {};
      return { kind: 'unverified', deduplicationKey, reference, evidence: unverified, ...failure, reply: null };
    }
    const report =
      result.kind === 'paid'
        ? { kind: result.kind, evidence: result.evidence }
        : {
            kind: result.kind,
            evidence: result.evidence,
            ...(result.stopsAccount ? ({ stopsAccount: true } as const) : {}),
          };
    return { kind: 'report', deduplicationKey, reference, report, reply: null };
  }
}

/** Repeats carry no id of their own: the same text about the same transaction is the same callback. */
function deduplicationKeyOf(callback: Pick<PesawayWireAnswer, 'field'>, body: Uint8Array): string {
  const part = (name: string, max: number): string => (callback.field(name) ?? '').replace(/[^!-~]/g, '').slice(0, max);
  return `${part('TransactionID', 40)}:${part('ResultCode', 10)}:${hash('sha256', body, 'hex').slice(0, 32)}`;
}

/** Whether `Signature` is base64 of HMAC-SHA256 over the exact bytes of the body, compared in constant time. */
export function isSignedBy(secret: string, body: Uint8Array, signature: string | undefined): boolean {
  const expected = Buffer.from(createHmac('sha256', secret).update(body).digest('base64'));
  const given = Buffer.from(signature?.trim() ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
