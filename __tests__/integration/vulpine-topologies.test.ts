import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import kubernetes from '../../estates/vulpine/variants/kubernetes.json';
import kubernetesTwo from '../../estates/vulpine/variants/kubernetes-two-instances.json';
import multi from '../../estates/vulpine/variants/multi-server.json';
import multiTwo from '../../estates/vulpine/variants/multi-server-two-instances.json';
import { OperationsBench, TWO_INSTANCES } from '../support/operations-bench';

jest.setTimeout(180_000);

/** What a program in a container answers, and what it was told. The first word after the options is the container. */
const INSIDE = (root: string) => `
inside() {
  while case $1 in -* | root) true ;; *) false ;; esac; do shift; done
  shift
  [ "$1" != -- ] || shift
  case "$*" in *' /api/v2/instance') echo 200; return ;; esac
  case $1 in
  redis-cli) echo '{"now":"1","queues":{},"processes":[{"id":"a","busy":"0","quiet":"false","beat":"1"}],"processed":"1","failed":"0","retry":1,"dead":1,"schedule":0}' ;;
  curl)
    case "$*" in
    *PUT*) echo '{"acknowledged":true}' ;;
    *allocation*) echo '[{"node":"es","disk.percent":"'$(cat ${root}/percent)'"}]' ;;
    *watermark*) echo '{}' ;;
    *) echo '{"posts":{"settings":{"index.blocks.read_only_allow_delete":"true"}}}' ;;
    esac ;;
  *)
    while [ "$1" != mastodon ]; do shift; done
    shift
    cd ${root}/app && exec "$@" ;;
  esac
}`;

/** An engine for each host: lines \`name state\` of a file that is called as the host is. */
const ENGINES = (root: string) => `${INSIDE(root)}
engine=${root}/engines/\${LOGIN#admin@}
verb=$1; shift
case $verb in
ps) cut -d ' ' -f 1 "$engine" ;;
start | stop | restart)
  for one; do grep -q "^$one " "$engine" || { echo "No such container: $one" >&2; exit 1; }; done
  [ ! -e ${root}/refuses ] || [ "$verb \${LOGIN#admin@}" != "$(cat ${root}/refuses)" ] || { echo 'the engine is dead' >&2; exit 1; }
  case $verb in stop) state=exited ;; *) state=running ;; esac
  for one; do sed -i "s/^$one .*/$one $state/" "$engine"; done ;;
inspect)
  shift 2; sep='['
  for one; do
    state=$(grep "^$one " "$engine" | cut -d ' ' -f 2)
    printf '%s{"Name":"/%s","State":{"Status":"%s"}}' "$sep" "$one" "$state"; sep=,
  done
  echo ']' ;;
exec) inside "$@" ;;
esac`;

/** Where everything of an instance is, as docs/runbooks/vulpine.md has it; by hand, not by the code that is tested. */
const OF_WEB: Readonly<Record<string, (instance: string) => string[]>> = {
  murphys: (i) => [`${i}-web-1`, `${i}-streaming-1`, `${i}-sidekiq-1`, `${i}-sidekiq-3`, `${i}-ambassador-1`],
  kilkenny: (i) => [`${i}-web-2`, `${i}-streaming-2`, `${i}-sidekiq-2`, `${i}-sidekiq-4`],
};
const relaysOf = (i: string) => ['es', 'redis', 'db'].map((to) => `${i}-${to}-relay`);

interface Case {
  readonly topology: string;
  readonly override: object;
  readonly instances: readonly string[];
  /** By host. */
  readonly runs: Readonly<Record<string, readonly string[]>>;
  readonly database: string;
  readonly search: string;
  /** Hosts with web, and with sidekiq. */
  readonly web: readonly string[];
}

const whole = (i: string) =>
  [
    ...['web-1', 'web-2', 'streaming-1', 'streaming-2', 'es-1', 'redis-1', 'db-1', 'sidekiq-1', 'sidekiq-2', 'sidekiq-3', 'sidekiq-4', 'ambassador-1'],
    'dbbackup-1',
  ].map((name) => `${i}-${name}`);

function several(instances: readonly string[], search: string): Case['runs'] {
  const webs = Object.entries(OF_WEB).map(([host, of]) => [host, ['nginx', ...instances.flatMap((i) => [...of(i), ...relaysOf(i)])]]);
  const data = instances.flatMap((i) => [`${i}-redis-1`, `${i}-db-1`, `${i}-dbbackup-1`, `${i}-redis-gate`, `${i}-db-gate`]);
  const found = instances.flatMap((i) => [`${i}-es-1`, `${i}-es-gate`]);
  const hosts: Record<string, string[]> = { ...Object.fromEntries(webs), smithwicks: data };
  hosts[search] = [...(hosts[search] ?? []), ...found];
  return hosts;
}

const TWO = ['vulpine', 'corsac'];
const single = { database: 'smithwicks', search: 'smithwicks', web: ['smithwicks'] };
const webs = ['murphys', 'kilkenny'];
const HOSTS: Case[] = [
  { topology: 'single', override: {}, instances: ['vulpine'], runs: { smithwicks: ['nginx', ...whole('vulpine')] }, ...single },
  { topology: 'single, two', override: TWO_INSTANCES, instances: TWO, runs: { smithwicks: ['nginx', ...TWO.flatMap(whole)] }, ...single },
  {
    topology: 'multi-server',
    override: multi.vulpine,
    instances: ['vulpine'],
    runs: several(['vulpine'], 'beamish'),
    database: 'smithwicks',
    search: 'beamish',
    web: webs,
  },
  {
    topology: 'multi-server, two',
    override: multiTwo.vulpine,
    instances: TWO,
    runs: several(TWO, 'smithwicks'),
    database: 'smithwicks',
    search: 'smithwicks',
    web: webs,
  },
];

describe.each(HOSTS)('in topology $topology', ({ topology, override, instances, runs, database, search, web }) => {
  const instance = instances.at(-1) as string;
  const chosen = ['--instance', instance];
  const at = (host: string) => `admin@${host}.vulpine.club`;
  let bench: OperationsBench;

  beforeEach(() => {
    bench = new OperationsBench().configured(override);
    bench.docker(ENGINES(bench.root));
    mkdirSync(bench.at('engines'));
    writeFileSync(bench.at('percent'), '50');
    all('running');
  });

  function all(state: string): void {
    for (const [host, names] of Object.entries(runs)) {
      writeFileSync(bench.at(`engines/${host}.vulpine.club`), names.map((name) => `${name} ${state}\n`).join(''));
    }
  }
  /** Changes of hosts, host by host as they came. */
  const changesOf = (calls: readonly string[]) =>
    calls.flatMap((line) => {
      const [, host, verb, names = ''] = /^admin@(\w+) docker (start|stop|restart) (.*)$/.exec(line) ?? [];
      return host ? [`${verb} ${host}: ${names}`] : [];
    });
  const changes = () => changesOf(bench.callsAnywhere());
  const engine = (host: string) => readFileSync(bench.at(`engines/${host}.vulpine.club`), 'utf8');
  const on = (host: string, pattern: RegExp) => (runs[host] ?? []).filter((name) => name.startsWith(`${instance}-`) && pattern.test(name));

  test('start goes by steps, each on all of its hosts, and leaves the other instance alone', () => {
    all('exited');
    const quick = [...chosen, '--yes', '--every', '0.01', '--patience', '0.2'];
    const dry = bench.run('vulpine-start', ...chosen, '--dry-run');
    expect(dry.code).toBe(0);
    expect(changes()).toEqual([]);
    for (const host of Object.keys(runs)) expect(dry.output).toMatch(new RegExp(`^  - .* on ${at(host)}`, 'm'));
    const { code, output } = bench.run('vulpine-start', ...quick);
    expect(output).toContain('Next: look at it from outside');
    expect(code).toBe(0);
    const calls = bench.callsAnywhere();
    const order = changesOf(calls).map((line) =>
      line.replace(/^start (\w+): .*-(db|redis|es)-1.*$/, 'data $1').replace(/^start (\w+): .*-(gate|relay)$/, 'relays $1'),
    );
    const data = [...new Set([database, search])].map((host) => `data ${host}`);
    expect(order.slice(0, data.length).sort()).toEqual(data.sort());
    const relays = topology.startsWith('single') ? [] : [...new Set([...web, database, search])].map((host) => `relays ${host}`);
    expect(order.slice(data.length, data.length + relays.length).sort()).toEqual(relays.sort());
    for (const [host, names] of Object.entries(runs)) {
      for (const name of names) expect(engine(host)).toContain(`${name} ${name === 'nginx' || name.startsWith(`${instance}-`) ? 'running' : 'exited'}\n`);
    }
    const asked = calls.flatMap((line) => /^admin@(\w+) docker exec (\S+) .* (\S+) \/api\/v2\/instance$/.exec(line)?.slice(1).join(' ') ?? []);
    const domain = instance === 'corsac' ? 'corsac.example.org' : 'vulpine.club';
    expect(asked).toEqual(Object.keys(runs).flatMap((host) => on(host, /-web-\d$/).map((name) => `${host} ${name} ${domain}`)));
    expect(bench.run('vulpine-start', ...quick).output).toContain('Nothing to do: all is well.');
  });

  test('sidekiq is asked in Redis, and started again on every host that has it', () => {
    const asked = () =>
      bench
        .callsAnywhere()
        .filter((line) => line.includes('redis-cli'))
        .map((line) => line.split(' redis-cli')[0]);
    expect(bench.run('vulpine-sidekiq', ...chosen, '--action', 'quiet', '--yes').code).toBe(0);
    expect(new Set(asked())).toEqual(new Set([`admin@${database} docker exec ${instance}-redis-1`]));
    const dry = bench.run('vulpine-sidekiq', ...chosen, '--action', 'resume', '--dry-run');
    for (const host of web) expect(dry.output).toContain(`${on(host, /sidekiq/).join(', ')} on ${at(host)}`);
    expect(changes()).toEqual([]);
    expect(bench.run('vulpine-sidekiq', ...chosen, '--action', 'resume', '--yes').code).toBe(0);
    expect(changes()).toEqual(web.map((host) => `restart ${host}: ${on(host, /sidekiq/).join(' ')}`));
    bench.run('vulpine-sidekiq', ...chosen, '--action', 'clear-dead', '--yes');
    expect(bench.callsAnywhere().at(-1)).toBe(`admin@${database} docker exec ${instance}-redis-1 redis-cli -e UNLINK dead`);
  });

  test('search is made writable where it is, and a full disk is said with that host', () => {
    const dry = bench.run('vulpine-search-writable', ...chosen, '--dry-run');
    expect(dry.output).toContain(`let 1 indices be written to (${instance}-es-1 on ${at(search)})`);
    expect(bench.callsAnywhere().some((line) => line.includes('PUT'))).toBe(false);
    expect(bench.run('vulpine-search-writable', ...chosen, '--yes').code).toBe(0);
    expect(bench.callsAnywhere().filter((line) => line.includes('PUT'))).toEqual([
      expect.stringContaining(`admin@${search} docker exec ${instance}-es-1 curl`),
    ]);
    writeFileSync(bench.at('percent'), '95');
    expect(bench.run('vulpine-search-writable', ...chosen, '--yes')).toMatchObject({
      code: 1,
      output: expect.stringContaining(`ssh ${at(search)} docker image prune`),
    });
  });

  test('emoji go to one container, on a host that has it', () => {
    const file = emoji(bench);
    const dry = bench.run('vulpine-emoji', '--file', file, ...chosen, '--dry-run');
    expect(dry.output).toContain(`into ${instance} (${instance}-web-1 on ${at(web[0] as string)})`);
    expect(bench.callsAnywhere()).toEqual([]);
    expect(bench.run('vulpine-emoji', '--file', file, ...chosen, '--yes').code).toBe(0);
    expect(bench.callsAnywhere()).toEqual([expect.stringContaining(`admin@${web[0]} docker exec --interactive --user root ${instance}-web-1 /bin/sh -c`)]);
    expect(readFileSync(bench.at('imported'), 'utf8')).toMatch(/^emoji import \S+\.tar\.gz\n$/);
  });

  describe('restore', () => {
    const elsewhere = web.filter((host) => host !== database);
    const users = (host: string) => on(host, /-(web|streaming|sidekiq|ambassador)-/).join(' ');
    const args = ['--dump', 'newest', '--replace', ...chosen];
    const steps = () =>
      bench.callsAnywhere().flatMap((line) => {
        const [, host, what = ''] = /^admin@(\w+) (?:docker )?((?:start|stop|restore) .*)$/.exec(line) ?? [];
        return host ? [`${host} ${what}`] : [];
      });
    beforeEach(() => {
      bench.program(
        'remote/sudo',
        `shift; shift\nprintf '%s\\n' "\${LOGIN%%.*} restore $*" >>${bench.at('host-calls')}\nexit $(cat ${bench.at('exit')} 2>/dev/null || echo 0)`,
      );
    });

    test('is done on the host of the database, while what uses it is stopped on all others', () => {
      const dry = bench.run('vulpine-restore', ...args, '--dry-run');
      expect(dry.code).toBe(0);
      expect(dry.output).toContain(`On ${at(database)}:`);
      for (const host of elsewhere) expect(dry.output).toContain(`${users(host).replaceAll(' ', ', ')} on ${at(host)}`);
      expect(steps()).toEqual([`${database} restore --dry-run --replace ${instance} newest`]);
      expect(bench.run('vulpine-restore', ...args, '--yes').code).toBe(0);
      expect(steps()).toEqual([
        `${database} restore --dry-run --replace ${instance} newest`,
        ...elsewhere.map((host) => `${host} stop ${users(host)}`),
        `${database} restore --replace ${instance} newest`,
        ...elsewhere.map((host) => `${host} start ${users(host)}`),
      ]);
    });

    test('that fails starts again what was stopped; what did not run before stays as it is', () => {
      for (const host of elsewhere)
        writeFileSync(bench.at(`engines/${host}.vulpine.club`), engine(host).replace(`${instance}-sidekiq-1 running`, `${instance}-sidekiq-1 exited`));
      bench.program(
        'remote/sudo',
        `shift; shift\nprintf '%s\\n' "\${LOGIN%%.*} restore $*" >>${bench.at('host-calls')}\ncase $1 in --dry-run) ;; *) exit 1 ;; esac`,
      );
      expect(bench.run('vulpine-restore', ...args, '--yes').code).toBe(1);
      const done = steps();
      expect(done.filter((line) => line.includes(' start '))).toEqual(
        elsewhere.map((host) => `${host} start ${users(host).replace(`${instance}-sidekiq-1 `, '')}`),
      );
    });

    test('of which nobody knows the end leaves them stopped, and says so', () => {
      bench.program('remote/sudo', `shift; shift\ncase $1 in --dry-run) ;; *) exit 255 ;; esac`);
      const { code, output } = bench.run('vulpine-restore', ...args, '--yes');
      expect(code).toBe(1);
      expect(steps().filter((line) => line.includes(' start '))).toEqual([]);
      expect(output.includes(`ssh ${at(database)} pgrep --full vulpine-backup/restore.sh`)).toBe(elsewhere.length > 0);
    });

    test('does not begin when a host does not stop, and starts the others again', () => {
      const last = elsewhere.at(-1);
      if (last === undefined) return;
      writeFileSync(bench.at('refuses'), `stop ${last}.vulpine.club`);
      expect(bench.run('vulpine-restore', ...args, '--yes')).toMatchObject({ code: 2, output: expect.stringContaining('the engine is dead') });
      expect(steps().some((line) => line.includes(`restore --replace`))).toBe(false);
      for (const host of elsewhere) expect(engine(host)).not.toContain('exited');
    });
  });

  test('the key of copies is that of the host with the dumps', () => {
    bench.program('remote/sudo', `printf '%s\\n' "$LOGIN" >>${bench.at('host-calls')}`);
    expect(bench.run('vulpine-offsite')).toMatchObject({ code: 2, output: expect.stringContaining(`${at(database)} has no key yet`) });
    expect(bench.callsAnywhere()).toEqual([at(database)]);
  });
});

describe.each([
  ['kubernetes', kubernetes.vulpine, 'vulpine'],
  ['kubernetes, two', kubernetesTwo.vulpine, 'corsac'],
])('in topology %s', (_topology, override, instance) => {
  const chosen = ['--instance', instance];
  const namespace = `--namespace=mastodon-${instance}`;
  let bench: OperationsBench;

  beforeEach(() => {
    bench = new OperationsBench().configured(override);
    bench.program(
      'bin/kubectl',
      `PATH=/usr/bin:/bin\nprintf 'kubectl %s\\n' "$(echo "$*" | tr '\\n' ' ')" >>${bench.at('host-calls')}\n${INSIDE(bench.root)}\n[ "$2" != exec ] || { shift 2; inside "$@"; }`,
    );
    writeFileSync(bench.at('percent'), '50');
  });

  test('sidekiq is asked in the pod of Redis, and its pods are rolled out anew', () => {
    expect(bench.run('vulpine-sidekiq', ...chosen, '--action', 'resume', '--dry-run').output).toContain(`restart deployment/sidekiq on mastodon-${instance}`);
    expect(bench.callsAnywhere()).toEqual([expect.stringContaining(`kubectl ${namespace} exec statefulset/redis -- redis-cli -e EVAL`)]);
    expect(bench.run('vulpine-sidekiq', ...chosen, '--action', 'resume', '--yes').code).toBe(0);
    expect(bench.callsAnywhere().at(-1)).toBe(`kubectl ${namespace} rollout restart deployment/sidekiq`);
  });

  test('search is made writable in its pod, and a full disk can grow', () => {
    expect(bench.run('vulpine-search-writable', ...chosen, '--yes').code).toBe(0);
    expect(bench.callsAnywhere().filter((line) => line.includes('PUT'))).toEqual([expect.stringContaining(`kubectl ${namespace} exec statefulset/es -- curl`)]);
    writeFileSync(bench.at('percent'), '95');
    expect(bench.run('vulpine-search-writable', ...chosen, '--yes')).toMatchObject({ code: 1, output: expect.stringContaining(`patch pvc es-es-0`) });
  });

  test('emoji go to one pod', () => {
    expect(bench.run('vulpine-emoji', '--file', emoji(bench), ...chosen, '--yes').code).toBe(0);
    expect(bench.callsAnywhere()).toEqual([expect.stringContaining(`kubectl ${namespace} exec --stdin deployment/web -- /bin/sh -c`)]);
    expect(readFileSync(bench.at('imported'), 'utf8')).toMatch(/^emoji import \S+\.tar\.gz\n$/);
    expect(readdirSync(bench.root)).toContain('arrived.tar.gz');
  });

  test.each([
    ['vulpine-start', [], `kubectl ${namespace} get pods`],
    ['vulpine-restore', ['--dump', 'newest', '--yes'], `kubectl ${namespace} scale --replicas=0 deployment/web deployment/streaming deployment/sidekiq`],
  ])('%s is refused, with the commands for it', (script, args, says) => {
    expect(bench.run(script, ...chosen, ...args)).toMatchObject({ code: 2, output: expect.stringContaining(says) });
    expect(bench.callsAnywhere()).toEqual([]);
  });

  test('a dump comes back from the off-site host by the lines that are printed', () => {
    const folder = bench.at('srv');
    bench.configured({ ...override, prod: { ...override.prod, backup: { offsite: { folder } } } });
    for (const [copy, dump] of [
      ['20261121T000500Z', '20261121T000000Z.dump'],
      ['20261122T170500Z', '20261122T170000Z.dump'],
    ] as const) {
      mkdirSync(`${folder}/${instance}/snapshots/${copy}/${instance}/dumps`, { recursive: true });
      writeFileSync(`${folder}/${instance}/snapshots/${copy}/${instance}/dumps/${dump}`, `of ${dump}, whole`);
    }
    mkdirSync(bench.at('dumps'));
    bench.program('remote/sudo', 'shift\nexec "$@"');
    bench.program('remote/pg_restore', 'for last; do :; done\nexec grep -q whole "$last"');
    bench.program(
      'bin/kubectl',
      `echo "$1 $2 $3 $4" >>${bench.at('host-calls')}\nwhile [ "$1" != -- ]; do shift; done\nshift\nPATH=${bench.at('remote')}:/usr/bin:/bin exec "$@"`,
    );
    const { code, output } = bench.run('vulpine-restore', ...chosen, '--from', 'me@offsite.example.net');
    expect(code).toBe(2);
    expect(bench.callsAnywhere()).toEqual([]);
    const [copies = '', dumps = '', take = ''] = [...output.matchAll(/^ssh me@offsite\.example\.net [\s\S]*?[^|]$(?=\n(?:ssh |There))/gm)].map(
      ([line]) => line,
    );
    const typed = (line: string) => {
      const text = line
        .replaceAll('COPY', '20261122T170500Z')
        .replaceAll('DUMP', '20261122T170000Z.dump')
        .replaceAll('/dumps/$1', `${bench.at('dumps')}/$1`);
      const { stdout, stderr } = spawnSync('/bin/sh', ['-c', text], { encoding: 'utf8', env: { PATH: `${bench.at('bin')}:/usr/bin:/bin` } });
      return stdout + stderr;
    };
    expect(typed(copies)).toBe('20261121T000500Z\n20261122T170500Z\n');
    expect(typed(dumps)).toBe('20261122T170000Z.dump\n');
    expect(typed(take)).toBe('taken: 20261122T170000Z.dump\n');
    expect(bench.callsAnywhere()).toEqual([`${namespace} exec --stdin statefulset/dbbackup`]);
    expect(readFileSync(bench.at('dumps/20261122T170000Z.dump'), 'utf8')).toBe('of 20261122T170000Z.dump, whole');
    // the connection breaks
    bench.program('remote/cat', `if [ -n "$1" ]; then head -c 5 "$1"; exit 1; fi\nexec /bin/cat`);
    writeFileSync(bench.at('dumps/20261122T170000Z.dump'), 'as it was');
    expect(typed(take)).toContain('did not arrive whole');
    expect(readdirSync(bench.at('dumps'))).toEqual(['20261122T170000Z.dump']);
    expect(readFileSync(bench.at('dumps/20261122T170000Z.dump'), 'utf8')).toBe('as it was');
  });

  test('where no copy leaves the cluster, none is spoken of', () => {
    bench.configured({ ...override, prod: { ...override.prod, backup: { offsite: null, withoutOffsite: 'a test of what is said' } } });
    const { output } = bench.run('vulpine-restore', ...chosen);
    expect(output).toContain('exec statefulset/dbbackup -- ls /dumps');
    expect(output).not.toMatch(/off-site|ssh /);
  });

  test('a host that keeps copies is refused: none go there', () => {
    expect(bench.run('vulpine-offsite').code).toBe(2);
  });
});

/** A tarball for an import, and what stands in for Mastodon. */
function emoji(bench: OperationsBench): string {
  mkdirSync(bench.at('app/bin'), { recursive: true });
  bench.program('app/bin/tootctl', `echo "$*" >${bench.at('imported')}\nfor file; do :; done\ncp "$file" ${bench.at('arrived.tar.gz')}`);
  writeFileSync(bench.at('fox.png'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1]));
  execFileSync('tar', ['--create', '--gzip', `--file=${bench.at('emoji.tar.gz')}`, `--directory=${bench.root}`, 'fox.png']);
  return bench.at('emoji.tar.gz');
}
