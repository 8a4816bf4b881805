import type { Destination } from '../../src/domain/destination.ts';
import { bitpesa } from '../../src/providers/index.ts';
import { seeded, startSimulator, type Fault } from '../../src/simulator/index.ts';
import { providerConformance } from './conformance.ts';
import type { Mishap } from './harness.ts';

const credentials = { api_key: 'key-of-the-conformance', api_secret: 'secret-of-the-conformance' };

/** They strike the request that moves money: the funding. Creating moves nothing. */
const FAULTS: Readonly<Record<Mishap, Fault>> = {
  'dropped-before-booking': { kind: 'drop-before-booking' },
  'dropped-after-booking': { kind: 'drop-after-booking' },
  'server-error': { kind: 'status', status: 500, booked: false },
  'server-error-after-booking': { kind: 'status', status: 503, booked: true },
  unreadable: { kind: 'unreadable' },
  'cut-short': { kind: 'cut-short' },
  'unlisted-status': { kind: 'status', status: 418, booked: true },
  throttled: { kind: 'throttle' },
  'callback-lost': { kind: 'callback', callbackFault: 'lost' },
  'callback-twice': { kind: 'callback', callbackFault: 'twice' },
  'callback-early': { kind: 'callback', callbackFault: 'early' },
  'callback-forged': { kind: 'callback', callbackFault: 'forged' },
  'token-expired': { kind: 'expire-tokens' },
};

const bank: Destination = { kind: 'bank', code: '058', account: '1234567800' };
const mobile: Destination = { kind: 'mobile', phone: '+2348031234500' };

/** The API as it is described today, and as it was in 2019; where its sheet leaves something open, one reading each. */
const AGES = [
  { age: '2025', options: {}, settings: {}, destinations: [{ destination: bank }, { destination: mobile }] },
  {
    age: '2019',
    options: { phone_format: 'national' },
    settings: { prefixFilter: true, accountShape: 'list', debitStatus: 200, senderState: 'initial' },
    destinations: [{ destination: mobile }, { destination: bank, details: { bank_account_type: '20' } }],
  },
] as const;

for (const { age, options, settings, destinations } of AGES) {
  providerConformance(`bitpesa of ${age}`, {
    definition: bitpesa,
    credentials,
    options,
    currency: 'NGN',
    destinations: destinations.map((sample) => ({ ...sample, accepted: 'pending', ends: 'paid' })),
    // One name is no name of a person.
    refused: { name: 'Amina' },
    amountMinorMin: 100_00n,
    amountMinorMax: 50_000_000_00n,
    amountMinorStep: 100n,
    requestsPerPayout: 2,
    hasToken: false,
    start: async ({ balance, credentials: known }) => {
      const pair = { key: credentials.api_key, secret: credentials.api_secret };
      const simulator = await startSimulator({
        provider: 'bitpesa',
        now: Date.now,
        random: seeded(1),
        balance: balance === 'plenty' ? '9000000000000.00' : '1.00',
        credentials: [known === 'known' ? pair : { key: 'other', secret: 'other' }],
        limits: null,
        settings: { age, payoutDelayMs: 5, refundDelayMs: 5, webhookRetryMs: 20, ...settings },
      });
      return {
        endpoint: simulator.endpoint,
        book: () => simulator.book(),
        mishap: (mishap) => simulator.addFaults([{ fault: FAULTS[mishap] }]),
        idle: () => simulator.idle(),
        close: () => simulator.close(),
      };
    },
  });
}
