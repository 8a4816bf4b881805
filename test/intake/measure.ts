/**
 * Measures checking a CSV of a million rows beside a bare csv-parse pass over it; run by hand, never by the tests:
 * `node test/intake/measure.ts FILE [bare]`, each in its own process so that the peak memory is its own. Writes FILE when it
 * is not there.
 */
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { once } from 'node:events';
import { parse } from 'csv-parse';
import type { AccountRules } from '../../src/domain/rules.ts';
import { checkBatch } from '../../src/intake/batch.ts';

const [, , file = 'million.csv', mode = 'check'] = process.argv;

const rules: AccountRules = {
  account: 'demo',
  provider: 'testpay',
  currency: 'KES',
  currencies: ['KES'],
  maxAmountMinor: null,
  narrativeMax: 100,
  destinations: {
    mobile: {
      schema: {},
      nameRequired: false,
      nameMax: null,
      minAmountMinor: 100n,
      maxAmountMinor: 7_000_000n,
      stepMinor: 1n,
      normalise: ({ mobile = '' }) =>
        /^\+2547\d{8}$/.test(mobile)
          ? { ok: true, destination: { kind: 'mobile', phone: mobile } }
          : { ok: false, fault: { field: 'mobile', code: 'mobile-invalid', message: 'No phone.' } },
    },
  },
};

async function write(): Promise<void> {
  const stream = createWriteStream(file);
  stream.write('id,name,amount,mobile,department\n');
  for (let row = 1; row <= 1_000_000; row++) {
    const phone = String((row * 7) % 100_000_000).padStart(8, '0');
    const line = `EMP-${String(row).padStart(7, '0')},Jane Wanjiku,${20_000 + (row % 30_000)}.50,+2547${phone},Warehouse\n`;
    if (!stream.write(line)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}

if (!existsSync(file)) await write();
const start = performance.now();
let rows = 0;
if (mode === 'bare') {
  const records = createReadStream(file).pipe(parse({ columns: true }));
  records.on('data', () => (rows += 1));
  await once(records, 'end');
} else {
  const overrides = { account: 'demo', batch: null };
  const context = { rules: new Map([['demo', rules]]), defaults: [], overrides, timezone: 'Africa/Nairobi' };
  rows = (await checkBatch(file, context)).count;
}
const seconds = ((performance.now() - start) / 1000).toFixed(2);
const { maxRSS, userCPUTime } = process.resourceUsage();
console.log(
  `${mode}: ${rows} rows, ${seconds} s (${(userCPUTime / 1e6).toFixed(2)} s of user time), ${Math.round(maxRSS / 1024)} MB at most`,
);
