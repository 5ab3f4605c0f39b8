/**
 * Two tiers: `make test` runs everything but integration/, `make test-real` that: real components, and what starts many processes. Of those
 * most want the machine for themselves; these do not mind another beside them: they have ports, folders and copies of their own, and mostly
 * wait for Terraform, moto and emulators. `make test-real` runs them first, two at a time. TEST_TIER=real takes all, one by one.
 */
const BESIDE_OTHERS = [
  ...[
    'adoption',
    'cdktf-deploy',
    'drift',
    'filmlinkd-upgrade',
    'import-commands',
    'moving-state',
    'mutations',
    'rehearse',
    'rehearse-from',
    'rehearse-variants',
    'runner-lifecycle',
    'runner-upgrade',
    'state',
    'terraform-cloud',
    'up',
  ],
  ...['egf2-moto', 'egf2-restart', 'launcher-aws', 'secrets-aws', 'vulpine-moto', 'vulpine-secrets', 'vulpine-topologies', 'vulpine-topology'],
  ...['bus', 'film-stores', 'functions', 'pipeline', 'scraper-google', 'shard-google', 'stores'],
].map((suite) => `**/__tests__/integration/${suite}.test.ts`);
const REAL = '<rootDir>/__tests__/integration/**/*.test.ts';
const TIERS = {
  fast: ['<rootDir>/__tests__/**/*.test.ts', '!**/__tests__/integration/**'],
  real: [REAL],
  'real-beside-others': BESIDE_OTHERS,
  'real-alone': [REAL, ...BESIDE_OTHERS.map((suite) => `!${suite}`)],
};
const tier = process.env.TEST_TIER ?? 'fast';
if (!TIERS[tier]) throw new Error(`TEST_TIER=${tier}: expected ${Object.keys(TIERS).join(', ')}`);
const isReal = tier !== 'fast';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: TIERS[tier],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } }] },
  globalSetup: '<rootDir>/__tests__/support/temporary-folder.js',
  globalTeardown: '<rootDir>/__tests__/support/temporary-folder-cleanup.js',
  setupFilesAfterEnv: ['<rootDir>/__tests__/support/setup.ts'],
  reporters: ['default', '<rootDir>/__tests__/support/real-components-reporter.js'],
  modulePathIgnorePatterns: ['<rootDir>/cdktf.out', '<rootDir>/bench/template'],
  maxWorkers: tier === 'fast' ? '100%' : tier === 'real-beside-others' ? 2 : 1,
  testTimeout: isReal ? 300_000 : 60_000,
};
