/** What a response code of a payout says about its money (fact sheet, section 8). */
export interface Code {
  /**
   * `failed`: certainly nothing moved, for this payment's own reason. `stop`: certainly nothing moved, for a reason that the next
   * payment of the account would meet too. `unknown`: it may have moved.
   */
  readonly verdict: 'failed' | 'stop' | 'unknown';
  /** The beginning of a sentence. */
  readonly text: string;
  /** What to do, as a whole sentence; `@` stands for the account's place in the configuration. */
  readonly advice?: string;
  /** Documented for an older version only, where other numbers mean other things: believed only with the status it names. */
  readonly isOld?: true;
}

/** Numbers follow the v2 table: several mean something else in the older Mozambican version. */
const CODES: Readonly<Record<string, Code>> = {
  'INS-1': unknown('M-Pesa met an internal error'),
  // Comes as HTTP 401 and is no matter of credentials.
  'INS-6': failed('M-Pesa could not complete the transaction'),
  'INS-9': unknown('M-Pesa ran out of time'),
  // This request moved nothing; what became of the earlier one with the same id, it does not say.
  'INS-10': unknown('M-Pesa has had this reference before and does not say what became of it'),
  'INS-13': stop('M-Pesa does not know the short code that pays', 'Check @.options.service_provider_code.'),
  'INS-15': failed('M-Pesa refused the amount'),
  'INS-16': unknown('M-Pesa is overloaded'),
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
  // Limits that somebody has set on the application; a new session would get round them, which is not for payrun to do.
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
  // The older version's.
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

/** What an answer with success and a transaction id, or without one, says stands in the readers; here is every other code. */
export function codeMeaning(code: string): Code {
  // The gateway puts `INS-` before numbers of systems behind it, so an unlisted one may come from after the money.
  return (
    (Object.hasOwn(CODES, code) ? CODES[code] : undefined) ??
    unknown('M-Pesa answered a code that it does not document')
  );
}

/** As {@link codeMeaning}, with what only an older version documents left in doubt. */
export function currentMeaning(code: string): Code {
  const meaning = codeMeaning(code);
  return meaning.isOld === true ? { ...meaning, verdict: 'unknown' } : meaning;
}

/** The code as evidence: M-Pesa's own where it is one. */
export function evidenceCode(code: string): string {
  return /^[\x21-\x7e]{1,40}$/.test(code) ? code : 'unlisted-code';
}

/** The advice of a code, with a blank before it, as an account's clerk can follow it. */
export function adviceOf({ advice }: Code, account: string): string {
  return advice === undefined ? '' : ` ${advice.replaceAll('@', `accounts.${account}`)}`;
}

function failed(text: string, advice?: string): Code {
  return { verdict: 'failed', text, ...(advice === undefined ? {} : { advice }) };
}

function stop(text: string, advice: string): Code {
  return { verdict: 'stop', text, advice };
}

function unknown(text: string): Code {
  return { verdict: 'unknown', text };
}

function old(code: Code): Code {
  return { ...code, isOld: true };
}
