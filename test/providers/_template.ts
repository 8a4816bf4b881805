import type { Destination } from '../../src/domain/destination.ts';
import { template } from '../../src/providers/_template/index.ts';
import { providerConformance } from './conformance.ts';
import { simulated } from './simulated.ts';

const credentials = { api_key: 'key-of-the-conformance' };

const mobile: Destination = { kind: 'mobile', phone: '+254712000111' };

providerConformance('_template', {
  definition: template,
  credentials,
  options: {},
  currency: 'KES',
  // `ends` where an accepted payment is paid later.
  destinations: [{ destination: mobile, accepted: 'pending', ends: 'paid' }],
  // Fill in: a payment that the provider refuses for its own data.
  refused: { destination: { kind: 'mobile', phone: '+254712000000' } },
  amountMinorMin: 1_00n,
  amountMinorMax: 250_000_00n,
  // Fill in: true (the default) where a token is bought that can end.
  hasToken: false,
  start: simulated({ provider: '_template', credential: { key: credentials.api_key, secret: '' } }),
});
