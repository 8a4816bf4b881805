import { AMOUNT, COUNT, FLAG, RATE, TIMEOUT, WAIT, oneOf } from '../kit/option-kinds.ts';
import { assumed, option, type ProviderConfiguration } from '../kit/options.ts';

/** What payrun.yaml may say of an account at Sellapay. */
export const sellapayConfiguration = {
  pays: 'mobile, bank, Sellapay accounts (Kenya, KES)',
  notes: 'final at once, but for banks; cannot be asked',
  credentials: {
    api_key: 'Sent as X-API-KEY.',
    api_secret: 'Sent as X-API-SECRET.',
  },
  options: {
    field_dialect: option(
      oneOf('seed', 'upstream-2026-02-10', 'examples'),
      "Which of Sellapay's published contracts the server speaks. Only `seed` carries a reference on every payout; ask your account manager before choosing another.",
      'seed',
    ),
    examples_encoding: option(oneOf('form', 'json'), 'Body encoding of the `examples` dialect.', 'form'),
    min_amount: assumed(AMOUNT, 'Smallest payout of any kind, in KES. None is published.', '1'),
    max_mobile_amount: assumed(
      AMOUNT,
      'Largest mobile payout, in KES. Documented for collections only; bank and wallet payouts have no cap.',
      '70000',
    ),
    account_name_max: option(
      COUNT,
      'Longest recipient name of a bank payout, in characters; a longer one refuses the row.',
      100,
    ),
    narrative_max: assumed(COUNT, 'Longest narrative sent, in characters; a longer one is cut.', 100),
    mobile_fee: option(AMOUNT, 'Fee per mobile payout that the balance warning reckons with, in KES.', '50'),
    bank_fee: option(AMOUNT, 'Fee per bank payout that the balance warning reckons with, in KES.', '100'),
    authorize_rate: option(RATE, 'Token requests per IP address; everybody on this machine shares it.', '10/min'),
    token_renewal: option(WAIT, 'How long before its end a token is replaced.', '5m'),
    payout_timeout: assumed(
      TIMEOUT,
      'How long a payout request may take before its answer counts as lost. A payment without an answer is unknown and needs a person.',
      '30s',
    ),
    request_timeout: assumed(
      TIMEOUT,
      'How long a request for a token or the balance may take; these are asked again.',
      '10s',
    ),
    retry_ambiguous_with_same_reference: option(
      FLAG,
      'No effect: payrun never sends a Sellapay payment again by itself. Accepted so that older configurations stay valid.',
      false,
    ),
  },
} satisfies ProviderConfiguration;
