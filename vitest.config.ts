import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

/** Everything but the crash tests, which are a project of their own: `npm run test:crash`. */
export default defineConfig({
  test: {
    // No test writes into the state folder of the user who runs it.
    env: { XDG_STATE_HOME: mkdtempSync(join(tmpdir(), 'payrun-state-')) },
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/crash/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 3,
  },
});
