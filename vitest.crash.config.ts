import { defineConfig } from 'vitest/config';

/** The real command line, killed at random moments: one test file after the other, since a kill needs the machine for itself. */
export default defineConfig({
  test: {
    include: ['test/crash/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
