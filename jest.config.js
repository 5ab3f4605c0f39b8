/** Two tiers: `make test` runs everything but integration/, `make test-real` that: real components, and what starts many processes. */
const isReal = process.env.TEST_TIER === 'real';
const tier = isReal ? ['<rootDir>/__tests__/integration/**/*.test.ts'] : ['<rootDir>/__tests__/**/*.test.ts', '!**/__tests__/integration/**'];

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
