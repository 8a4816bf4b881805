import type { Destination } from '../../src/domain/destination.ts';
import { mpesaOpenapi } from '../../src/providers/index.ts';
import { seeded, startSimulator, type Fault } from '../../src/simulator/index.ts';
import { providerConformance, type Mishap } from './conformance.ts';

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

const base = { provider: 'mpesa-openapi', now: Date.now, random: seeded(1) } as const;
const published = await startSimulator(base);
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
    start: async ({ balance, credentials: known, callbackAddress }) => {
      const simulator = await startSimulator({
        ...base,
        balance: balance === 'plenty' ? '9000000000000.00' : '1.00',
        credentials: [{ key: known === 'known' ? credentials.api_key : 'other', secret: '' }],
        limits: null,
        settings: { activationDelayMs: 0, async: isAsync, callbackUrl: callbackAddress, callbackDelayMs: 5 },
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
