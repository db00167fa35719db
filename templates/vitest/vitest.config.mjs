import { defineConfig } from 'vitest/config';

// tsconfig.json must keep its decorator flags: Nest injects by the types that TypeScript emits with them.
export default defineConfig({
  test: {
    include: ['test/**/*.spec.ts'],
    globalSetup: ['test/support/vitest-global-setup.mjs'],
    setupFiles: ['test/support/vitest-setup.mjs'],
    pool: 'forks',
    // Without isolation a worker keeps its database from file to file.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
