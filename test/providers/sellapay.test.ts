import type { Destination } from '../../src/domain/destination.ts';
import { sellapay } from '../../src/providers/index.ts';
import { seeded, startSimulator, type Fault } from '../../src/simulator/index.ts';
import { providerConformance, type Mishap } from './conformance.ts';

const credentials = { api_key: 'key-of-the-conformance', api_secret: 'secret-of-the-conformance' };

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

const mobile: Destination = { kind: 'mobile', phone: '+254712000111' };
const wallet: Destination = { kind: 'wallet', wallet: 'fbsotk4jH1L7FiO2z2qkqsPiqVHJSaVmpgBu8a7iMWGaba97RH' };
const coded: Destination = { kind: 'bank', code: '015', account: '0110000777' };
const swift: Destination = { kind: 'bank', code: 'EQBLKENA', account: '0110000777' };

for (const { bank, ...options } of [
  { field_dialect: 'seed', bank: coded },
  { field_dialect: 'upstream-2026-02-10', bank: swift },
  { field_dialect: 'examples', bank: swift },
  { field_dialect: 'examples', examples_encoding: 'json', bank: swift },
]) {
  providerConformance(`sellapay (${Object.values(options).join(', ')})`, {
    definition: sellapay,
    credentials,
    options,
    currency: 'KES',
    destinations: [
      { destination: mobile, accepted: 'paid' },
      { destination: wallet, accepted: 'paid' },
      { destination: bank, accepted: 'pending' },
    ],
    refused: { destination: { kind: 'wallet', wallet: 'acctMISSING' } },
    throttled: { amountMinor: 429_00n },
    amountMinorMax: 9_999_999_999_99n,
    start: async ({ balance, credentials: known }) => {
      const simulator = await startSimulator({
        provider: 'sellapay',
        now: Date.now,
        random: seeded(1),
        balance: balance === 'plenty' ? '9000000000000.00' : '1.00',
        credentials: [
          known === 'known'
            ? { key: credentials.api_key, secret: credentials.api_secret }
            : { key: 'other', secret: 'other' },
        ],
        limits: null,
      });
      return {
        endpoint: simulator.endpoint,
        book: () => simulator.book(),
        mishap: (mishap) => simulator.addFaults([{ fault: FAULTS[mishap] }]),
        close: () => simulator.close(),
      };
    },
  });
}
