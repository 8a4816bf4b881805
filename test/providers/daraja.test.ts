import { daraja } from '../../src/providers/index.ts';
import { providerConformance } from './conformance.ts';
import { simulated } from './simulated.ts';
import { CREDENTIALS } from './daraja/payments.ts';

for (const { settings, ...options } of [
  { confirm_by_query: true, settings: {} },
  // As other documents and gateways have the same things.
  {
    confirm_by_query: false,
    settings: {
      stringCodes: true,
      textAmounts: true,
      oddKeys: true,
      acceptanceCode: 'zeros',
      expiresInText: false,
      tokenRefusalCode: '401.002.01',
      throttleShape: 'fault',
    },
  },
  {
    command: 'BusinessPayToPochi',
    settings: {
      acceptanceCode: 'number',
      tokenRefusalCode: '400.003.01',
      throttleShape: '429',
      tillIdentifier: '2',
    },
    till_identifier_type: '2',
  },
]) {
  // The initiator and the certificate are the simulator's own; they are known once it stands.
  const credentials: Record<string, string> = { ...CREDENTIALS };
  const { consumer_key: key, consumer_secret: secret } = CREDENTIALS;

  providerConformance(`daraja (${JSON.stringify(options)})`, {
    definition: daraja,
    credentials,
    options: { shortcode: '600981', query_wait: '5s', ...options },
    currency: 'KES',
    destinations: [
      { destination: { kind: 'mobile', phone: '+254712000111' }, accepted: 'pending', ends: 'paid' },
      { destination: { kind: 'paybill', paybill: '888880', account: 'INV-2211' }, accepted: 'pending', ends: 'paid' },
      { destination: { kind: 'till', till: '765432' }, accepted: 'pending', ends: 'paid' },
    ],
    refused: { destination: { kind: 'mobile', phone: '+254700000040' } },
    amountMinorMin: 10_00n,
    // Forty payments to one phone stay below what it may receive in a day.
    amountMinorMax: 12_000_00n,
    amountMinorStep: 100n,
    start: simulated({
      provider: 'daraja',
      credential: { key, secret },
      balance: '10000000.00',
      settings: () => settings,
      started: (simulator) =>
        Object.assign(credentials, simulator.credentials, { consumer_key: key, consumer_secret: secret }),
    }),
  });
}
