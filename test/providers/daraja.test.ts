import { daraja } from '../../src/providers/index.ts';
import { seeded, startSimulator, type Fault } from '../../src/simulator/index.ts';
import { providerConformance, type Mishap } from './conformance.ts';
import { CREDENTIALS } from './daraja/payments.ts';

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
    start: async ({ balance, credentials: which }) => {
      const simulator = await startSimulator({
        provider: 'daraja',
        now: Date.now,
        random: seeded(1),
        balance: balance === 'plenty' ? '10000000.00' : '1.00',
        credentials: [which === 'known' ? { key, secret } : { key: 'other', secret: 'other' }],
        limits: null,
        settings,
      });
      Object.assign(credentials, simulator.credentials, { consumer_key: key, consumer_secret: secret });
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
