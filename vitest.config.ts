import { configDefaults, defineConfig } from 'vitest/config';

/** Everything but the crash tests, which are a project of their own: `npm run test:crash`. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/crash/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 3,
  },
});
