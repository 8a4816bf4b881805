import type { Destination } from '../../src/domain/destination.ts';
import { mpesaOpenapi } from '../../src/providers/index.ts';
import { seeded, startSimulator } from '../../src/simulator/index.ts';
import { providerConformance } from './conformance.ts';
import { simulated } from './simulated.ts';

const published = await startSimulator({ provider: 'mpesa-openapi', now: () => 0, random: seeded(1) });
const credentials = { ...published.credentials, api_key: 'key0of0the0conformance0000000001' };
await published.close();

/** An organisation that is answered at once is sent no callbacks. */
const answeredAtOnce = { ...mpesaOpenapi };
delete answeredAtOnce.callbacks;

for (const { market, currency, phone, isAsync, resend } of [
  { market: 'ghana', currency: 'GHS', phone: '+233244000111', isAsync: false, resend: false },
  { market: 'vodacomTZN', currency: 'TZS', phone: '+255744000111', isAsync: true, resend: false },
  { market: 'lesotho', currency: 'LSL', phone: '+26658000111', isAsync: false, resend: true },
]) {
  const mobile: Destination = { kind: 'mobile', phone };
  const step = currency === 'TZS' ? 100n : 1n;
  const till: Destination = { kind: 'till', till: '400200' };
  const whenAccepted = isAsync ? ({ accepted: 'pending', ends: 'paid' } as const) : ({ accepted: 'paid' } as const);
  providerConformance(`mpesa-openapi (${market}, ${isAsync ? 'answers later' : 'answers at once'})`, {
    definition: isAsync ? mpesaOpenapi : answeredAtOnce,
    credentials,
    options: { market, service_provider_code: '900123', activation_delay: '0s', resend_after_not_found: resend },
    currency,
    destinations: [mobile, till].map((destination) => ({ destination, ...whenAccepted })),
    refused: { destination: { kind: 'mobile', phone: '+254712000111' } },
    amountMinorMin: step,
    amountMinorMax: 9_999_999_999_00n,
    amountMinorStep: step,
    start: simulated({
      provider: 'mpesa-openapi',
      credential: { key: credentials.api_key, secret: '' },
      settings: ({ callbackAddress }) => ({
        activationDelayMs: 0,
        async: isAsync,
        callbackUrl: callbackAddress,
        callbackDelayMs: 5,
      }),
    }),
  });
}
