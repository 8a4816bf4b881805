import { AMOUNT, COUNT, DURATION, DURATIONS, FLAG, TIMEOUT, WAIT, oneOf, text } from '../kit/option-kinds.ts';
import { assumed, option, required, type ProviderConfiguration } from '../kit/options.ts';

/** What payrun.yaml may say of an account at M-Pesa OpenAPI. */
export const mpesaOpenapiConfiguration = {
  pays: 'mobile, business short codes (Tanzania, Ghana, Lesotho, DR Congo, Mozambique)',
  notes: 'query, callbacks',
  credentials: {
    api_key: "The application's key; it is sent encrypted.",
    public_key: "The platform's public key of the environment, one line of Base64.",
  },
  options: {
    market: required(
      oneOf(
        'tanzania',
        'ghana',
        'lesotho',
        'drc',
        'mozambique',
        'vodacomTZN',
        'vodafoneGHA',
        'vodacomLES',
        'vodacomDRC',
        'vodacomMOZ',
      ),
      "Where the account pays; the account's currency must be the market's: TZS, GHS, LSL, USD or CDF, MZN. The second five are the names in the provider's own paths.",
    ),
    service_provider_code: required(
      text('^[0-9A-Za-z]{4,12}$', 'Write the short code: 4 to 12 letters and digits.', { examples: ['900123'] }),
      'Short code of the organisation: the account that is debited. Quote it, so that leading zeros survive.',
    ),
    origin: option(
      text('^[!-~]{1,200}$', 'Write a domain, an IP address or *, without blanks.'),
      "Sent as `Origin`; must be one of the application's trusted sources, where it has any.",
      '*',
    ),
    session_lifetime: assumed(
      {
        ...DURATION,
        schema: {
          type: 'string',
          pattern: '^[1-9][0-9]{0,5}(ms|s|m|h|d)$',
          patternErrorMessage: 'Write a number with its unit, such as 30m, 1h or 20d.',
        },
      },
      'Lifetime of a session as it is set for the application in the portal, which does not tell it otherwise.',
      '1h',
    ),
    session_renewal: option(
      WAIT,
      'How long before its end a session is replaced; left out: a fifth of its lifetime. The old one is used on until the new one is active.',
    ),
    activation_delay: assumed(
      DURATION,
      'How long a new session is refused before it becomes active. Every command that talks to M-Pesa waits so long at its start.',
      '30s',
    ),
    min_amount: option(
      AMOUNT,
      "Smallest payment, in the account's currency. Limits are set per market and application and not published; left out: none.",
    ),
    max_amount: option(
      AMOUNT,
      "Largest payment, in the account's currency, as the application's limits have it; left out: none.",
    ),
    payout_timeout: assumed(
      TIMEOUT,
      'How long a payment request may take before its answer counts as lost; M-Pesa is asked then what became of it.',
      '60s',
    ),
    request_timeout: assumed(
      TIMEOUT,
      'How long a request for a session or a status may take; these are asked again.',
      '60s',
    ),
    poll: assumed(DURATIONS, 'Ages at which an open payment is asked about, since it was sent.', [
      '15s',
      '30s',
      '1m',
      '2m',
      '5m',
      '10m',
    ]),
    poll_every: assumed(WAIT, 'How often it is asked about after that.', '15m'),
    poll_until: assumed(
      DURATION,
      'Age after which it is asked about ever more rarely, at last once a day, for as long as it is open.',
      '24h',
    ),
    resend_after_not_found: option(
      FLAG,
      'Whether a payment that M-Pesa does not find, again and again, is presented once more with the same reference. That M-Pesa refuses a repeated reference is documented (INS-10), but not by which field and for how long: set to true only when it is confirmed for your organisation, or a payment could move twice. With false a person decides.',
      false,
    ),
    resend_grace: option(DURATION, 'With resend_after_not_found: how long M-Pesa must not have found it.', '10m'),
    resend_answers: option(COUNT, 'With resend_after_not_found: how many answers in a row must not have found it.', 3),
    resend_within: option(
      DURATION,
      'With resend_after_not_found: how long after it was first sent it may be presented again.',
      '24h',
    ),
  },
} satisfies ProviderConfiguration;
