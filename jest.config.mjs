// Nest 12 is ESM only, and parts of its ecosystem are CommonJS. Jest runs both as CommonJS, without experimental flags.
export default {
  testMatch: ['<rootDir>/test/**/*.spec.ts'],
  transform: {
    '^.+\\.[jt]s$': [
      '@swc/jest',
      {
        swcrc: false,
        module: { type: 'commonjs' },
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          target: 'es2023',
          keepClassNames: true,
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!(?:\\.pnpm/[^/]+/node_modules/)?@nestjs/)'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  testEnvironment: '<rootDir>/test/support/environment.mjs',
  maxWorkers: 2,
  workerIdleMemoryLimit: '600MB',
  // A new worker that replaces a large one may still be loading when Jest ends it.
  workerGracefulExitTimeout: 5000,
  testTimeout: 60_000,
};
