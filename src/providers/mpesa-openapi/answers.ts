import type { Evidence, Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { HttpAnswer, WholeAnswer } from '../kit/http.ts';
import { evidence, stopped, throttled, throttledBy, unansweredOutcome } from '../kit/outcomes.ts';
import type { Redactor } from '../kit/redaction.ts';
import { mpesaOpenapiWireAnswer, type MpesaOpenapiWireAnswer } from './wire.ts';

/** What is known besides the answer to a payout. */
export interface PayoutContext {
  readonly payment: PaymentInstruction;
  /** Name of the account in the configuration. */
  readonly account: string;
  readonly redactor: Redactor;
  /** Unix milliseconds. */
  readonly now: number;
  /** The refused session came fresh after a refusal and was never accepted: another session will not help. */
  readonly isRefusedAgain: boolean;
  /** An earlier request with this reference was never answered, and no answer to this request proves what became of the earlier. */
  readonly isResend: boolean;
}

/** What each answer to a payout means for the money (docs/providers/mpesa-openapi.md, section 8). */
export function mpesaOpenapiPayoutOutcome(answer: HttpAnswer, context: PayoutContext): Outcome {
  if (answer.kind !== 'answer') return unansweredOutcome(answer, mpesaOpenapiMayHavePaid);
  const wire = mpesaOpenapiWireAnswer(answer);
  return wire.code === '' ? codelessOutcome(answer, context) : codedOutcome(answer, wire, context);
}

/** Whether a session was refused: the shape of that is not published [assumed: 401 or 403 without a response code]. */
export function isSessionRefused(answer: WholeAnswer): boolean {
  return (answer.status === 401 || answer.status === 403) && mpesaOpenapiWireAnswer(answer).code === '';
}

export function sessionRefused(status: number, account: string): Evidence {
  const reason = `M-Pesa refuses fresh sessions of account ${account}. Check accounts.${account}.options.origin, which must be a trusted source of the application, and accounts.${account}.credentials; if activation takes longer than usual, raise options.activation_delay.`;
  return evidence(String(status), reason);
}

/** An answer without a response code comes from a gateway; only its refusals are certain to have moved nothing [assumed]. */
function codelessOutcome(answer: WholeAnswer, { account, now, isRefusedAgain }: PayoutContext): Outcome {
  const { status } = answer;
  const code = String(status);
  switch (status) {
    case 401:
    case 403:
      // The request never reached the ledger of M-Pesa.
      return isRefusedAgain
        ? { kind: 'stop', evidence: sessionRefused(status, account) }
        : throttled(evidence(code, 'M-Pesa refused the session; a new one is fetched.'), 0);
    case 404:
      return stopped(
        code,
        `M-Pesa has no such address. Check accounts.${account}.endpoint, environment and options.market.`,
      );
    case 429:
      return throttledBy(answer, now, evidence(code, 'M-Pesa asks for a pause: too many requests.'));
    default: {
      // 5xx, HTML, an empty or unreadable 200: a proxy answered, and the ledger behind it may have paid.
      const reason = `M-Pesa answered ${status} without a code that says what it means`;
      return {
        kind: 'unknown',
        evidence: evidence(status < 300 ? 'unreadable' : code, mpesaOpenapiMayHavePaid(reason)),
      };
    }
  }
}

/** By the response code and never by the status: a failed transaction comes as HTTP 401. */
function codedOutcome({ status }: WholeAnswer, wire: MpesaOpenapiWireAnswer, context: PayoutContext): Outcome {
  const { payment, account, redactor, isResend } = context;
  // The transaction id is the M-Pesa receipt: docs/providers/mpesa-openapi.md, section 4.
  const receipt = redactor.id(wire.field('output_TransactionID'));
  const ids = { requestId: redactor.id(wire.field('output_ConversationID')), providerReference: receipt, receipt };
  const unclear = (code: string, what: string): Outcome => ({
    kind: 'unknown',
    evidence: evidence(code, mpesaOpenapiMayHavePaid(what), ids),
  });
  const echo = wire.field('output_ThirdPartyConversationID');
  if (echo !== null && echo !== payment.reference) {
    return unclear('contradiction', 'M-Pesa answered about another conversation than was asked for');
  }
  const clause = redactor.clause(wire.words, payment);
  const code = mpesaOpenapiEvidenceCode(wire.code);

  if (wire.code === 'INS-0') {
    if (status < 200 || status > 299) {
      return unclear('contradiction', `M-Pesa answered success and an error (${status}) at once`);
    }
    // Success without a transaction id is an acceptance only, whatever its words are.
    return ids.providerReference === undefined
      ? { kind: 'pending', evidence: evidence(code, 'M-Pesa accepted the payment and has not paid it yet.', ids) }
      : { kind: 'paid', evidence: evidence(code, 'M-Pesa paid.', ids) };
  }

  const isClientError = status >= 400 && status < 500;
  const meaning = isClientError ? codeMeaning(wire.code) : currentMeaning(wire.code);
  const reason = `${meaning.text}${clause}`;
  switch (meaning.kind) {
    case 'unknown':
      return unclear(code, reason);
    case 'failed':
    case 'stop':
      // A refusal with a transaction id contradicts itself: only a query decides.
      if (ids.providerReference !== undefined)
        return unclear('contradiction', `${reason}, and yet it has a transaction id`);
      if (meaning.kind === 'stop') {
        return { kind: 'stop', evidence: evidence(code, `${reason}.${adviceOf(meaning, account)}`, ids) };
      }
      // The refusal of a re-send proves nothing of the earlier request: what makes a duplicate is not published.
      if (isResend) return unclear(code, `${reason}; whether the earlier request paid is not said`);
      return { kind: 'failed', evidence: evidence(code, `${reason}.${adviceOf(meaning, account)}`, ids) };
  }
}

function mpesaOpenapiMayHavePaid(what: string): string {
  return `${what}. It may have paid or not: M-Pesa is asked what became of it.`;
}

/** What a response code of a payout says about its money (docs/providers/mpesa-openapi.md, section 8). */
export interface CodeMeaning {
  /**
   * `failed`: certainly nothing moved, for this payment's own reason. `stop`: certainly nothing moved, for a reason that the next
   * payment of the account would meet too. `unknown`: it may have moved.
   */
  readonly kind: 'failed' | 'stop' | 'unknown';
  /** The beginning of a sentence. */
  readonly text: string;
  /** What to do, as a whole sentence; `@` stands for the account's place in the configuration. */
  readonly advice?: string;
  /** Documented for an older version only, where other numbers mean other things: believed only with the status it names. */
  readonly isOld?: true;
}

/** Numbers follow the v2 table: several mean something else in the older Mozambican version. */
const CODES: Readonly<Record<string, CodeMeaning>> = {
  'INS-1': mpesaOpenapiUnknown('M-Pesa met an internal error'),
  // Comes as HTTP 401 although the credentials are right.
  'INS-6': failed('M-Pesa could not complete the transaction'),
  'INS-9': mpesaOpenapiUnknown('M-Pesa ran out of time'),
  // The duplicate moved nothing; M-Pesa does not say what became of the earlier request with the same id.
  'INS-10': mpesaOpenapiUnknown('M-Pesa has had this reference before and does not say what became of it'),
  'INS-13': stop('M-Pesa does not know the short code that pays', 'Check @.options.service_provider_code.'),
  'INS-15': failed('M-Pesa refused the amount'),
  'INS-16': mpesaOpenapiUnknown('M-Pesa is overloaded'),
  'INS-17': failed('M-Pesa refused the transaction reference', 'This is a fault of payrun: report it.'),
  'INS-20': failed('M-Pesa missed a field of the request', 'This is a fault of payrun: report it.'),
  'INS-21': failed('M-Pesa refused a field of the request', "Check the recipient's details."),
  'INS-26': stop('M-Pesa refused the currency', 'Check @.currency and @.options.market.'),
  'INS-28': failed('M-Pesa refused the conversation id', 'This is a fault of payrun: report it.'),
  'INS-30': failed('M-Pesa refused the description', 'Write the narrative in plain letters and digits.'),
  'INS-31': failed('M-Pesa refused the description', 'Write the narrative in plain letters and digits.'),
  'INS-989': stop('M-Pesa could not make a session', 'Check @.credentials, or try again later.'),
  'INS-990': failed('The recipient has reached the limit of what they may receive'),
  'INS-991': failed('The recipient has reached the limit of how often they may receive'),
  // Limits of the application, which are counted by session: payrun must not make a new session to get round them.
  'INS-992': stop('Several limits of the application are reached', 'Have them raised, or go on when they are reset.'),
  'INS-993': stop('The organisation has reached its number of transactions', 'Go on when the limit is reset.'),
  'INS-994': stop('The organisation has reached its daily value', 'Go on when the limit is reset.'),
  'INS-995': failed(
    'The amount is above the limit of a single transaction',
    'Have the limit raised, or split the payment.',
  ),
  'INS-996': stop('The application may not be used at this hour', 'Run again within its hours.'),
  'INS-997': stop('This call is not enabled for the application', "Enable the product in the application's settings."),
  'INS-998': stop('M-Pesa refused the market', 'Check @.options.market.'),
  // Seen in the sandbox only.
  'INS-999': failed('M-Pesa has no such use case for this short code'),
  'INS-2006': stop('The short code has too little balance', 'Top it up and run again.'),
  'INS-2051': failed('M-Pesa refused the phone number', 'Check it with the recipient.'),
  // Of the older version.
  'INS-2': old(stop('M-Pesa refused the API key', 'Check @.credentials.')),
  'INS-4': old(stop('The user of the API is not active', "Ask M-Pesa's support to activate it.")),
  'INS-5': old(failed('The transaction was cancelled')),
  'INS-14': old(failed('M-Pesa refused the reference')),
  'INS-19': old(failed('M-Pesa refused the reference')),
  'INS-22': old(failed('M-Pesa refused the kind of operation')),
  'INS-24': old(failed('M-Pesa refused the reference')),
  'INS-25': old(failed('M-Pesa refused the reference')),
  'INS-2001': old(stop("M-Pesa refused the initiator's credentials", 'Check @.credentials.')),
  'INS-2002': old(failed('M-Pesa does not know the recipient', 'Check the number with them.')),
  'INS-2057': old(failed('M-Pesa refused the language')),
};

/** What a code other than `INS-0` says. */
export function codeMeaning(code: string): CodeMeaning {
  // The gateway puts `INS-` before numbers of systems behind it, so an unlisted one may come from after the money.
  return (
    (Object.hasOwn(CODES, code) ? CODES[code] : undefined) ??
    mpesaOpenapiUnknown('M-Pesa answered a code that it does not document')
  );
}

/** As {@link codeMeaning}, where a code that only the older version documents may mean anything. */
export function currentMeaning(code: string): CodeMeaning {
  const meaning = codeMeaning(code);
  return meaning.isOld === true ? { ...meaning, kind: 'unknown' } : meaning;
}

/** The code as evidence: M-Pesa's own where it is one. */
export function mpesaOpenapiEvidenceCode(code: string): string {
  return /^[\x21-\x7e]{1,40}$/.test(code) ? code : 'unlisted-code';
}

/** The advice of a code with the account's name in it, behind a blank; empty where there is none. */
export function adviceOf({ advice }: CodeMeaning, account: string): string {
  return advice === undefined ? '' : ` ${advice.replaceAll('@', `accounts.${account}`)}`;
}

function failed(text: string, advice?: string): CodeMeaning {
  return { kind: 'failed', text, ...(advice === undefined ? {} : { advice }) };
}

function stop(text: string, advice: string): CodeMeaning {
  return { kind: 'stop', text, advice };
}

function mpesaOpenapiUnknown(text: string): CodeMeaning {
  return { kind: 'unknown', text };
}

function old(code: CodeMeaning): CodeMeaning {
  return { ...code, isOld: true };
}
