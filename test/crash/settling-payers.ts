import type { FaultOdds } from '../../src/simulator/index.ts';
import { commonDraft, kenyan, padded, type Payer } from './payers.ts';

/** Payers at providers that take a payment first and tell later how it ended. */

export const TOKEN = 'c0ffee'.repeat(8);

const SECRET = 'crash-secret-a94e';

/** Lost answers as everywhere, and callbacks that are lost, repeated, early or forged. */
const ODDS: FaultOdds = {
  ...{
    'drop-before': 0.02,
    'drop-after': 0.04,
    '503-booked': 0.01,
    unreadable: 0.01,
    'cut-short': 0.01,
    throttle: 0.01,
  },
  ...{ 'callback-lost': 0.06, 'callback-twice': 0.03, 'callback-early': 0.03, 'callback-forged': 0.03 },
};

/** A day's schedule in a second. */
const POLL = 'poll: [150ms, 400ms, 800ms], poll_every: 500ms, poll_until: 1h';

export const pesawayPayer: Payer = {
  provider: 'pesaway',
  currency: 'KES',
  account: (endpoint) =>
    `{ provider: pesaway, endpoint: "${endpoint}", currency: KES, ` +
    'credentials: { consumer_key: "${PW_KEY}", consumer_secret: "${PW_SECRET}", callback_secret: "${PW_CALLBACK}" }, ' +
    `options: { ${POLL}, statement_after: 300ms }`,
  env: () => ({ PW_KEY: 'crash-key', PW_SECRET: SECRET, PW_CALLBACK: 'crash-callback-secret' }),
  secret: SECRET,
  simulator: {
    credentials: [{ key: 'crash-key', secret: SECRET }],
    settings: { callbackSecret: 'crash-callback-secret', callbackDelayMs: 30, repeatDelayMs: 50 },
  },
  odds: { ...ODDS, 'expire-tokens': 0.01 },
  columns: ['mobile', 'bank_code', 'bank_account', 'till', 'paybill'],
  resends: true,
  draft: (serial) => {
    const common = { ...commonDraft(serial, 101n), ends: 'paid' } as const;
    switch (serial % 10) {
      case 3: {
        const bank_account = `01${padded(serial, 6)}77`;
        return { ...common, fields: { bank_code: '68', bank_account }, destination: `68/${bank_account}` };
      }
      case 5:
        return { ...common, fields: { till: `7${padded(serial, 5)}` }, destination: `7${padded(serial, 5)}` };
      case 8:
        return { ...common, fields: { paybill: `8${padded(serial, 5)}` }, destination: `8${padded(serial, 5)}` };
      default:
        return { ...common, ...kenyan(`7${padded(serial, 6)}99`) };
    }
  },
};

export const bitpesaPayer: Payer = {
  provider: 'bitpesa',
  currency: 'NGN',
  account: (endpoint) =>
    `{ provider: bitpesa, endpoint: "${endpoint}", currency: NGN, ` +
    'credentials: { api_key: "${BP_KEY}", api_secret: "${BP_SECRET}" }, ' +
    'options: { input_currency: NGN, sender: { type: business, name: Crash Ltd, country: KE, trading_country: KE, city: Nairobi, ' +
    `street: Moi Avenue 1, postal_code: "00100", email: pay@example.org, phone_number: "+254712000000" }, ${POLL}, resend_after: 300ms }`,
  env: () => ({ BP_KEY: 'crash-key', BP_SECRET: SECRET }),
  secret: SECRET,
  simulator: {
    credentials: [{ key: 'crash-key', secret: SECRET }],
    settings: { payoutDelayMs: 30, webhookRetryMs: 1, repeatDelayMs: 50 },
  },
  odds: ODDS,
  columns: ['bank_code', 'bank_account', 'details.bank_account_type'],
  resends: true,
  draft: (serial) => {
    const bank_account = `06${padded(serial, 6)}00`;
    const fields = { bank_code: '058', bank_account, 'details.bank_account_type': '20' };
    return { ...commonDraft(serial, 1_00n), fields, destination: `058/${bank_account}`, ends: 'paid' };
  },
};

export const mpesaPayer: Payer = {
  provider: 'mpesa-openapi',
  currency: 'TZS',
  account: (endpoint) =>
    `{ provider: mpesa-openapi, endpoint: "${endpoint}", currency: TZS, ` +
    'credentials: { api_key: "${MP_KEY}", public_key: "${MP_PUBLIC}" }, ' +
    `options: { market: vodacomTZN, service_provider_code: "900123", activation_delay: 0s, ${POLL}, ` +
    'resend_after_not_found: true, resend_grace: 300ms, resend_answers: 2 }',
  env: ({ credentials }) => ({ MP_KEY: SECRET, MP_PUBLIC: credentials['public_key'] ?? '' }),
  secret: SECRET,
  simulator: {
    credentials: [{ key: SECRET, secret: '' }],
    settings: {
      async: true,
      activationDelayMs: 0,
      callbackDelayMs: 30,
      callbackUrl: `https://pay.example.org/callbacks/${TOKEN}`,
    },
  },
  odds: { ...ODDS, 'expire-tokens': 0.01 },
  columns: ['mobile', 'till'],
  resends: true,
  draft: (serial) => {
    const common = { ...commonDraft(serial, 1_00n), ends: 'paid' } as const;
    return serial % 5 === 3
      ? { ...common, fields: { till: `7${padded(serial, 5)}` }, destination: `7${padded(serial, 5)}` }
      : { ...common, fields: { mobile: `+25574${padded(serial, 5)}99` }, destination: `+25574${padded(serial, 5)}99` };
  },
};

/** Answers everything by callback, questions too; and pays a repeated B2B request twice, so that one must never be made. */
export const darajaPayer: Payer = {
  provider: 'daraja',
  currency: 'KES',
  account: (endpoint) =>
    `{ provider: daraja, endpoint: "${endpoint}", currency: KES, ` +
    'credentials: { consumer_key: "${DJ_KEY}", consumer_secret: "${DJ_SECRET}", initiator_name: "${DJ_NAME}", ' +
    'initiator_password: "${DJ_PASSWORD}", certificate: "${DJ_CERTIFICATE}" }, ' +
    `options: { shortcode: "600981", query_wait: 1s, ${POLL}, resend_grace: 300ms }`,
  env: ({ credentials }) => ({
    DJ_KEY: 'crash-key',
    DJ_SECRET: SECRET,
    DJ_NAME: credentials['initiator_name'] ?? '',
    DJ_PASSWORD: credentials['initiator_password'] ?? '',
    DJ_CERTIFICATE: credentials['certificate'] ?? '',
  }),
  secret: SECRET,
  simulator: { credentials: [{ key: 'crash-key', secret: SECRET }], settings: { callbackDelayMs: 30 } },
  odds: { ...ODDS, 'expire-tokens': 0.01 },
  columns: ['mobile', 'paybill', 'paybill_account', 'till'],
  resends: true,
  isReferenceOptional: true,
  draft: (serial) => {
    const common = { ...commonDraft(serial, 1_00n), ends: 'paid' } as const;
    switch (serial % 10) {
      case 4: {
        const fields = { paybill: '888880', paybill_account: `INV${padded(serial, 6)}` };
        return { ...common, fields, destination: `888880/${fields.paybill_account}` };
      }
      case 8:
        return { ...common, fields: { till: `7${padded(serial, 5)}` }, destination: `7${padded(serial, 5)}` };
      default:
        return { ...common, ...kenyan(`7${padded(serial, 6)}33`) };
    }
  },
};

export const settlingPayers: readonly Payer[] = [pesawayPayer, bitpesaPayer, mpesaPayer, darajaPayer];
