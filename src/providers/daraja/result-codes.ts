import type { Evidence } from '../../domain/outcome.ts';
import { evidence } from '../kit/outcomes.ts';
import type { Redactor } from '../kit/redaction.ts';
import type { ResultMessage } from './wire.ts';

/**
 * What a result code means for the money (docs/providers/daraja.md, section 9.2), in a callback and as the `ResponseCode` of an acknowledgement alike.
 * The words are the end of a sentence that begins with "Daraja says that".
 */
type ResultMeaning =
  /** The request was carried out. */
  | { readonly kind: 'success' }
  /** No money moved, and this payment's data is why. */
  | { readonly kind: 'payment'; readonly words: string }
  /** No money moved, and the next payment of the account would fail for the same reason. */
  | { readonly kind: 'account'; readonly words: string }
  /** No money moved, because M-PESA was overloaded. */
  | { readonly kind: 'busy'; readonly words: string }
  /** The id was used before: the earlier request may have paid. */
  | { readonly kind: 'duplicate'; readonly words: string }
  /** Money may have moved: the documentation lists the code as unknown, or does not list it. */
  | { readonly kind: 'unclear'; readonly words: string };

export function resultMeaning(code: string, isB2b: boolean): ResultMeaning {
  // The only code for success; a transaction id alone is no success.
  if (code === '0') return { kind: 'success' };
  const other = isB2b ? B2B[code] : B2C[code];
  const [kind, words] = other ?? BOTH[code] ?? UNLISTED;
  return { kind, words };
}

/** About the initiator, whose name and password every request carries. */
const INITIATOR_FAULTS: readonly string[] = ['18', '20', '21', '22', '2001', '8006'];

/**
 * Why the account may not go on when a question is answered with a fault of the initiator; null for every other answer. Such an
 * answer says nothing of a payment, and every repetition brings the initiator closer to being locked, and with the initiator
 * every payout of the account.
 */
export function initiatorFault(message: ResultMessage | null, account: string, redactor: Redactor): Evidence | null {
  const code = message?.code ?? '';
  if (message === null || !INITIATOR_FAULTS.includes(code)) return null;
  const meaning = resultMeaning(code, false);
  const what = meaning.kind === 'success' ? '' : meaning.words;
  const words = redactor.clause(message.description);
  return evidence(code, `Account ${account} may not ask: Daraja says that ${what}${words}.`);
}

type DarajaRow = readonly [kind: Exclude<ResultMeaning['kind'], 'success'>, words: string];

const UNLISTED: DarajaRow = ['unclear', 'it failed, with a code that is in no list'];

/** Codes that mean one thing for payments to people and another for payments to businesses. */
const B2C: Readonly<Record<string, DarajaRow>> = {
  '1': ['account', 'the Utility account holds too little; top it up, or move money there from the Working account'],
  '2028': ['account', 'the short code may not make this kind of payment; ask Safaricom to enable it'],
  SFC_IC0003: ['payment', 'no M-PESA account has this phone number'],
};

const B2B: Readonly<Record<string, DarajaRow>> = {
  '1': ['account', 'the Working account holds too little; top it up'],
  '2028': ['payment', 'the recipient cannot take payments from businesses'],
  SFC_IC0003: ['payment', 'no till or paybill has this number'],
};

const BOTH: Readonly<Record<string, DarajaRow>> = {
  '2': ['payment', 'the amount is less than M-PESA pays'],
  '3': ['payment', 'the amount is more than M-PESA pays at once'],
  '4': ['payment', "the payee's daily limit is reached; it may go through on another day"],
  '5': ['payment', 'an account would fall below its minimum balance'],
  '7': ['payment', 'the recipient could not be made out'],
  '8': ['payment', "the payee's account would hold more than it may"],
  '12': ['payment', "the recipient's account is not valid"],
  '14': ['payment', 'the accounts could not be made out'],
  '24': ['payment', 'the request lacks something'],
  '25': ['payment', 'something in the request is not valid'],
  '1005': ['payment', 'the account reference is not valid'],
  '2007': ['payment', "the recipient's own check refused it"],
  '2020': ['payment', 'the amount is not written as it should be'],
  '2040': ['payment', 'the payee is not a registered M-PESA customer'],
  '2043': ['payment', 'the recipient is not one of the organisation'],
  '2051': ['payment', 'the phone number is not valid'],
  '2202': ['payment', 'the account number is not known there'],

  '6': ['account', 'the primary party could not be made out; check options.shortcode'],
  '11': ['account', 'the account that pays is in a state in which it cannot'],
  '13': ['account', 'the account that pays could not be made out; check options.shortcode'],
  '18': [
    'account',
    "the initiator's credential is not accepted; check initiator_name, initiator_password and certificate",
  ],
  '20': ['account', 'the initiator is not known; check initiator_name'],
  '21': ['account', 'the initiator lacks the role for this; have it assigned in the M-PESA portal'],
  '22': ['account', 'the initiator is not active; have it activated in the M-PESA portal'],
  '29': ['account', 'the command is not valid for this short code; check options.command'],
  // A few answers like this lock the initiator, so nothing more may be sent.
  '2001': ['account', 'the initiator is not accepted; check initiator_name, initiator_password (valid for 90 days) and certificate'], // prettier-ignore
  '2006': ['account', "the account's status does not allow it"],
  '8006': ['account', 'the initiator is locked; a business administrator unlocks it in the M-PESA portal'],

  '26': ['busy', 'M-PESA is busy'],
  '100000001': ['busy', 'M-PESA is overloaded'],
  '100000002': ['busy', 'M-PESA holds requests back'],
  '100000011': ['busy', 'there were too many requests at once'],

  '15': ['duplicate', 'the request came twice'],

  // "Caching" (100000000) means that the payment may still be carried out; the others are failures of the system.
  '17': ['unclear', 'something failed inside M-PESA'],
  '2029': ['unclear', 'it failed for a reason that could not be made out'],
  '9999': ['unclear', 'something failed inside M-PESA'],
  '100000000': ['unclear', 'the request is kept and will be sent again'],
  '100000004': ['unclear', 'something failed inside M-PESA'],
  '100000007': ['unclear', 'a service of M-PESA is not working'],
  '100000009': ['unclear', 'something failed inside M-PESA'],
  '100000100': ['unclear', 'something could not be stored inside M-PESA'],
};
