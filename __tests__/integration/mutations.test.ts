import { RepositoryCopy } from '../support/repository';

/** The mistakes that the tests exist for. Each is made in a copy of the repository, where a check of `make test` must then fail. */
const JEST = 'node_modules/.bin/jest';
const GOLDEN = '__tests__/golden/golden.test.ts';
const WALLS = '__tests__/walls.test.ts';

interface Mistake {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The check that must notice, and what it says. */
  readonly check: readonly [program: string, ...args: string[]];
  readonly says: RegExp;
}

const MISTAKES: Readonly<Record<string, Mistake>> = {
  'prevent_destroy is taken off the database': {
    file: 'constructs/gcp/firestore-database.ts',
    from: 'lifecycle: { preventDestroy: isProtected },',
    to: '',
    check: [JEST, GOLDEN],
    says: /moshi-firebase-shared\/database\/resource: \[any-stateful-protected\]/,
  },
  "the database's own deletion protection is taken off": {
    file: 'constructs/gcp/firestore-database.ts',
    from: "isProtected ? 'DELETE_PROTECTION_ENABLED'",
    to: "isProtected ? 'DELETE_PROTECTION_DISABLED'",
    check: [JEST, GOLDEN],
    says: /moshi-firebase-shared\/database\/resource: \[any-stateful-protected\]/,
  },
  'the database is removed': {
    file: 'estates/moshi/firebase.ts',
    from: "new FirestoreDatabase(this, 'database'",
    to: "void (this, 'database'",
    check: [JEST, GOLDEN],
    says: /google_firestore_database\.database_resource/,
  },
  'the database construct is renamed': {
    file: 'estates/moshi/firebase.ts',
    from: "new FirestoreDatabase(this, 'database'",
    to: "new FirestoreDatabase(this, 'store'",
    check: [JEST, GOLDEN],
    says: /google_firestore_database\.store_resource/,
  },
  'the servers become editors of the project': {
    file: 'estates/moshi/server.ts',
    from: "'logging.logWriter',",
    to: "'logging.logWriter', 'editor',",
    check: [JEST, GOLDEN],
    says: /\[gcp-no-broad-roles\]/,
  },
  'the health check port is opened to everybody': {
    file: 'estates/moshi/server.ts',
    from: "const HEALTH_CHECKERS = ['130.211.0.0/22', '35.191.0.0/16'];",
    to: "const HEALTH_CHECKERS = ['0.0.0.0/0'];",
    check: [JEST, GOLDEN],
    says: /moshi-server-dev\/network\/health-checks: \[gcp-no-open-firewall\]/,
  },
  'a provider barrel is imported': {
    file: 'constructs/gcp/bucket.ts',
    from: "import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';",
    to: "import { storageBucket } from '@cdktf/provider-google';\nconst { StorageBucket } = storageBucket;",
    check: ['node_modules/.bin/biome', 'lint', 'constructs/gcp/bucket.ts'],
    says: /noRestrictedImports/,
  },
  'a variable that a function needs is not provided': {
    file: 'estates/docker-worker/functions.ts',
    from: '      REPORTING_TOPIC: data.reports.name,\n',
    to: '',
    check: ['node_modules/.bin/tsc', '--noEmit'],
    says: /estates\/docker-worker\/functions\.ts.*Property 'REPORTING_TOPIC' is missing/,
  },
  'a construct imports an estate': {
    file: 'constructs/gcp/bucket.ts',
    from: 'import { googleOf }',
    to: "import { moshi } from '../../estates/moshi';\nimport { googleOf }",
    check: [JEST, WALLS],
    says: /constructs\/gcp\/bucket\.ts imports estates\/moshi, which is not below it/,
  },
};

test.each(Object.entries(MISTAKES))('fails when %s', (_, mistake) => {
  const copy = new RepositoryCopy();
  copy.replace(mistake.file, mistake.from, mistake.to);
  const [program, ...args] = mistake.check;
  const { code, output } = copy.run(program, args, { UPDATE_GOLDEN: undefined, REQUIRE_REAL: undefined, TEST_TIER: undefined });
  expect(output).toMatch(mistake.says);
  expect(code).not.toBe(0);
});

test('and passes without a mistake', () => {
  const copy = new RepositoryCopy();
  expect(copy.run(JEST, [GOLDEN, WALLS], { TEST_TIER: undefined }).code).toBe(0);
});
