import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import { evidence, type Redactor } from '../kit/redaction.ts';
import type { HttpAnswer } from '../kit/http.ts';
import { scalarText, type JsonObject } from '../kit/json.ts';
import type { DoorAnswer } from './door.ts';
import { isB2b } from './wire.ts';

/** What is known besides the answer itself. */
export interface Reading {
  readonly payment: PaymentInstruction;
  /** Name of the account in the configuration. */
  readonly account: string;
  readonly redactor: Redactor;
  /** An earlier request with this reference was never answered. */
  readonly isAgain: boolean;
  /** The token that was refused came fresh from a renewal after a refusal: another renewal will not help. */
  readonly tokenHopeless: boolean;
}

/** A payout request that got no whole answer. */
export function unansweredOutcome(
  answer: Exclude<HttpAnswer, { kind: 'answer' }>,
  payment: PaymentInstruction,
): Outcome {
  switch (answer.kind) {
    // No byte of the request left: nobody can have paid.
    case 'not-sent':
      return { kind: 'not-sent', evidence: evidence(answer.code, answer.reason) };
    // Bytes may have left and the payment may be queued.
    case 'lost':
      return {
        kind: 'unknown',
        evidence: evidence(answer.code, doubt(answer.reason.replace(/\.$/, ''), isB2b(payment))),
      };
  }
}

/** What Daraja's answer to a payout request means for the money. Nothing it says at once is `paid`: that comes later. */
export function payoutOutcome(answer: DoorAnswer, reading: Reading): Outcome {
  const { payment, account, redactor, isAgain } = reading;
  if (answer.kind === 'accepted') return accepted(answer.body, reading);
  const said = redactor.clause(answer.words, payment);
  const { code } = answer;
  switch (answer.kind) {
    case 'token': {
      // The token is checked first: nothing moved. A fresh one that is refused again will not get better.
      const hopeless = `Daraja refuses fresh tokens of account ${account}${said}. Check accounts.${account}.credentials, and that no other program uses this app: each token ends the one before.`;
      return reading.tokenHopeless
        ? { kind: 'stop', evidence: evidence(code, hopeless) }
        : { kind: 'throttled', evidence: evidence(code, 'The token had ended; a new one is fetched.'), waitMs: 0 };
    }

    case 'busy': {
      // Nothing was kept, and the same id is harmless in any case.
      const turnedAway = evidence(code, `Daraja asks for a pause${said}.`);
      return {
        kind: 'throttled',
        evidence: turnedAway,
        ...(answer.waitMs === undefined ? {} : { waitMs: answer.waitMs }),
      };
    }

    case 'payment': {
      // Refused before it was queued. Of an earlier request with the same id it says nothing.
      const reason = `Daraja ${answer.why}${said}`;
      return isAgain
        ? {
            kind: 'unknown',
            evidence: evidence(code, doubt(`${reason}. The earlier request was never answered`, isB2b(payment))),
          }
        : { kind: 'failed', evidence: evidence(code, `${reason}. No money moved.`) };
    }

    case 'account':
      return { kind: 'stop', evidence: evidence(code, `Account ${account}: Daraja ${answer.why}${said}.`) };

    case 'duplicate':
      // An earlier request was there first, of this ledger or of one that was lost. It may have been paid or declined since.
      return {
        kind: 'unknown',
        evidence: evidence(code, doubt(`Daraja has seen this reference before${said}`, isB2b(payment))),
      };

    case 'doubt':
      return { kind: 'unknown', evidence: evidence(code, doubt(`Daraja ${answer.why}${said}`, isB2b(payment))) };
  }
}

/** Queued, if the acknowledgement speaks of the request that was sent. */
function accepted(body: JsonObject, { payment, redactor }: Reading): Outcome {
  const theirs = scalarText(body['OriginatorConversationID']);
  if (isB2b(payment)) {
    // Daraja makes this id itself, and a status query by anything else is impossible before there is a receipt.
    const requestId = redactor.id(theirs);
    return {
      kind: 'pending',
      evidence: evidence('accepted', 'Daraja has taken the payment and will report how it ends.', { requestId }),
    };
  }
  const requestId = redactor.id(scalarText(body['ConversationID']));
  if (theirs !== null && theirs !== payment.reference) {
    const reason = doubt('Daraja acknowledged another request than this one', false);
    return { kind: 'unknown', evidence: evidence('contradiction', reason) };
  }
  return {
    kind: 'pending',
    evidence: evidence('accepted', 'Daraja has taken the payment and will report how it ends.', { requestId }),
  };
}

/** @param isB2b by B2B a payment that was never acknowledged has no id that anybody could ask by. */
function doubt(what: string, isB2b: boolean): string {
  return isB2b
    ? `${what}. It may be paid or not: look before paying again.`
    : `${what}. It may be paid or not: a status query will tell.`;
}
