import { seeded, startSimulator, type SimulatorOptions } from '../../src/simulator/index.ts';

const COMMON = { now: Date.now, random: seeded(1), limits: null, balance: '1000000000000.00' } as const;

/** A port: PesaWay there, which never calls back. Without one: Sellapay. */
const port = process.argv[2];
const options: SimulatorOptions =
  port === undefined
    ? { provider: 'sellapay', ...COMMON }
    : {
        provider: 'pesaway',
        ...COMMON,
        port: Number(port),
        dedupe: 'ignore',
        magicValues: 'none',
        credentials: [{ key: 'ck', secret: 'cs' }],
        faults: (request) => (request.payout ? { kind: 'callback', callbackFault: 'lost' } : null),
      };
const simulator = await startSimulator(options);
process.on('message', (message) => {
  if (message === 'bookings') process.send?.({ bookings: simulator.book().length });
  if (message === 'close') void simulator.close().then(() => process.disconnect());
});
process.send?.({ endpoint: simulator.endpoint });
