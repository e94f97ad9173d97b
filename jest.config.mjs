import { availableParallelism } from 'node:os';

/** All projects share one setup: `npm test -- unit` runs one of them. */
const shared = {
  rootDir: import.meta.dirname,
  roots: ['src', 'examples', 'packages', 'test'].map((folder) => `<rootDir>/${folder}`), // not all of node_modules, at each start
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  moduleNameMapper: {
    '^local-stripe$': '<rootDir>/packages/local-stripe/src/index.ts', // its source: no build to forget
  },
  transform: { '^.+\\.ts$': '<rootDir>/test/support/jest/transform.mjs' },
  cacheDirectory: '<rootDir>/node_modules/.cache/jest', // Jest's default is among the temporary files, which last for one run
  id: 'nest-stripe-billing', // one cache of compiled files for all projects
  testEnvironment: '<rootDir>/test/support/jest/environment.mjs',
  runtime: '<rootDir>/test/support/jest/runtime.cjs',
  resolver: '<rootDir>/test/support/jest/resolve.cjs',
  setupFiles: ['<rootDir>/test/support/seed.ts'],
};

export default {
  maxWorkers: availableParallelism() + 2, // tests also wait: for processes to start, for leases, for the disk
  testSequencer: '<rootDir>/test/support/jest/longest-first.mjs',
  workerIdleMemoryLimit: '400MB', // a worker keeps some 10 MB of each file's modules, and its garbage collector takes ever more of the time
  workerGracefulExitTimeout: 10_000, // Node itself takes over half a second to end a worker with a large heap; 500 is Jest's default
  testTimeout: 120_000, // a hang fails; a slow machine does not
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{src,examples}/**/*.spec.ts',
        '<rootDir>/packages/*/src/**/*.spec.ts',
        '<rootDir>/test/rules/*.spec.ts',
      ],
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/{test/e2e,examples,src}/**/*.e2e-spec.ts', '<rootDir>/packages/*/test/**/*.e2e-spec.ts'],
    },
    {
      ...shared,
      displayName: 'postgres',
      setupFiles: [...shared.setupFiles, '<rootDir>/test/postgres/support/use-postgres.ts'],
      testMatch: ['<rootDir>/test/e2e/**/*.e2e-spec.ts', '<rootDir>/test/postgres/**/*.postgres-spec.ts'],
      // These have no database of the app's, or one of their own; the named ones are about what stands before it.
      testPathIgnorePatterns: [
        '/node_modules/',
        '<rootDir>/test/e2e/(boot|catalog|checkout-choices|csrf|error-log|features|forms-and-errors|hosts|incomplete-events|migrate-to-address|nest-resource|own-handler)\\.',
        // These go by the same statements as buying, refunding, disputes, subscribing, plan-changes and reconcile, which run on both.
        '<rootDir>/test/e2e/(access-after-dispute|charged-amounts|organisations|other-accounts|plan-pages|receipts|refund-rules|settlement|strangers|subscriptions-command)\\.',
        '<rootDir>/test/e2e/(file-lists|markup|paths|portal-configurations|private-files|stripe-away|stripe-cli|terminal|webhook-refusals|webhooks-command)\\.',
      ],
    },
    { ...shared, displayName: 'faults', testMatch: ['<rootDir>/test/{faults,year}/**/*.faults-spec.ts'] },
    { ...shared, displayName: 'browser', testMatch: ['<rootDir>/test/browser/**/*.browser-spec.ts'] },
  ],
};
