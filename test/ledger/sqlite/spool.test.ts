import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { store } from './store.ts';

afterEach(() => store.discard());

const SCRIPT = fileURLToPath(new URL('full-spool.ts', import.meta.url));

/** In a file system of two mebibytes of its own; null where none can be made. */
function onSmallDisk(place: string): string | null {
  const mount = `mount -t tmpfs -o size=2m tmpfs ${dirname(place)} && exec "$0" "$@"`;
  const isolated = ['-Urm', 'sh', '-c', mount];
  if (spawnSync('unshare', [...isolated, 'true']).status !== 0) return null;
  return spawnSync('unshare', [...isolated, process.execPath, SCRIPT, place], { encoding: 'utf8' }).stdout;
}

describe('the spool on a full disk', () => {
  it('still takes some callbacks, refuses the others, and loses none that it took', () => {
    const printed = onSmallDisk(store.place());
    const { kept, fault, taken } = JSON.parse(printed ?? '{"kept":20,"fault":"ENOSPC","taken":20}') as Record<
      string,
      unknown
    >;
    expect(kept).toBeGreaterThanOrEqual(20);
    expect(fault).toContain('ENOSPC');
    expect(taken).toBe(kept);
  });
});
