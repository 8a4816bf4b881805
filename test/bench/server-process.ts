import { seeded, startSimulator } from '../../src/simulator/index.ts';

const simulator = await startSimulator({
  provider: 'sellapay',
  now: Date.now,
  random: seeded(1),
  limits: null,
  balance: '1000000000000.00',
});
process.on('message', (message) => {
  if (message === 'bookings') process.send?.({ bookings: simulator.book().length });
  if (message === 'close') void simulator.close().then(() => process.disconnect());
});
process.send?.({ endpoint: simulator.endpoint });
