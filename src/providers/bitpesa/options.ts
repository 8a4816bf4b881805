import {
  textsOf,
  type OptionKind,
  AMOUNT,
  CURRENCY,
  DURATION,
  DURATIONS,
  FLAG,
  TIMEOUT,
  oneOf,
  text,
} from '../kit/option-kinds.ts';
import { assumed, option, required, type ProviderConfiguration } from '../kit/options.ts';
import { FULL_SENDER, SENDER } from './sender-profile.ts';

/** Payout currency → the most of the input currency that one unit of it may cost, as decimal text. */
const RATES: OptionKind<Readonly<Record<string, string>>> = {
  type: 'mapping',
  schema: {
    type: 'object',
    propertyNames: { pattern: '^[A-Z]{3}$', patternErrorMessage: 'Write three capital letters, such as NGN.' },
    additionalProperties: {
      type: ['number', 'string'],
      pattern: '^[0-9]{1,9}(\\.[0-9]{1,12})?$',
      patternErrorMessage: 'Write digits and optionally a point, such as 0.00052.',
    },
    examples: [{ NGN: '0.00052' }],
  },
  read: textsOf,
};

/** What payrun.yaml may say of an account at BitPesa. */
export const bitpesaConfiguration = {
  pays: 'bank, mobile, cash (AZA Finance: 15 currencies)',
  notes: 'webhooks, query, cancellation',
  credentials: {
    api_key: 'Sent as Authorization-Key.',
    api_secret: 'Signs every request; never sent.',
  },
  options: {
    sender: required(
      SENDER,
      "Who pays: one sender for all payments of the account, in BitPesa's own field names. It is created once, found again by its external_id, and patched where these fields change. Some payout types ask for more than is required here; a file that needs them says so.",
    ),
    relaxed_sender: option(
      FLAG,
      "Whether BitPesa has enabled the relaxed rules (WTR2) for the account: then the sender may lack address, phone and birth date, and has instead a document's type and number, or a birth date.",
      false,
    ),
    input_currency: option(
      CURRENCY,
      "Currency of the balance at BitPesa that pays. Left out: the account's currency. Another than the payout's is exchanged by BitPesa at its rate of the moment: set max_rate then.",
    ),
    max_surcharge: option(
      AMOUNT,
      "The most that BitPesa may take on top of a payment's amount where both are in one currency, in that currency. What would cost more is not funded and stops the account.",
      '0',
    ),
    max_rate: option(
      RATES,
      'Where currencies differ: payout currency: the most of the input currency that one unit of it may cost. What would cost more is not funded and stops the account. A currency that is left out has no guard.',
    ),
    phone_format: assumed(
      oneOf('e164', 'national'),
      'How phones are sent: with their country (2025), or without it (2019).',
      'e164',
    ),
    detail_rules: assumed(
      oneOf('spec', 'guide'),
      "Where BitPesa's specification and its guide ask for different details of a recipient, whose list refuses a row; what only the other asks for is a warning.",
      'spec',
    ),
    transfer_reason: assumed(
      text('^[a-z0-9_]{2,81}$', 'Write a key of BitPesa: lower-case letters, digits and underscores.'),
      "Reason of payouts whose type asks for one, where details.transfer_reason is empty; one of BitPesa's keys, such as salary_non_resident_in_country.",
      'third_party_person_account',
    ),
    auto_refund: assumed(
      FLAG,
      'Whether BitPesa itself cancels and refunds what is not paid 24 hours after it was funded.',
      true,
    ),
    account_validation: option(
      FLAG,
      "Whether BitPesa compares the recipient's name with the bank's before it pays (NGN::Bank and GHS::Bank); a mismatch is an error of the recipient, to be cancelled.",
      false,
    ),
    nuban_check: option(
      FLAG,
      'Whether a Nigerian account number whose check digit does not fit its bank is a warning. Off: wallets and many microfinance banks number their accounts otherwise.',
      false,
    ),
    expiry_margin: assumed(
      DURATION,
      'A transaction that ends sooner than this is not funded any more; BitPesa ends unfunded ones after one hour.',
      '30s',
    ),
    resend_after: assumed(
      DURATION,
      'How long a transaction whose answer was lost must be seen to wait for its funds, or be unknown to BitPesa, before it is presented again with the same reference.',
      '120s',
    ),
    poll: assumed(DURATIONS, 'Ages at which an open payment is asked about.', ['1m', '3m', '8m', '20m', '40m', '60m']),
    poll_every: assumed(DURATION, 'How often it is asked about after the last of these ages.', '1h'),
    poll_until: assumed(
      DURATION,
      'Age after which it is asked about ever more rarely, at last once a day, for as long as it is open.',
      '26h',
    ),
    cancel_after: option(
      DURATION,
      'The age at which a payment that is not paid yet is cancelled. BitPesa advises to wait 24 hours; it goes on trying meanwhile.',
      '24h',
    ),
    fail_fast: option(
      FLAG,
      'Whether a payment in trouble over its recipient (reason codes 4…) or its sender (5…) is cancelled at once and not after cancel_after.',
      false,
    ),
    register_webhook: option(
      FLAG,
      "Whether the account's callback address is registered at BitPesa where it is missing in the account's list of webhooks.",
      true,
    ),
    payout_timeout: option(
      TIMEOUT,
      'How long creating and funding may each take before the answer counts as lost. A payment without an answer is unknown until it was asked about.',
      '60s',
    ),
    request_timeout: option(TIMEOUT, 'How long any other request may take; these are asked again.', '60s'),
  },
  optionRules: {
    if: { properties: { relaxed_sender: { enum: [true, 'true'] } }, required: ['relaxed_sender'] },
    then: true,
    else: { properties: { sender: FULL_SENDER } },
  },
} satisfies ProviderConfiguration;
