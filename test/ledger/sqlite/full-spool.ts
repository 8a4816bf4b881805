import { closeSync, openSync, writeSync } from 'node:fs';
import { openSpool } from '../../../src/ledger/open.ts';
import { CALLBACK } from '../settling.ts';

/** Fills the disk under a spool that was made before, and prints how many callbacks it takes then, and why it takes no more. */
const [place = ''] = process.argv.slice(2);
const spool = await openSpool(`sqlite:${place}`);
await spool.prepare();
const filler = openSync(`${place}.filler`, 'w');
for (const bytes of [65_536, 4096, 1]) {
  try {
    for (;;) writeSync(filler, Buffer.alloc(bytes, 'x'));
  } catch {
    // No room for a piece of this size.
  }
}
closeSync(filler);
let kept = 0;
let fault = '';
while (fault === '' && kept < 500) {
  await spool.add({ ...CALLBACK, deduplicationKey: `k${kept}` }).then(
    () => (kept += 1),
    (error: unknown) => (fault = String(error)),
  );
}
let taken = 0;
await spool.takeIn((callbacks) => Promise.resolve((taken += callbacks.length)));
process.stdout.write(JSON.stringify({ kept, fault, taken }));
