import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { crash } from './crash.ts';
import { sellapayPayer } from './payers.ts';
import { settlingPayers } from './settling-payers.ts';

// The crash test by hand: `node test/crash/main.ts --kills 200 --rows 2000 [--seed N] [--copies]`. Build first.

const { values } = parseArgs({
  options: {
    provider: { type: 'string', default: 'sellapay' },
    seed: { type: 'string' },
    kills: { type: 'string', default: '200' },
    rows: { type: 'string', default: '2000' },
    pairs: { type: 'string', default: '0.4' },
    copies: { type: 'boolean', default: false },
    cli: { type: 'string', default: 'dist/cli/bin.js' },
    quiet: { type: 'boolean', default: false },
  },
});

const cli = resolve(values.cli);
if (!existsSync(cli)) {
  console.error(`There is no ${values.cli}: npm run build`);
  process.exitCode = 2;
} else {
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  console.log(`seed ${seed}`);
  const payer = [sellapayPayer, ...settlingPayers].find(({ provider }) => provider === values.provider);
  if (payer === undefined) throw new Error(`no payer at ${values.provider}`);
  const result = await crash({
    payer,
    seed,
    kills: Number(values.kills),
    rows: Number(values.rows),
    pairs: Number(values.pairs),
    copies: values.copies,
    cli,
    log: values.quiet ? () => undefined : (line) => console.log(line),
  });
  const { kills, killsInFlight, lives, rows, booked, statuses, problems } = result;
  console.log(`seed ${seed}: ${kills} kills in ${lives.length} lives, ${killsInFlight} with payouts in flight`);
  console.log(`${rows} payments, ${booked} booked at the provider; reported: ${JSON.stringify(statuses)}`);
  for (const problem of problems) console.error(`PROBLEM: ${problem}`);
  console.log(problems.length === 0 ? 'passed' : `failed; everything is in ${result.folder}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
