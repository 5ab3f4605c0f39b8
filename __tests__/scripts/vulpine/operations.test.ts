import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperationsBench, TWO_INSTANCES } from '../../support/operations-bench';

/** An engine whose containers are lines of a file, `name state health`; those that start are healthy, but for `sick`. Web servers answer what `answers` says: by default 200. */
const ENGINE = (root: string, sick = 'nobody') => `
cd ${root}
name=$1; shift
case $name in
ps) cut -d ' ' -f 1 engine ;;
exec) grep -h "^$1 " answers 2>/dev/null | cut -d ' ' -f 2 | grep . || echo 200 ;;
start | restart) for one; do if [ "$one" = ${sick} ]; then health=unhealthy; else health=healthy; fi; sed -i "s/^$one .*/$one running $health/" engine; done ;;
inspect)
  shift 2; sep='['
  for one; do
    read -r _ state health <<END
$(grep "^$one " engine)
END
    printf '%s{"Name":"/%s","State":{"Status":"%s","Health":{"Status":"%s","Log":[{"Output":"it said so"}]}}}' "$sep" "$one" "$state" "$health"; sep=,
  done
  echo ']' ;;
esac`;

const ALL = [
  'nginx',
  'web-1',
  'web-2',
  'streaming-1',
  'streaming-2',
  'es-1',
  'redis-1',
  'db-1',
  'sidekiq-1',
  'sidekiq-2',
  'sidekiq-3',
  'sidekiq-4',
  'ambassador-1',
  'dbbackup-1',
];
const named = (instance: string) => ALL.map((name) => (name === 'nginx' ? name : `${instance}-${name}`));

describe('make vulpine-start', () => {
  function bench(state: (name: string) => string, sick?: string, names = named('vulpine')): OperationsBench {
    const made = new OperationsBench();
    made.docker(ENGINE(made.root, sick));
    writeFileSync(made.at('engine'), names.map((name) => `${name} ${state(name)}\n`).join(''));
    return made;
  }
  const QUICK = ['--yes', '--every', '0.01', '--patience', '0.2'];

  test('starts databases first, then what serves, then the way in, and only what does not run', () => {
    const engine = bench((name) => (name === 'vulpine-redis-1' ? 'running healthy' : 'exited'));
    const { code, output } = engine.run('vulpine-start', ...QUICK);
    expect(output).toContain('Next: look at it from outside: curl --fail https://vulpine.club/api/v2/instance');
    expect(code).toBe(0);
    expect(engine.calls().filter((call) => call.startsWith('start'))).toEqual([
      'start vulpine-es-1 vulpine-db-1',
      'start vulpine-web-1 vulpine-web-2 vulpine-streaming-1 vulpine-streaming-2 vulpine-sidekiq-1 vulpine-sidekiq-2 vulpine-sidekiq-3 vulpine-sidekiq-4',
      'start nginx vulpine-ambassador-1 vulpine-dbbackup-1',
    ]);
    expect(engine.run('vulpine-start', ...QUICK).output).toContain('Nothing to do: all is well.');
    expect(engine.calls().some((call) => call.startsWith('start'))).toBe(false);
  });

  test('what does not get well is said, with what its check said, and nothing that comes after is started', () => {
    const engine = bench(() => 'exited', 'vulpine-db-1');
    const { code, output } = engine.run('vulpine-start', ...QUICK);
    expect(code).toBe(1);
    expect(output).toContain('vulpine-db-1 on admin@smithwicks.vulpine.club is not well: running, unhealthy\n  it said so');
    expect(output).toContain('ssh admin@smithwicks.vulpine.club docker logs --tail 100 vulpine-db-1');
    expect(engine.calls().join('\n')).not.toContain('start vulpine-web-1');
  });

  test('what is well by its own check, and has no answer out of the database, is said', () => {
    const engine = bench(() => 'exited');
    writeFileSync(engine.at('answers'), 'vulpine-web-2 500\n');
    for (const args of [QUICK, QUICK, ['--dry-run']]) {
      const { code, output } = engine.run('vulpine-start', ...args);
      expect(code).toBe(1);
      expect(output).toContain('vulpine-web-2 on admin@smithwicks.vulpine.club runs, and has no answer out of its database: 500 for /api/v2/instance');
      expect(output).toContain('ssh admin@smithwicks.vulpine.club docker logs --tail 100 vulpine-web-2');
      expect(output).not.toMatch(/vulpine-web-1 .* no answer|all is well|Next:/);
    }
    const asked = engine.calls().filter((call) => call.startsWith('exec'));
    for (const web of ['vulpine-web-1', 'vulpine-web-2'])
      expect(asked).toContainEqual(expect.stringMatching(new RegExp(`^exec ${web} /bin/sh -c curl .* sh vulpine\\.club /api/v2/instance$`)));
  });

  test('a dump in its first half hour is not waited for', () => {
    const engine = bench((name) => (name === 'vulpine-dbbackup-1' ? 'running starting' : 'exited'));
    expect(engine.run('vulpine-start', ...QUICK).code).toBe(0);
  });

  test('a dry run starts nothing; what is missing has to be deployed first', () => {
    const engine = bench(() => 'exited');
    expect(engine.run('vulpine-start', '--dry-run')).toMatchObject({
      code: 0,
      output: expect.stringContaining('  - vulpine-es-1, vulpine-redis-1, vulpine-db-1 on admin@smithwicks.vulpine.club'),
    });
    expect(engine.calls().some((call) => call.startsWith('start'))).toBe(false);
    const without = bench(() => 'exited', undefined, named('vulpine').slice(0, -1));
    expect(without.run('vulpine-start', ...QUICK)).toMatchObject({
      code: 2,
      output: expect.stringContaining("There is no vulpine-dbbackup-1 on admin@smithwicks.vulpine.club. Next: make deploy STACKS='vulpine-containers-prod'"),
    });
  });

  test('one instance of several, with the nginx of all', () => {
    const engine = bench(() => 'exited', undefined, [...named('vulpine'), ...named('corsac').slice(1)]).configured(TWO_INSTANCES);
    expect(engine.run('vulpine-start', '--instance', 'corsac', ...QUICK).code).toBe(0);
    const started = engine
      .calls()
      .filter((call) => call.startsWith('start'))
      .join(' ');
    expect(started).toContain('start nginx corsac-ambassador-1 corsac-dbbackup-1');
    expect(started).not.toContain('vulpine-');
    expect(engine.run('vulpine-sidekiq')).toMatchObject({ code: 2, output: expect.stringContaining('say INSTANCE=vulpine or INSTANCE=corsac') });
    expect(engine.run('vulpine-sidekiq', '--instance', 'fennec')).toMatchObject({
      code: 2,
      output: expect.stringContaining('There is no instance fennec; there is vulpine, corsac'),
    });
  });
});

describe('make vulpine-emoji', () => {
  const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
  let bench: OperationsBench;
  beforeEach(() => {
    // as far as the secrets: what comes behind the user's name is what runs as that user
    bench = new OperationsBench();
    bench.docker(`while [ "$1" != mastodon ]; do shift; done; shift; cd ${bench.root}/app; exec "$@"`);
    mkdirSync(bench.at('app/bin'), { recursive: true });
    bench.program(
      'app/bin/tootctl',
      `echo "$*" >${bench.at('imported')}\nfor file; do :; done\ncp "$file" ${bench.at('arrived.tar.gz')}\nexit $(cat ${bench.at('exit')} 2>/dev/null || echo 0)`,
    );
  });

  function tarball(files: Readonly<Record<string, Buffer>>, ...more: string[]): string {
    const folder = bench.at(`emoji-${Math.floor(performance.now() * 1000)}`);
    mkdirSync(join(folder, 'sub'), { recursive: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    execFileSync('tar', ['--create', '--gzip', `--file=${folder}.tar.gz`, `--directory=${folder}`, ...Object.keys(files), ...more]);
    return `${folder}.tar.gz`;
  }

  test('looks at every picture, sends the file as it is, and imports it with what was asked for', () => {
    const file = tarball({ 'fox_1.png': PNG, 'sub/fox2.png': PNG });
    const { code, output } = bench.run('vulpine-emoji', '--file', file, '--category', "Fox's own", '--overwrite', '--yes');
    expect(output).toContain('Will import 2 emoji into vulpine (vulpine-web-1 on admin@smithwicks.vulpine.club), over those that are there:\n  :fox2: :fox_1:');
    expect(output).toContain('https://vulpine.club/admin/custom_emojis');
    expect(code).toBe(0);
    expect(readFileSync(bench.at('imported'), 'utf8')).toMatch(/^emoji import --overwrite --category=Fox's own \/\S+\.tar\.gz\n$/);
    expect(readFileSync(bench.at('arrived.tar.gz'))).toEqual(readFileSync(file));
    expect(bench.calls()[0]).toMatch(/^exec --interactive --user root vulpine-web-1 \/bin\/sh -c set -eu .* mastodon \/bin\/sh -c/);
  });

  test('a dry run sends nothing, and nobody at the terminal is no yes', () => {
    const file = tarball({ 'fox.png': PNG });
    expect(bench.run('vulpine-emoji', '--file', file, '--dry-run')).toMatchObject({
      code: 0,
      output: expect.stringContaining('Nothing was changed (dry run)'),
    });
    expect(bench.run('vulpine-emoji', '--file', file)).toMatchObject({ code: 2, output: expect.stringContaining('pass --yes') });
    expect(bench.calls()).toEqual([]);
  });

  test('says everything that is wrong with a file, and sends nothing', () => {
    const file = tarball({
      'fox-fox.png': PNG,
      'fox.png': Buffer.from('<html>'),
      'sub/fox.png': PNG,
      'f.png': PNG,
      'big.png': Buffer.concat([PNG, Buffer.alloc(300_000)]),
      'fox.gif': PNG,
    });
    const { code, output } = bench.run('vulpine-emoji', '--file', file, '--yes');
    expect(code).toBe(2);
    for (const problem of [
      'is not usable, 6 of 6 files',
      'fox-fox.png: must be called by its shortcode',
      'fox.png: not a PNG picture',
      'sub/fox.png: there is another fox.png',
      'f.png: must be called',
      'big.png: has 300011 bytes, and Mastodon takes 262144',
      'fox.gif: must be called',
    ])
      expect(output).toContain(problem);
    const whole = readFileSync(tarball({ 'fox.png': PNG }));
    writeFileSync(bench.at('half.tar.gz'), whole.subarray(0, whole.length - 20));
    expect(bench.run('vulpine-emoji', '--file', bench.at('half.tar.gz'))).toMatchObject({ code: 2, output: expect.stringContaining('is no .tar.gz') });
    execFileSync('ln', ['-s', '/etc/passwd', bench.at('link.png')]);
    execFileSync('tar', ['--create', '--gzip', `--file=${bench.at('link.tar.gz')}`, `--directory=${bench.root}`, 'link.png']);
    expect(bench.run('vulpine-emoji', '--file', bench.at('link.tar.gz'))).toMatchObject({
      code: 2,
      output: expect.stringContaining('link.png: not a plain file'),
    });
    expect(bench.run('vulpine-emoji')).toMatchObject({ code: 2, output: expect.stringContaining('FILE=emoji.tar.gz') });
    expect(bench.calls()).toEqual([]);
  });

  test('an import that fails says so', () => {
    writeFileSync(bench.at('exit'), '3');
    const { code, output } = bench.run('vulpine-emoji', '--file', tarball({ 'fox.png': PNG }), '--yes');
    expect(output).toContain('It ended with 3.');
    expect(code).toBe(1);
  });
});

describe('make vulpine-restore', () => {
  let bench: OperationsBench;
  beforeEach(() => {
    bench = new OperationsBench();
    bench.program(
      'remote/sudo',
      `shift\nif [ "$1" = /opt/vulpine-backup/restore.sh ]; then shift; VOLUMES=${bench.at('volumes')} exec ${bench.at('restore')} "$@"; fi\nexec "$@"`,
    );
    bench.program('restore', `echo "$*" >>${bench.at('docker-calls')}\necho "restore says: $*"\nexit $(cat ${bench.at('exit')} 2>/dev/null || echo 0)`);
  });

  test('says what it would do before it asks, and does it then', () => {
    expect(bench.run('vulpine-restore')).toMatchObject({ code: 0, output: expect.stringContaining('Next: make vulpine-restore DUMP=newest') });
    expect(bench.calls()).toEqual(['vulpine']);
    expect(bench.run('vulpine-restore', '--dump', 'newest', '--dry-run').code).toBe(0);
    expect(bench.calls()).toEqual(['--dry-run vulpine newest']);
    expect(bench.run('vulpine-restore', '--dump', 'newest').output).toContain('Nobody is there to answer');
    expect(bench.calls()).toEqual(['--dry-run vulpine newest']);
    const { code, output } = bench.run('vulpine-restore', '--dump', 'newest', '--replace', '--yes');
    expect(code).toBe(0);
    expect(output).toContain('Next: make vulpine-start');
    expect(bench.calls()).toEqual(['--dry-run --replace vulpine newest', '--replace vulpine newest']);
    writeFileSync(bench.at('exit'), '1');
    expect(bench.run('vulpine-restore', '--dump', 'newest', '--yes').code).toBe(1);
    expect(bench.calls()).toEqual(['--dry-run vulpine newest']);
  });

  test('gets a copy from the off-site host, whole or not at all', () => {
    const offsite = bench.at('srv');
    bench.configured({ prod: { backup: { offsite: { folder: offsite } } } });
    for (const copy of ['20261120T000000Z', '20261121T000000Z']) {
      mkdirSync(`${offsite}/snapshots/${copy}/vulpine/dumps`, { recursive: true });
      mkdirSync(`${offsite}/snapshots/${copy}/vulpine/media/a b`, { recursive: true });
      writeFileSync(`${offsite}/snapshots/${copy}/vulpine/dumps/${copy}.dump`, copy);
      writeFileSync(`${offsite}/snapshots/${copy}/vulpine/media/a b/c.png`, 'c');
    }
    for (const volume of ['dumps', 'media']) mkdirSync(bench.at(`volumes/vulpine-${volume}/_data`), { recursive: true });
    writeFileSync(bench.at('restore'), readFileSync('estates/vulpine/backup/scripts/restore.sh'));
    const from = ['--from', 'me@offsite.example.net'];
    expect(bench.run('vulpine-restore', ...from).output).toContain(
      '20261120T000000Z\n20261121T000000Z\n\nNext: make vulpine-restore FROM=me@offsite.example.net COPY=newest',
    );
    expect(bench.run('vulpine-restore', ...from, '--copy', '20261101T000000Z', '--yes')).toMatchObject({
      code: 2,
      output: expect.stringContaining('has no copy 20261101T000000Z'),
    });
    bench.program('remote/tar', `case "$*" in *--create*) /bin/tar "$@" | head -c 1500; exit 1 ;; *) exec /bin/tar "$@" ;; esac`);
    expect(bench.run('vulpine-restore', ...from, '--copy', 'newest', '--yes')).toMatchObject({
      code: 1,
      output: expect.stringContaining('It was not got whole'),
    });
    expect(readdirSync(bench.at('volumes/vulpine-dumps/_data'))).toEqual([]);
    bench.program('remote/tar', 'exec /bin/tar "$@"');
    // what the host has made of a database that is not the right one
    writeFileSync(bench.at('volumes/vulpine-dumps/_data/20261122T183000Z.dump'), 'local');
    for (const [copy, got] of [
      ['newest', '20261121T000000Z.dump'],
      ['20261120T000000Z', '20261120T000000Z.dump'],
    ] as const) {
      expect(bench.run('vulpine-restore', ...from, '--copy', copy, '--dry-run').output).toContain(`Would get ${got} and media of vulpine`);
      const { code, output } = bench.run('vulpine-restore', ...from, '--copy', copy, '--yes');
      expect(output.match(/^taken: .*$/gm)).toEqual([`taken: ${got}`]);
      expect(output).toContain(`Next: make vulpine-restore DUMP=${got}, with REPLACE=1`);
      expect(code).toBe(0);
    }
    expect(readdirSync(bench.at('volumes/vulpine-dumps/_data')).sort()).toEqual(['20261120T000000Z.dump', '20261121T000000Z.dump', '20261122T183000Z.dump']);
    expect(readFileSync(bench.at('volumes/vulpine-media/_data/a b/c.png'), 'utf8')).toBe('c');
  });

  test('the runbook restores what was got by its name, over what the host may have', () => {
    const steps = [...readFileSync('docs/runbooks/vulpine.md', 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = '']) => text);
    const [step = ''] = steps.filter((text) => /vulpine-restore FROM=\S+ COPY=/.test(text));
    expect(step).toMatch(/FROM=\S+ COPY=[\s\S]*make vulpine-restore DUMP=\d{8}T\d{6}Z\.dump REPLACE=1/);
    expect(step).not.toContain('DUMP=newest');
  });

  test('a copy without a dump of the instance is refused by name, and one that arrives without any changes nothing', () => {
    const offsite = bench.at('srv');
    bench.configured({ prod: { backup: { offsite: { folder: offsite } } } });
    mkdirSync(`${offsite}/snapshots/20261121T000000Z/vulpine/dumps`, { recursive: true });
    expect(bench.run('vulpine-restore', '--from', 'me@offsite.example.net', '--copy', 'newest', '--yes')).toMatchObject({
      code: 2,
      output: expect.stringContaining('copy 20261121T000000Z has no dump of vulpine'),
    });
    for (const folder of ['volumes/vulpine-dumps/_data', 'sent/dumps', 'sent/media']) mkdirSync(bench.at(folder), { recursive: true });
    writeFileSync(bench.at('sent/whole'), '');
    const input = execFileSync('tar', ['--create', `--directory=${bench.at('sent')}`, '--file=-', 'dumps', 'media', 'whole']);
    const taken = spawnSync('/bin/bash', ['estates/vulpine/backup/scripts/restore.sh', '--take', 'vulpine'], {
      input,
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', VOLUMES: bench.at('volumes') },
    });
    expect([taken.status, taken.stderr]).toEqual([1, expect.stringContaining('it holds no dump: nothing was changed')]);
  });

  test.each([
    [['--copy', 'newest'], 'say FROM='],
    [['--from', 'me@there', '--dump', 'newest'], 'First FROM='],
    [['--from', 'there'], 'must be a login'],
  ])('%j is refused', (args, why) => {
    expect(bench.run('vulpine-restore', ...args)).toMatchObject({ code: 2, output: expect.stringContaining(why) });
  });
});

test('make vulpine-offsite prints a script that a shell can read, with the key of the host', () => {
  const bench = new OperationsBench();
  bench.program('remote/sudo', `shift\necho "ssh-ed25519 ${'B'.repeat(68)} vulpine-backup"`);
  cpSync('estates/vulpine/backup/scripts', bench.at('estates/vulpine/backup/scripts'), { recursive: true });
  const { code, stdout } = bench.run('vulpine-offsite');
  expect(code).toBe(0);
  expect(stdout).toContain(`PUBLIC_KEY='ssh-ed25519 ${'B'.repeat(68)} vulpine-backup'`);
  execFileSync('/bin/bash', ['-n'], { input: stdout });
  bench.program('remote/sudo', 'echo nothing');
  expect(bench.run('vulpine-offsite')).toMatchObject({ code: 2, output: expect.stringContaining('make vulpine-host-setup') });
});
