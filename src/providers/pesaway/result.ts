import type { Evidence } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { decimalMinor } from '../kit/json.ts';
import { evidence } from '../kit/outcomes.ts';
import type { Redactor } from '../kit/redaction.ts';
import type { PesawaySettings } from './settings.ts';
import type { PesawayWireAnswer } from './wire.ts';

/** What an answer to a query or a callback says about one payment; whether that counts is decided by its reader. */
export type PesawayPayoutResult =
  | { readonly kind: 'paid'; readonly evidence: Evidence }
  | { readonly kind: 'failed'; readonly evidence: Evidence; readonly stopsAccount: boolean }
  | { readonly kind: 'processing'; readonly evidence: Evidence }
  /** Names another payment, or holds no result that can be read. */
  | { readonly kind: 'unclear'; readonly evidence: Evidence };

export interface PesawayResultContext {
  readonly payment: PaymentInstruction;
  /** The id that PesaWay gave the payment; '' where it is not known. */
  readonly providerReference: string;
  readonly settings: PesawaySettings;
  readonly redactor: Redactor;
}

/** `ResultCode` and the members beside it: docs/providers/pesaway.md, sections 4 and 5.1. */
export function pesawayPayoutResult(
  result: Pick<PesawayWireAnswer, 'code' | 'words' | 'field'>,
  context: PesawayResultContext,
): PesawayPayoutResult {
  const { payment, redactor, settings } = context;
  const unclear = (what: string): PesawayPayoutResult => ({
    kind: 'unclear',
    evidence: evidence('contradiction', what),
  });
  const differs = pesawayContradiction(result, context);
  if (differs !== null) return unclear(`PesaWay speaks of another ${differs} than was asked for.`);

  const ids = { providerReference: redactor.id(result.field('TransactionID')) };
  const words = redactor.clause((result.field('ResultDesc') ?? result.words).replace(/\.$/, ''), payment);
  const text = result.field('ResultCode');
  // How an unfinished payment looks is not published; a payment without a code has not ended [assumed].
  if (text === null) {
    return {
      kind: 'processing',
      evidence: evidence('no-result', `PesaWay has not ended the payment yet${words}.`, ids),
    };
  }
  const code = /^[+-]?\d{1,9}$/.test(text) ? String(Number(text)) : '';
  switch (code) {
    case '0':
      return { kind: 'paid', evidence: paidEvidence(result, redactor, ids) };
    // One integrator's code for pending: weak evidence, and never a failure.
    case '2':
      return { kind: 'processing', evidence: evidence('2', `PesaWay has not ended the payment yet${words}.`, ids) };
    case '':
      return {
        kind: 'unclear',
        evidence: evidence('unlisted-result', `PesaWay reported a result that cannot be read${words}.`, ids),
      };
    default:
      return {
        kind: 'failed',
        evidence: evidence(code, `PesaWay did not pay: the network refused the payment${words}.`, ids),
        stopsAccount: settings.stopResultCodes.has(code),
      };
  }
}

/** The name of the first thing that is another than was sent, or null. A missing member contradicts nothing. */
function pesawayContradiction(
  result: Pick<PesawayWireAnswer, 'field'>,
  { payment, providerReference, settings }: PesawayResultContext,
): string | null {
  const reference = result.field('OriginatorReference');
  if (reference !== null && reference !== payment.reference) return 'reference';
  const transaction = result.field('TransactionID');
  if (transaction !== null && providerReference !== '' && transaction !== providerReference) return 'transaction';
  const amount = result.field('TransactionAmount');
  if (amount !== null && decimalMinor(amount, settings.decimals) !== payment.amountMinor) return 'amount';
  return null;
}

/** With the network's receipt, by which the recipient knows the payment. */
function paidEvidence(
  result: Pick<PesawayWireAnswer, 'field'>,
  redactor: Redactor,
  ids: { readonly providerReference: string | undefined },
): Evidence {
  const receipt = receiptOf(result.field('TransactionReceipt'));
  const readable = redactor.id(receipt);
  const words = receipt === null ? '' : `, receipt ${readable ?? redactor.text(receipt)}`;
  return evidence('0', `PesaWay paid${words}.`, { ...ids, receipt: readable });
}

/** A receipt, or null for none: placeholders are none. */
export function receiptOf(text: string | null): string | null {
  return text === null || !/[A-Za-z0-9]{4}/.test(text) || /^(none|null|pending|undefined)$/i.test(text) ? null : text;
}
