import type { Destination } from '../../src/domain/destination.ts';
import { bitpesa } from '../../src/providers/index.ts';
import { providerConformance } from './conformance.ts';
import { simulated } from './simulated.ts';

const credentials = { api_key: 'key-of-the-conformance', api_secret: 'secret-of-the-conformance' };

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
    // Faults strike the request that moves money: the funding. Creating moves nothing.
    start: simulated({
      provider: 'bitpesa',
      credential: { key: credentials.api_key, secret: credentials.api_secret },
      settings: () => ({ age, payoutDelayMs: 5, refundDelayMs: 5, webhookRetryMs: 20, ...settings }),
    }),
  });
}
