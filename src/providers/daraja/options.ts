import { AMOUNT, COUNT, DURATION, DURATIONS, FLAG, TIMEOUT, WAIT, oneOf, text } from '../kit/option-kinds.ts';
import { assumed, option, required, type ProviderConfiguration } from '../kit/options.ts';

/** What payrun.yaml may say of an account at Daraja (M-Pesa of Safaricom). */
export const darajaConfiguration = {
  pays: 'mobile, Pochi, paybill, till (Safaricom, Kenya)',
  notes: 'callbacks, query',
  credentials: {
    consumer_key: 'Buys the token.',
    consumer_secret: 'Buys the token.',
    initiator_name: "API operator's user name.",
    initiator_password: "The operator's password; it is sent encrypted under the certificate.",
    certificate: "Safaricom's certificate of the environment, PEM; best as { file: path }.",
  },
  options: {
    shortcode: required(
      text(
        '^[0-9]{5,7}$',
        "Write the short code's 5 to 7 digits, such as 600981.",
        { type: ['string', 'integer'], minimum: 10000, maximum: 9999999, examples: ['600981'] },
        '5 to 7 digits',
      ),
      'Your short code, which pays: 5 to 7 digits. Only with `endpoint: simulator` may it be left out.',
    ),
    command: option(
      oneOf('BusinessPayment', 'SalaryPayment', 'PromotionPayment', 'BusinessPayToPochi'),
      'How phones are paid: as a business payment, a salary, a promotion (with a message of congratulation), or into the business wallets of B2Pochi.',
      'BusinessPayment',
    ),
    till_identifier_type: option(
      oneOf('4', '2'),
      '`RecieverIdentifierType` of a payment to a till. Safaricom documents 4; one public client sends 2.',
      '4',
    ),
    min_amount: option(AMOUNT, 'Smallest payment to a phone, in KES.', '10'),
    max_amount: option(AMOUNT, 'Largest payment to a phone, in KES.', '250000'),
    balance_account: option(
      oneOf('utility', 'working'),
      "Which of the short code's accounts is shown as the balance. A run compares what it pays to phones with Utility, and what it pays to paybills and tills with Working.",
      'utility',
    ),
    confirm_by_query: option(
      FLAG,
      'Whether what is reported to the callback address, success or failure, counts only once a status query has confirmed it: Daraja signs nothing. Without it, a reported failure is queried before a retry.',
      true,
    ),
    query_wait: option(
      TIMEOUT,
      'How long the answer to a status query or a question for the balance, which comes by callback, is waited for.',
      '20s',
    ),
    poll: assumed(DURATIONS, 'Ages at which an open payment is asked about, since it was sent.', [
      '1m',
      '2m',
      '5m',
      '15m',
      '60m',
    ]),
    poll_every: assumed(DURATION, 'How often it is asked about after the last of those ages.', '1h'),
    poll_until: assumed(
      DURATION,
      'Age after which it is asked about ever more rarely, at last once a day, for as long as it is open.',
      '24h',
    ),
    resend_grace: assumed(
      DURATION,
      'How long Daraja must have known nothing of a payment to a phone before it is presented again, with the same id.',
      '5m',
    ),
    resend_answers: assumed(COUNT, 'How many status queries in a row must have found nothing before that.', 2),
    resend_within: option(
      DURATION,
      'Age after which a payment is not presented again: how long Daraja remembers ids is not published.',
      '24h',
    ),
    quota_wait: option(WAIT, 'Pause after a quota violation that does not say how long to wait.', '1m'),
    token_renewal: assumed(WAIT, 'How long before its end a token is replaced.', '60s'),
    payout_timeout: option(TIMEOUT, 'How long a payment request may take before its answer counts as lost.', '30s'),
    request_timeout: option(TIMEOUT, 'The same for tokens, status queries and balances.', '30s'),
    callback_reply: option(
      oneOf('0', '00000000'),
      'The `ResultCode` that a callback is answered with. An older interface wanted eight zeros.',
      '0',
    ),
  },
} satisfies ProviderConfiguration;
