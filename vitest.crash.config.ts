import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** The real command line, killed at random moments: one test file after the other, since a kill needs the machine for itself. */
export default defineConfig({
  test: {
    // No test writes into the state folder of the user who runs it.
    env: { XDG_STATE_HOME: mkdtempSync(join(tmpdir(), 'payrun-state-')) },
    include: ['test/crash/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
