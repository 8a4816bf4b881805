import { TIMEOUT } from '../kit/option-kinds.ts';
import { assumed, type ProviderConfiguration } from '../kit/options.ts';

/** What payrun.yaml may say of an account at Template. */
export const templateConfiguration = {
  pays: 'mobile (Fill in: where, which currencies)',
  notes: 'query',
  credentials: {
    api_key: 'Fill in: what the provider calls it and how it is sent.',
  },
  options: {
    payout_timeout: assumed(TIMEOUT, 'How long a payout request may take before its answer counts as lost.', '30s'),
    request_timeout: assumed(TIMEOUT, 'The same for queries and balances, which are asked again.', '30s'),
  },
} satisfies ProviderConfiguration;
