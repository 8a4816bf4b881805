import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { median } from './measure.ts';

const SYNCS = 200;

/** Median time of one 4 KiB write made durable in this folder, in microseconds: what each commit of the ledger waits for. */
export function syncLatencyUs(folder: string): number {
  const file = join(folder, 'sync-probe');
  const block = Buffer.alloc(4096, 1);
  const descriptor = openSync(file, 'w');
  try {
    const times = Array.from({ length: SYNCS }, () => {
      const started = performance.now();
      writeSync(descriptor, block);
      fsyncSync(descriptor);
      return (performance.now() - started) * 1_000;
    });
    return median(times);
  } finally {
    closeSync(descriptor);
    rmSync(file);
  }
}
