import type { Destination } from '../../src/domain/destination.ts';
import { sellapay } from '../../src/providers/index.ts';
import { providerConformance } from './conformance.ts';
import { simulated } from './simulated.ts';

const credentials = { api_key: 'key-of-the-conformance', api_secret: 'secret-of-the-conformance' };

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
    start: simulated({
      provider: 'sellapay',
      credential: { key: credentials.api_key, secret: credentials.api_secret },
    }),
  });
}
