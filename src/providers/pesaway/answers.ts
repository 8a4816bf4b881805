import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { HttpAnswer, WholeAnswer } from '../kit/http.ts';
import { evidence, stopped, throttledBy, unansweredOutcome } from '../kit/outcomes.ts';
import type { Redactor } from '../kit/redaction.ts';
import { rateLimited, pesawayTokenStop } from './client.ts';
import { pesawayEvidenceCode, isTokenRefused, pesawayWireAnswer, type PesawayWireAnswer } from './wire.ts';

/** What is known besides the answer itself. */
export interface PesawayPayout {
  readonly payment: PaymentInstruction;
  /** Name of the account in the configuration. */
  readonly account: string;
  readonly redactor: Redactor;
  /** Unix milliseconds. */
  readonly now: number;
  /** The token that was refused came fresh from a renewal after a refusal: another renewal will not help. */
  readonly isRefusedAgain: boolean;
  /** An earlier request with this reference was never answered, and no answer to this one decides about that one. */
  readonly isResend: boolean;
}

/** What each answer to a payout means for the money: docs/providers/pesaway.md, section 7. An acceptance is never `paid`. */
export function pesawayPayoutOutcome(answer: HttpAnswer, context: PesawayPayout): Outcome {
  return answer.kind === 'answer' ? pesawayWholeOutcome(answer, context) : unansweredOutcome(answer, pesawayUnclear);
}

function pesawayWholeOutcome(answer: WholeAnswer, context: PesawayPayout): Outcome {
  const wire = pesawayWireAnswer(answer);
  const { account, now, redactor, payment } = context;
  const words = redactor.clause(wire.words, payment);
  const code = pesawayEvidenceCode(wire);
  const unknown = (what: string): Outcome => ({ kind: 'unknown', evidence: evidence(code, pesawayUnclear(what)) });

  // A body that is no JSON object comes from a proxy, or from a fault inside PesaWay.
  if (wire.body === null && answer.status < 300) {
    return {
      kind: 'unknown',
      evidence: evidence('unreadable', pesawayUnclear('PesaWay answered something that cannot be read')),
    };
  }
  // Authentication comes before execution: nothing moved [assumed].
  if (isTokenRefused(wire)) return pesawayTokenStop(wire, context.isRefusedAgain, account);

  switch (meaningOf(wire)) {
    case 'accepted':
      return pesawayAccepted(wire, context);

    case 'invalid':
      if (pesawayAboutReference(wire, payment.reference)) return duplicate(code, words, context);
      // Refused before anything moved. One that does not say why may be a proxy's.
      return wire.code === '' && wire.words === ''
        ? unknown(`PesaWay answered ${code} without saying why`)
        : pesawayRefused(code, `PesaWay refused this payment${words}`, context);

    case 'duplicate':
      return duplicate(code, words, context);

    case 'not-found':
      // A code of PesaWay's own: something that this payment names does not exist there, and no money moved.
      return pesawayRefused(code, `PesaWay does not find what this payment names${words}`, context);

    case 'wrong-address':
      return unknown(
        `PesaWay answered 404 without a code of its own${words}. The address may be wrong: check accounts.${account}.endpoint (scheme and host, without /api/v1)`,
      );

    case 'no-balance':
      // No money moved, and the next payment would be refused too.
      return stopped(code, `Account ${account} has too little balance at PesaWay${words}. Top it up and run again.`);

    case 'throttled':
      // Rate limited before the request was processed: no money moved [assumed].
      return throttledBy(answer, now, rateLimited(wire));

    case 'unclear':
      // 5xx, a redirect, and codes that are not confirmed as PesaWay's or not listed prove nothing.
      return unknown(`PesaWay answered ${code}${words}`);
  }
}

type Meaning =
  'accepted' | 'invalid' | 'duplicate' | 'not-found' | 'wrong-address' | 'no-balance' | 'throttled' | 'unclear';

/** By the code; by the status only where there is none, since errors may come with 200 and codes with any status [assumed]. */
function meaningOf(wire: PesawayWireAnswer): Meaning {
  switch (wire.code) {
    case '200.001':
      return wire.status < 300 ? 'accepted' : 'unclear';
    case '400.001':
      return 'invalid';
    case '403.002':
      return 'duplicate';
    case '404.000':
      return 'not-found';
    case '455.001':
      return 'no-balance';
    // Seen in one integrator's own list only.
    case '429.001':
      return 'throttled';
    case '403.033':
    case '999.999.999':
      return 'unclear';
    case '':
      return meaningOfStatus(wire.status);
    default:
      return 'unclear';
  }
}

function meaningOfStatus(status: number): Meaning {
  switch (status) {
    case 200:
    case 201:
    case 202:
      return 'accepted';
    case 400:
      return 'invalid';
    case 404:
      return 'wrong-address';
    case 429:
      return 'throttled';
    default:
      return 'unclear';
  }
}

/** Accepted for processing, not paid; only when the answer names the payment that was sent. */
function pesawayAccepted(wire: PesawayWireAnswer, { payment, redactor }: PesawayPayout): Outcome {
  const echo = wire.field('OriginatorReference');
  if (echo !== null && echo !== payment.reference) {
    const reason = pesawayUnclear('PesaWay answered about another reference than was asked for');
    return { kind: 'unknown', evidence: evidence('contradiction', reason) };
  }
  const ids = { providerReference: redactor.id(wire.field('TransactionID')) };
  if (wire.code === '' && echo === null) {
    const reason = pesawayUnclear('PesaWay answered without a code and without our reference');
    return { kind: 'unknown', evidence: evidence('unreadable', reason) };
  }
  const reason = 'PesaWay accepted the payment and will report how it ends.';
  return { kind: 'pending', evidence: evidence(pesawayEvidenceCode(wire), reason, ids) };
}

function pesawayRefused(code: string, reason: string, { isResend }: PesawayPayout): Outcome {
  // A re-send that moved no money proves nothing about the request before it: which check comes first is not published.
  return isResend
    ? {
        kind: 'unknown',
        evidence: evidence(code, pesawayUnclear(`${reason}; whether the earlier request paid is not said`)),
      }
    : { kind: 'failed', evidence: evidence(code, `${reason}.`) };
}

/**
 * A used reference proves that an earlier request was registered, whose answer or whose ledger was lost. A used reference proves no
 * payment: PesaWay keeps references after a failure too.
 */
function duplicate(code: string, words: string, { isResend }: PesawayPayout): Outcome {
  const reason = isResend
    ? `PesaWay has the earlier request with this reference already${words}`
    : `PesaWay says that this reference was used before${words}: by an earlier request, perhaps from a lost or restored ledger`;
  return { kind: 'unknown', evidence: evidence(code, pesawayUnclear(reason)) };
}

/**
 * Whether a refusal as invalid may be about a reference that was used before. Frameworks name the field in keys and members of their
 * own, and overlooking one could pay twice: so the whole answer is searched, without the members that only repeat our reference.
 */
function pesawayAboutReference({ body }: PesawayWireAnswer, reference: string): boolean {
  const rest = JSON.stringify(body, (name, value: unknown) =>
    value === reference || name === 'OriginatorReference' ? undefined : value,
  );
  return /reference|duplicate|already|unique/i.test(rest);
}

function pesawayUnclear(what: string): string {
  return `${what}. It may have paid or not: PesaWay is asked what became of it.`;
}
