import {
  listOf,
  AMOUNT,
  COUNT,
  DURATION,
  DURATIONS,
  FLAG,
  TIMEOUT,
  oneOf,
  text,
  type JsonSchema,
  type OptionKind,
} from '../kit/option-kinds.ts';
import { assumed, option, type ProviderConfiguration } from '../kit/options.ts';

/** What payrun.yaml may say of an account at PesaWay. */
export const pesawayConfiguration = {
  pays: 'mobile, bank, paybill, till (Kenya and five more regions)',
  notes: 'callbacks, query, statement',
  credentials: {
    consumer_key: 'Buys the token.',
    consumer_secret: 'Buys the token.',
  },
  optionalCredentials: {
    callback_secret: 'With it PesaWay signs its callbacks, where that is enabled for the merchant.',
  },
  options: {
    api_generation: option(
      oneOf('2', '3'),
      'Age of the API that your PesaWay account speaks. 3 sends X-Region and MerchantCode, names banks by their names and asks by GET with a body. Left out: 3 where region and merchant_code are both given, else 2.',
    ),
    region: option(
      oneOf('ke', 'ug', 'tz', 'zm', 'gh', 'cm'),
      "Where the account pays, for generation 3; the account's currency is the region's: KES, UGX, TZS, ZMW, GHS or XAF. Generation 2 pays in Kenya.",
    ),
    merchant_code: option(
      text(
        '^[A-Za-z0-9._-]{2,100}$',
        'Write the merchant code: 2 to 100 letters, digits, points, hyphens or underscores.',
      ),
      'Your merchant code at PesaWay, for generation 3.',
    ),
    mobile_channel: option(
      text('^[!-~]([ -~]{0,38}[!-~])?$', "Write the channel's name exactly as PesaWay prints it.", {
        examples: ['MPESA', 'Airtel'],
      }),
      "Channel of payments to mobiles whose row has no details.channel, in PesaWay's exact case. Left out: MPESA in Kenya; elsewhere no name is published, and a payment without one is refused.",
    ),
    mobile_channels: option(
      listOf(channel(), 'list of texts', { examples: [['MPESA', 'Airtel']] }),
      'What details.channel may name. Left out: MPESA and Airtel in Kenya, nothing elsewhere.',
    ),
    paybill_channel: assumed(
      channel(),
      'Channel of payments to paybills. Clients disagree (`PAYBILL` has been seen too): ask PesaWay.',
      'MPESA Paybill',
    ),
    till_channel: assumed(
      channel(),
      'Channel of payments to tills. Clients disagree (`TILL` has been seen too): ask PesaWay.',
      'MPESA Till',
    ),
    bank_channel: option(channel(), 'Channel of payments to banks; `BANK` has been seen once.', 'Bank'),
    reason_max: option(
      {
        ...COUNT,
        type: '2 to 250',
        schema: {
          type: ['integer', 'string'],
          minimum: 2,
          maximum: 250,
          pattern: '^([2-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|250)$',
          patternErrorMessage: 'Write a whole number from 2 to 250.',
        },
      },
      'Longest narrative sent as Reason; a longer one is cut.',
      250,
    ),
    min_mobile_amount: option(
      AMOUNT,
      'Smallest payment to a mobile, paybill or till. Left out: 10 in Kenya, none elsewhere.',
    ),
    max_mobile_amount: option(
      AMOUNT,
      'Largest payment to a mobile, paybill or till. Left out: 250000 in Kenya, none elsewhere.',
    ),
    min_bank_amount: option(AMOUNT, 'Smallest payment to a bank. Left out: 100 in Kenya, none elsewhere.'),
    max_bank_amount: option(AMOUNT, 'Largest payment to a bank. Left out: 999999 in Kenya, none elsewhere.'),
    fee: option(
      AMOUNT,
      'The most that one payment costs on top of its amount, for the balance warning; contract prices vary. Left out: 39 in Kenya, nothing elsewhere.',
    ),
    query_method: option(
      oneOf('GET', 'POST'),
      'How a payment is asked about; the body is the same. Left out: POST in generation 2, GET in generation 3.',
    ),
    balance_method: option(
      oneOf('GET', 'POST'),
      'How the balance is asked for. Left out: GET in generation 2, POST in generation 3.',
    ),
    failed_after: option(
      DURATION,
      'Age from which a failure that a query reports is final; before it the payment counts as pending and is asked about again.',
      '3m',
    ),
    stop_result_codes: option(
      listOf(
        text('^[1-9][0-9]{0,8}$', 'Write a ResultCode: a whole number.', { type: ['string', 'integer'] }),
        'list of numbers',
      ),
      'ResultCodes of failed payments after which nothing more is sent from the account in this run, such as 1 (too little float) or 2001 (initiator) where yours mean that. PesaWay publishes no list.',
      [],
    ),
    statement_after: option(
      DURATION,
      'Age from which a payment that a query does not find is looked for in the statement.',
      '60s',
    ),
    statement_margin: option(
      DURATION,
      "How much wider than the payment's own time the statement is read, on both sides.",
      '2h',
    ),
    statement_time_zone: option(
      oneOf(
        'Africa/Nairobi',
        'Africa/Kampala',
        'Africa/Dar_es_Salaam',
        'Africa/Lusaka',
        'Africa/Accra',
        'Africa/Douala',
        'UTC',
      ),
      'Zone of the times in requests for the statement, which name none.',
      'Africa/Nairobi',
    ),
    statement_dates: option(
      oneOf('time', 'day'),
      'How requests for the statement write their dates: `time` with hours and minutes, `day` without. Left out: time in generation 2, day in generation 3.',
    ),
    statement_pages: option(
      COUNT,
      'Most pages of 100 rows that are read of a statement; a payment is not believed to be missing from a longer one.',
      50,
    ),
    resend_after_not_found: option(
      FLAG,
      'Whether a payment that neither query nor statement knows is presented again by itself, with the same reference. PesaWay refuses a reference that was used (403.002); that this holds for two requests at once and across all channels is not published. With false a person decides.',
      true,
    ),
    resend_grace: option(
      DURATION,
      'How long a payment must have stayed unknown to PesaWay, from the first such answer to the newest, before it is presented again.',
      '0s',
    ),
    resend_answers: option(COUNT, 'How many such answers in a row that takes.', 1),
    poll: assumed(DURATIONS, 'Ages at which an open payment is asked about, since it was sent.', [
      '10s',
      '30s',
      '60s',
      '2m',
      '5m',
    ]),
    poll_every: assumed(DURATION, 'How often it is asked about after the last of those ages.', '5m'),
    poll_until: assumed(
      DURATION,
      'Age after which it is asked about ever more rarely, at last once a day, for as long as it is open.',
      '60m',
    ),
    token_lifetime: assumed(DURATION, 'Lifetime of a token whose answer does not tell it in expires_in.', '1h'),
    token_renewal: option(DURATION, 'How long before its end a token is replaced.', '300s'),
    payout_timeout: assumed(
      TIMEOUT,
      'How long a payout request may take before its answer counts as lost; PesaWay is asked then what became of it.',
      '30s',
    ),
    request_timeout: assumed(
      TIMEOUT,
      'The same for tokens, queries, statements and balances, which are asked again.',
      '30s',
    ),
  },
  optionRules: {
    dependentRequired: { region: ['merchant_code'], merchant_code: ['region'] },
    if: { properties: { api_generation: { enum: ['3', 3] } }, required: ['api_generation'] },
    then: { required: ['region', 'merchant_code'] },
  },
} satisfies ProviderConfiguration;

/** The name of a channel, in PesaWay's exact case. */
function channel(more: JsonSchema = {}): OptionKind<string> {
  return text('^[!-~]([ -~]{0,38}[!-~])?$', "Write the channel's name exactly as PesaWay prints it.", more);
}
