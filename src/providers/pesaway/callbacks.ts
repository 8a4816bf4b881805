import { hash } from 'node:crypto';
import { evidence, Redactor } from '../kit/redaction.ts';
import { parseJson } from '../kit/json.ts';
import type { CallbackReader, ParsedCallback, CallbackRequest, CallbackSetup, CallbackPayment } from '../port.ts';
import { wireObject, type WireAnswer } from './envelope.ts';
import { payoutResult } from './result.ts';
import { readSettings, type Settings } from './settings.ts';
import { isSignedBy } from './signature.ts';

/**
 * Reads results that PesaWay posts (fact sheet, section 4). With a `callback_secret` they are signed and believed; without one they
 * prove nothing, and a query has to confirm them, success and failure alike.
 */
export function pesawayCallbacks(setup: CallbackSetup): CallbackReader {
  return new PesawayCallbacks(setup);
}

class PesawayCallbacks implements CallbackReader {
  private readonly settings: Settings;
  private readonly redactor: Redactor;
  private readonly secret: string;

  constructor({ credentials, options }: CallbackSetup) {
    this.settings = readSettings(options);
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
    const called = wireObject(parseJson(new TextDecoder().decode(request.body)));
    const reference = called.field('OriginatorReference');
    if (reference === null) return { kind: 'refused', status: 400, reason: 'Not a payout result of PesaWay.' };
    const deduplicationKey = deduplicationKeyOf(called, request.body);
    const held = await payment(reference);
    if (held === null) {
      // Collections and airtime may report to the same address.
      return {
        kind: 'unrelated',
        deduplicationKey,
        reason: 'PesaWay reports a payment that is not in the ledger.',
        reply: null,
      };
    }
    return this.reading(called, held, deduplicationKey, isSigned);
  }

  private reading(
    called: Omit<WireAnswer, 'status'>,
    held: CallbackPayment,
    deduplicationKey: string,
    isSigned: boolean,
  ): ParsedCallback {
    const { reference, providerReference } = held;
    const { settings, redactor } = this;
    const result = payoutResult(called, { payment: held, providerReference, settings, redactor });
    const isFinal = result.kind === 'paid' || result.kind === 'failed';
    // A code that is no success beside a result contradicts it.
    const isClear = called.code === '' || called.code === '200.001' || result.kind === 'failed';
    if (!isSigned || !isFinal || !isClear) {
      const { code, reason } = result.evidence;
      // The id of an unproven callback may be anybody's invention: it does not come into the ledger.
      const unverified = evidence(code, `${reason.replace(/\.$/, '')}; a query has to confirm it.`);
      return { kind: 'unverified', deduplicationKey, reference, evidence: unverified, reply: null };
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

/** Repeats carry no id of their own: what says the same of the same transaction is the same. */
function deduplicationKeyOf(called: Pick<WireAnswer, 'field'>, body: Uint8Array): string {
  const part = (name: string, max: number): string => (called.field(name) ?? '').replace(/[^!-~]/g, '').slice(0, max);
  return `${part('TransactionID', 40)}:${part('ResultCode', 10)}:${hash('sha256', body, 'hex').slice(0, 32)}`;
}
