/**
 * Tiers: `make test` runs everything but the next two. `make test-real` runs integration/: real components, and what starts many
 * processes. `make test-aws` runs aws/: stacks applied on moto by the real provider, which waits for most of ten minutes.
 */
const FOLDERS = { real: 'integration', aws: 'aws' };
const folder = FOLDERS[process.env.TEST_TIER];
const isReal = folder !== undefined;
const tier = isReal
  ? [`<rootDir>/__tests__/${folder}/**/*.test.ts`]
  : ['<rootDir>/__tests__/**/*.test.ts', ...Object.values(FOLDERS).map((name) => `!**/__tests__/${name}/**`)];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: tier,
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } }] },
  globalSetup: '<rootDir>/__tests__/support/temporary-folder.js',
  globalTeardown: '<rootDir>/__tests__/support/temporary-folder-cleanup.js',
  setupFilesAfterEnv: ['<rootDir>/__tests__/support/setup.ts'],
  reporters: ['default', '<rootDir>/__tests__/support/real-components-reporter.js'],
  modulePathIgnorePatterns: ['<rootDir>/cdktf.out', '<rootDir>/bench/template'],
  maxWorkers: isReal ? 1 : '100%', // real components want the machine for themselves
  testTimeout: isReal ? 300_000 : 60_000,
};
