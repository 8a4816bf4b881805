import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence, type Redactor } from '../kit/redaction.ts';
import type { HttpAnswer } from '../kit/http.ts';
import { waitOf } from '../kit/retry-after.ts';
import { evidenceCode, isTokenRefused, wireAnswer, type WholeAnswer, type WireAnswer } from './envelope.ts';
import { TOKEN_GONE, tokenRefused, turnedAway } from './line.ts';

/** What is known besides the answer itself. */
export interface Reading {
  readonly payment: PaymentInstruction;
  /** Name of the account in the configuration. */
  readonly account: string;
  readonly redactor: Redactor;
  /** Unix milliseconds. */
  readonly now: number;
  /** The token that was refused came fresh from a renewal after a refusal: another renewal will not help. */
  readonly tokenHopeless: boolean;
  /** An earlier request with this reference was never answered, and nothing said of this one settles that. */
  readonly isAgain: boolean;
}

/** What each answer to a payout means for the money (fact sheet, section 7). An acceptance is never more than that. */
export function payoutOutcome(answer: HttpAnswer, reading: Reading): Outcome {
  switch (answer.kind) {
    // No byte of the request left: nobody can have paid.
    case 'not-sent':
      return { kind: 'not-sent', evidence: evidence(answer.code, answer.reason) };
    // Bytes may have left and PesaWay may have registered the payment before the line went dead.
    case 'lost':
      return { kind: 'unknown', evidence: evidence(answer.code, doubt(answer.reason.replace(/\.$/, ''))) };
    case 'answer':
      return wholeOutcome(answer, reading);
  }
}

function wholeOutcome(answer: WholeAnswer, reading: Reading): Outcome {
  const wire = wireAnswer(answer);
  const { account, now, redactor, payment } = reading;
  const said = redactor.clause(wire.words, payment);
  const code = evidenceCode(wire);
  const unclear = (what: string): Outcome => ({ kind: 'unknown', evidence: evidence(code, doubt(what)) });

  // What is no JSON object comes from something in front of PesaWay, or from an accident behind it.
  if (wire.body === null && answer.status < 300) {
    return {
      kind: 'unknown',
      evidence: evidence('unreadable', doubt('PesaWay answered something that cannot be read')),
    };
  }
  // Authentication comes before execution: nothing moved [assumed].
  if (isTokenRefused(wire)) {
    return reading.tokenHopeless
      ? { kind: 'stop', evidence: evidence(code, tokenRefused(account)) }
      : { kind: 'throttled', evidence: TOKEN_GONE, waitMs: 0 };
  }

  switch (meaningOf(wire)) {
    case 'accepted':
      return accepted(wire, reading);

    case 'invalid':
      if (aboutReference(wire, payment.reference)) return duplicate(code, said, reading);
      // Refused before anything moved. One that does not say why may be a proxy's.
      return wire.code === '' && wire.words === ''
        ? unclear(`PesaWay answered ${code} without saying why`)
        : refused(code, `PesaWay refused this payment${said}`, reading);

    case 'duplicate':
      return duplicate(code, said, reading);

    case 'not-found':
      // A code of PesaWay's own: something that this payment names does not exist there, and nothing moved.
      return refused(code, `PesaWay does not find what this payment names${said}`, reading);

    case 'wrong-address':
      return unclear(
        `PesaWay answered 404 without a code of its own${said}. The address may be wrong: check accounts.${account}.endpoint (scheme and host, without /api/v1)`,
      );

    case 'no-balance':
      // Nothing moved, and the next payment would fare no better.
      return {
        kind: 'stop',
        evidence: evidence(
          code,
          `Account ${account} has too little balance at PesaWay${said}. Top it up and run again.`,
        ),
      };

    case 'throttled': {
      // Counted and turned away at the door: nothing moved [assumed].
      const waitMs = waitOf(answer.headers, now);
      return { kind: 'throttled', evidence: turnedAway(wire), ...(waitMs === undefined ? {} : { waitMs }) };
    }

    case 'doubt':
      // 5xx, a redirect, and codes that are not confirmed as PesaWay's or not listed at all promise nothing.
      return unclear(`PesaWay answered ${code}${said}`);
  }
}

type Meaning =
  'accepted' | 'invalid' | 'duplicate' | 'not-found' | 'wrong-address' | 'no-balance' | 'throttled' | 'doubt';

/** By the code; by the status only where there is none, since errors may come with 200 and codes with any status [assumed]. */
function meaningOf(wire: WireAnswer): Meaning {
  switch (wire.code) {
    case '200.001':
      return wire.status < 300 ? 'accepted' : 'doubt';
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
      return 'doubt';
    case '':
      return meaningOfStatus(wire.status);
    default:
      return 'doubt';
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
      return 'doubt';
  }
}

/** Accepted for processing, not paid; only when it speaks of the payment that was asked for. */
function accepted(wire: WireAnswer, { payment, redactor }: Reading): Outcome {
  const echo = wire.field('OriginatorReference');
  if (echo !== null && echo !== payment.reference) {
    const reason = doubt('PesaWay answered about another reference than was asked for');
    return { kind: 'unknown', evidence: evidence('contradiction', reason) };
  }
  const ids = { providerReference: redactor.id(wire.field('TransactionID')) };
  if (wire.code === '' && echo === null) {
    const reason = doubt('PesaWay answered without a code and without our reference');
    return { kind: 'unknown', evidence: evidence('unreadable', reason) };
  }
  const reason = 'PesaWay accepted the payment and will report how it ends.';
  return { kind: 'pending', evidence: evidence(evidenceCode(wire), reason, ids) };
}

function refused(code: string, reason: string, { isAgain }: Reading): Outcome {
  // That this request moved nothing says nothing of the earlier one: which check comes first is not published.
  return isAgain
    ? { kind: 'unknown', evidence: evidence(code, doubt(`${reason}; whether the earlier request paid is not said`)) }
    : { kind: 'failed', evidence: evidence(code, `${reason}.`) };
}

/**
 * It proves that the reference was registered before, by an answer that was lost or by a ledger that was, and not that it was paid:
 * a reference is kept after a failure too.
 */
function duplicate(code: string, said: string, { isAgain }: Reading): Outcome {
  const reason = isAgain
    ? `PesaWay has the earlier request with this reference already${said}`
    : `PesaWay says that this reference was used before${said}: by an earlier request, perhaps from a lost or restored ledger`;
  return { kind: 'unknown', evidence: evidence(code, doubt(reason)) };
}

/**
 * A refusal as invalid that may in truth be about a reference used before. Frameworks name the field in keys and members of their
 * own, and missing one could pay twice: so the whole answer counts, but for what only repeats the reference that was sent.
 */
function aboutReference({ body }: WireAnswer, reference: string): boolean {
  const rest = JSON.stringify(body, (name, value: unknown) =>
    value === reference || name === 'OriginatorReference' ? undefined : value,
  );
  return /reference|duplicate|already|unique/i.test(rest);
}

function doubt(what: string): string {
  return `${what}. It may have paid or not: PesaWay is asked what became of it.`;
}
