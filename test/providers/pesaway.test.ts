import type { Destination } from '../../src/domain/destination.ts';
import { pesaway } from '../../src/providers/index.ts';
import { providerConformance } from './conformance.ts';
import { simulated } from './simulated.ts';

const buyer = { consumer_key: 'key-of-the-conformance', consumer_secret: 'secret-of-the-conformance' };
const signed = { ...buyer, callback_secret: 'callback-secret-of-the-conformance' };

const mobile: Destination = { kind: 'mobile', phone: '+254712000111' };
const coded: Destination = { kind: 'bank', code: '68', account: '0110000777' };
const named: Destination = { kind: 'bank', code: 'Equity', account: '0110000777' };
const paybill: Destination = { kind: 'paybill', paybill: '888880', account: '' };
const till: Destination = { kind: 'till', till: '522533' };

const newest = { region: 'ke', merchant_code: 'ACME.01' };

for (const [name, { credentials = signed, bank = coded, options = {}, settings = {} }] of Object.entries<{
  readonly credentials?: Readonly<Record<string, string>>;
  readonly bank?: Destination;
  readonly options?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, string | boolean>>;
}>({
  'generation 2': {},
  'generation 2 without signatures': { credentials: buyer, settings: { callbackSecret: '', pendingResultCode: '2' } },
  'generation 3': { bank: named, options: newest, settings: { tokenShape: 'expires_at' } },
  'generation 3 where our reference is no key of a query, errors come with 200 and answers are nested': {
    ...{ bank: named, options: { ...newest, query_method: 'POST' } },
    settings: {
      ...{ queryByExternalReference: false, alwaysHttp200: true, nestedAnswers: true, tokenShape: 'data.token' },
      ...{ statementPath: 'mobile-money', errorText: 'error' },
    },
  },
})) {
  providerConformance(`pesaway (${name})`, {
    definition: pesaway,
    credentials,
    options,
    currency: 'KES',
    destinations: [
      { destination: mobile, accepted: 'pending', ends: 'paid' },
      { destination: mobile, accepted: 'pending', ends: 'paid', details: { channel: 'airtel' } },
      { destination: bank, accepted: 'pending', ends: 'paid' },
      { destination: paybill, accepted: 'pending', ends: 'paid' },
      { destination: till, accepted: 'pending', ends: 'paid' },
    ],
    refused: { destination: { kind: 'mobile', phone: '+254712000001' } },
    amountMinorMin: 10_00n,
    amountMinorMax: 250_000_00n,
    start: simulated({
      provider: 'pesaway',
      credential: { key: buyer.consumer_key, secret: buyer.consumer_secret },
      balance: '9000000000.00',
      settings: () => ({ callbackSecret: signed.callback_secret, callbackDelayMs: 5, repeatDelayMs: 5, ...settings }),
    }),
  });
}
