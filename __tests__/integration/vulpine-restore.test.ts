import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { vulpineSchema, vulpineValues } from '../../config/vulpine';
import { DUMPS, DUMPS_HEALTH } from '../../estates/vulpine/backup/dumps';
import { inCluster } from '../../scripts/support/vulpine/restore-in-cluster';
import { freePort } from '../../services/testbench/free-port';
import { BackupBench, dumpName } from '../support/backup-bench';
import { PostgresCluster } from '../support/postgres-cluster';
import { describeReal } from '../support/real';

jest.setTimeout(180_000);

/** Rows that do not survive a copy by somebody who is careless. */
const ROWS = `
create type mood as enum ('well', 'un"well''');
create table accounts (id bigserial primary key, name text not null, bytes bytea, amount numeric, at timestamptz, day date, facts jsonb, tags text[], mood mood, alive boolean default true);
insert into accounts (name, bytes, amount, at, day, facts, tags, mood) values
  ('fox 🦊 ünïcode \\ "quoted" ''single''', '\\x00ff5c0a0d27', 1e400, 'infinity', '4713-01-01 BC', '{"a": [1, null, "\\u00e9"]}', array['', null, 'a,b', '{x}'], 'un"well'''),
  ('', '', 'NaN', '-infinity', 'infinity', 'null', '{}', null),
  (E'tab\\there\\nnewline\\rreturn', null, -0.000000000000000000000000000001, '2026-02-28 23:59:59.999999+00', null, null, null, 'well');
create unique index on accounts (lower(name));
create table "odd ""name"" Ü" ("Column" text, check ("Column" <> 'no'));
insert into "odd ""name"" Ü" values ('yes'), (null);
create table posts (id bigint, at date, body text) partition by range (id);
create table posts_1 partition of posts for values from (0) to (1000);
create table posts_2 partition of posts for values from (1000) to (100000);
insert into posts select i, '2020-01-01'::date + i, repeat(md5(i::text), 20) from generate_series(1, 3000) i;
create table blobs (id int primary key, content text);
insert into blobs select i, string_agg(md5(random()::text), '') from generate_series(1, 8) i, generate_series(1, 30000) group by i;
create view living as select name from accounts where alive;
create function twice(int) returns int language sql as 'select $1 * 2';
`;
const ROW_TABLES = ['accounts', '"odd ""name"" Ü"', 'posts', 'blobs', 'living'];

describeReal(['postgres', 'busybox', 'sshd', 'rsync', 'curl'], "vulpine's database", () => {
  let bench: BackupBench;
  let cluster: PostgresCluster;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    cluster = new PostgresCluster(await freePort());
    cluster.sql(ROWS);
    mkdirSync(join(cluster.folder, 'busybox'));
    execFileSync('busybox', ['--install', '-s', join(cluster.folder, 'busybox')]);
  });
  beforeEach(async () => {
    bench = await BackupBench.start();
    bench.env = { ...cluster.env, PATH: `${bench.bin}:${cluster.bin}:/usr/bin:/bin` };
    writeFileSync(bench.at('etc/DB_PASS'), `${cluster.password}\n`);
    writeFileSync(
      bench.at('running'),
      ['nginx', 'vulpine-web-1', 'vulpine-web-2', 'vulpine-sidekiq-1', 'vulpine-dbbackup-1', 'vulpine-db-1', 'corsac-web-1', ''].join('\n'),
    );
    bench.program(
      'bin/docker',
      `#!/bin/sh
cd ${bench.folder}
echo "$@" >>calls
name=$1; shift
case $name in
exec) shift 2; exec "$@" ;;
ps) cat running ;;
stop) for one; do sed -i "/^$one$/d" running; done ;;
start) for one; do echo "$one" >>running; done ;;
esac
`,
    );
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await ended(child);
    await bench.close();
    const others = cluster.sql("select datname from pg_database where datname like 'mastodon\\_%'", 'postgres');
    for (const name of others.split('\n').filter((one) => one !== '')) cluster.sql(`drop database ${name}`, 'postgres');
  });
  afterAll(() => cluster.stop());

  const ended = async (child: ChildProcess) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };

  /** The loop of `dbbackup`, as its container starts it. */
  function dumper(
    env: Record<string, string> = {},
    shell: readonly string[] = ['/bin/sh'],
  ): { child: ChildProcess; said: () => string; says: (what: RegExp) => Promise<void> } {
    const [program = '', ...args] = shell;
    const child = spawn(program, [...args, '-c', DUMPS], {
      env: {
        PATH: `${bench.bin}:${cluster.bin}:/usr/bin:/bin`,
        PGHOST: '127.0.0.1',
        PGPORT: `${cluster.port}`,
        PGUSER: 'mastodon',
        PGDATABASE: 'mastodon',
        FOLDER: bench.volume('dumps'),
        PASSWORD_FILE: bench.at('etc/DB_PASS'),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (more) => {
        text += more;
      });
    const says = async (what: RegExp) => {
      for (const end = Date.now() + 60_000; !what.test(text); await delay(30))
        if (Date.now() > end || child.exitCode !== null) throw new Error(`never said ${what}: ${text}`);
    };
    return { child, said: () => text, says };
  }

  const failed = () => (existsSync(bench.volume('dumps', 'FAILED')) ? readFileSync(bench.volume('dumps', 'FAILED'), 'utf8') : '');
  const isHealthy = () => {
    try {
      execFileSync('/bin/sh', ['-c', DUMPS_HEALTH.replaceAll('/dumps', bench.volume('dumps'))]);
      return true;
    } catch {
      return false;
    }
  };
  const rows = () => ROW_TABLES.map((table) => cluster.sql(`select t::text from ${table} t order by 1`)).join('\n---\n');
  const running = () => readFileSync(bench.at('running'), 'utf8').trim().split('\n').sort();
  const dumped = async () => {
    const { child, says } = dumper();
    await says(/dumped: /);
    await ended(child);
    return bench.dumps.at(-1) as string;
  };
  const destroy = () => {
    cluster.sql('drop database mastodon with (force)', 'postgres');
    cluster.sql('create database mastodon', 'postgres');
  };

  test('dumped, shipped, destroyed with its host, restored on another: row by row the same', async () => {
    const before = rows();
    const name = await dumped();
    writeFileSync(bench.volume('media', 'a.png'), 'a');
    expect(await bench.runBeside('ship')).toMatchObject({ code: 0 });
    expect(await bench.runBeside('keep')).toMatchObject({ code: 0 });
    destroy();
    for (const volume of ['dumps', 'media'] as const) {
      rmSync(bench.volume(volume), { recursive: true });
      mkdirSync(bench.volume(volume));
    }
    // what `make vulpine-restore FROM=` sends from one to the other
    const snapshot = join(bench.offsite, 'snapshots', bench.snapshots[0] as string, 'vulpine');
    const whole = bench.at('whole');
    writeFileSync(whole, '');
    const tar = execFileSync('tar', ['--create', `--directory=${snapshot}`, '--file=-', 'dumps', 'media', `--directory=${bench.folder}`, 'whole'], {
      maxBuffer: 2 ** 28,
    });
    writeFileSync(bench.at('copy.tar'), tar);
    const take = (file: string) =>
      execFileSync('/bin/sh', ['-c', `${bench.at('programs/restore.sh')} --take vulpine <${file} 2>&1`], { ...bench.options, encoding: 'utf8' });
    writeFileSync(bench.at('half.tar'), tar.subarray(0, Math.floor(tar.length / 2048) * 1024));
    expect(() => take(bench.at('half.tar'))).toThrow();
    expect(bench.dumps).toEqual([]);
    // one that the new host's own loop has made of what was there: newer, and not what was kept
    writeFileSync(bench.volume('dumps', dumpName(-5)), 'not this one');
    const taken = /^taken: (.*)$/m.exec(take(bench.at('copy.tar')))?.[1] ?? '';
    expect(taken).toBe(name);
    expect(readFileSync(bench.volume('media', 'a.png'), 'utf8')).toBe('a');
    const { code, output } = await bench.runBeside('restore', ['vulpine', taken]);
    expect(output).toContain('restored: 6 tables');
    expect(code).toBe(0);
    expect(rows()).toBe(before);
    expect(cluster.sql("insert into accounts (name) values ('new') returning id; select twice(21); delete from accounts where name = 'new'")).toBe('4\n42'); // sequences, too
    expect(cluster.sql("select count(*) from pg_database where datname like 'mastodon%'", 'postgres')).toBe('1'); // the empty one is gone
    cluster.sql("select setval('accounts_id_seq', 3)");
  });

  describe('in a cluster, what a person is told to run', () => {
    /** As the pod of the dumps runs it, with its folders here. */
    function inPod(shell: string, what: RegExp, word: string, input?: Buffer): { code: number | null; output: string } {
      const [, command = ''] = what.exec(inCluster(vulpineSchema.parse(vulpineValues), 'vulpine')) ?? [];
      const here = command.replaceAll('/run/secrets/database/DB_PASS', bench.at('etc/DB_PASS')).replaceAll('/dumps/', `${bench.volume('dumps')}/`);
      const env = {
        PATH: `${bench.bin}:${cluster.bin}:/usr/bin:/bin`,
        PGHOST: '127.0.0.1',
        PGPORT: `${cluster.port}`,
        PGUSER: 'mastodon',
        PGDATABASE: 'mastodon',
      };
      const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', `${here.replace(/^\/bin\/sh/, shell)} ${word}`], { env, encoding: 'utf8', input });
      return { code: status, output: stdout + stderr };
    }
    const restore = (dump: string, shell = '/bin/sh') => inPod(shell, /exec statefulset\/dbbackup -- (\/bin\/sh -c [\s\S]*? restore) DUMP$/m, dump);
    const drop = (name: string) => inPod('/bin/sh', /exec statefulset\/dbbackup -- (\/bin\/sh -c .* drop) BEFORE$/m, name);
    const databases = () => cluster.sql("select datname from pg_database where datname like 'mastodon%' order by 1", 'postgres').split('\n');
    const busybox = () => join(cluster.folder, 'busybox/sh');

    test('restores it row by row, again and again, with a dump under way, and keeps what was there each time', async () => {
      const before = rows();
      const name = await dumped();
      cluster.sql('truncate accounts cascade');
      for (const [shell, kept] of [
        ['/bin/sh', '0'],
        [busybox(), '3'],
      ] as const) {
        const dumping = spawn(`${cluster.bin}/psql`, ['--dbname=mastodon', '--command=begin; lock accounts in access share mode; select pg_sleep(60)'], {
          env: { ...process.env, ...cluster.env },
          stdio: 'ignore',
        });
        children.push(dumping);
        const sessions = "select count(*) from pg_stat_activity where datname = 'mastodon' and query like '%pg_sleep(60)'";
        for (const end = Date.now() + 20_000; cluster.sql(sessions, 'postgres') === '0' && Date.now() < end; ) await delay(30);
        const { code, output } = restore(name, shell);
        const [, old = ''] = /^restored: 6 tables\. The database of before is (mastodon_before_\d{8}t\d{6}z)$/m.exec(output) ?? [];
        expect([code, old]).toEqual([0, databases().at(-1)]);
        expect(rows()).toBe(before);
        expect(cluster.sql('select count(*) from accounts', old)).toBe(kept);
        await delay(1100); // their names have seconds
      }
      const [, ...old] = databases();
      expect(old).toHaveLength(2);
      for (const one of old) expect(drop(one)).toEqual({ code: 0, output: '' });
      expect(databases()).toEqual(['mastodon']);
    });

    test('puts a dump from off-site to the others when it is whole, and nothing of one that is not', async () => {
      const name = await dumped();
      const bytes = readFileSync(bench.volume('dumps', name));
      rmSync(bench.volume('dumps', name));
      const take = (input: Buffer, shell = '/bin/sh', as = name) =>
        inPod(shell, /exec --stdin statefulset\/dbbackup -- (\/bin\/sh -c [\s\S]*? take) DUMP$/m, as, input);
      for (const length of [0, 100, 100_000, bytes.length - 1])
        expect(take(bytes.subarray(0, length))).toMatchObject({ code: 1, output: expect.stringContaining(`${name} did not arrive whole`) });
      expect(take(bytes, '/bin/sh', 'DUMP')).toMatchObject({ code: 1, output: expect.stringContaining('no name of a dump') });
      expect(readdirSync(bench.volume('dumps'))).toEqual([]);
      expect(take(bytes, busybox())).toEqual({ code: 0, output: `taken: ${name}\n` });
      expect(readFileSync(bench.volume('dumps', name))).toEqual(bytes);
      expect(restore(name).code).toBe(0);
    });

    test('refuses a dump that is not there or not whole before it makes a database, and one that fails leaves none', async () => {
      const before = rows();
      const name = await dumped();
      const broken = dumpName(5);
      writeFileSync(bench.volume('dumps', broken), readFileSync(bench.volume('dumps', name)));
      truncateSync(bench.volume('dumps', broken), 100_000);
      bench.program('bin/createdb', `#!/bin/sh\ntouch ${bench.at('made')}\nexec ${cluster.bin}/createdb "$@"\n`);
      for (const [dump, shell] of [
        ['20010101T000000Z.dump', '/bin/sh'],
        [broken, '/bin/sh'],
        [broken, busybox()],
      ] as const)
        expect(restore(dump, shell)).toMatchObject({ code: 1, output: expect.stringContaining(`${dump} is not whole: choose another. Nothing was changed`) });
      expect(existsSync(bench.at('made'))).toBe(false);
      // whole, and the database refuses what is in it
      bench.program(
        'bin/pg_restore',
        `#!/bin/sh\nfor last; do :; done\ncase "$*" in *--dbname*) head -c 100000 "$last" | ${cluster.bin}/pg_restore --dbname=mastodon_restoring --exit-on-error --no-owner ;; *) exec ${cluster.bin}/pg_restore "$@" ;; esac\n`,
      );
      expect(restore(name)).toMatchObject({ code: 1, output: expect.stringContaining('it failed; the database is as it was') });
      expect(existsSync(bench.at('made'))).toBe(true);
      expect(databases()).toEqual(['mastodon']);
      expect(rows()).toBe(before);
    });
  });

  test.each([
    ['dash', () => ['/bin/sh']],
    ['busybox, as in the image', () => [join(cluster.folder, 'busybox/sh')]],
  ])('the loop runs under %s, keeps so many, dumps at once when asked, and ends when told', async (_, shell) => {
    const path = `${bench.bin}:${cluster.bin}:${join(cluster.folder, 'busybox')}:/usr/bin:/bin`;
    for (const minutes of [300, 240, 180, 120, 60]) writeFileSync(bench.volume('dumps', dumpName(minutes)), 'x');
    const [, , , ...kept] = bench.dumps;
    writeFileSync(bench.volume('dumps', `${dumpName(30)}.new`), 'half of one');
    const { child, said, says } = dumper({ KEEP: '3', PATH: path }, shell());
    await says(/dumped: /);
    expect(bench.dumps).toEqual([...kept, expect.stringMatching(/^\d{8}T\d{6}Z\.dump$/)]);
    await delay(1100);
    child.kill('SIGUSR1');
    await says(/dumped: [\s\S]*dumped: /);
    expect(bench.dumps).toHaveLength(3);
    expect(isHealthy()).toBe(true);
    const begun = Date.now();
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(Date.now() - begun).toBeLessThan(5000);
    expect(said()).not.toContain('no dump');
    expect(execFileSync('ls', ['-A', bench.volume('dumps')], { encoding: 'utf8' })).not.toMatch(/new|FAILED|error/);
  });

  test('days without a database delete nothing; what went wrong is said, and the next dump that works takes it back', async () => {
    for (const minutes of [9000, 8000]) writeFileSync(bench.volume('dumps', dumpName(minutes)), 'x');
    const old = bench.dumps;
    cluster.stop();
    try {
      const { says } = dumper({ RETRY: '1', KEEP: '1' });
      await says(/(no dump: pg_dump: [\s\S]*){2}/);
      expect(bench.dumps).toEqual(old);
      expect(failed()).toMatch(/^\d{4}-\d\d-\d\dT\S+Z pg_dump: .*refused/s);
      expect(isHealthy()).toBe(false);
      cluster.start();
      await says(/dumped: /);
      expect(failed()).toBe('');
      expect(isHealthy()).toBe(true);
    } finally {
      if (cluster.psql('select 1', 'postgres').status !== 0) cluster.start();
    }
  });

  test('a dump that dies in the middle does not count', async () => {
    bench.program(
      'bin/pg_dump',
      `#!/bin/sh\n[ -e ${bench.at('died')} ] && exec ${cluster.bin}/pg_dump "$@"\ntouch ${bench.at('died')}\n${cluster.bin}/pg_dump "$@" & echo $! >${bench.at('pid')}\nwait $!\n`,
    );
    const { says } = dumper({ RETRY: '1' });
    for (let part = ''; part === ''; await delay(5))
      part = execFileSync('/bin/sh', ['-c', `find ${bench.volume('dumps')} -name '*.new' -size +50k`], { encoding: 'utf8' });
    process.kill(Number(readFileSync(bench.at('pid'), 'utf8')), 'SIGKILL');
    await says(/no dump: pg_dump/);
    expect(bench.dumps).toEqual([]);
    await says(/dumped: /);
    expect(bench.dumps).toHaveLength(1);
  });

  test.each([
    ['that lost its end, although its list of contents is there', 'truncate -s -100000', /pg_restore does not read it/],
    ['of a database without a table', '', /it holds no table/],
  ])('a dump %s does not count', async (_, harm, why) => {
    if (harm === '') cluster.sql('create database nothing', 'postgres');
    bench.program(
      'bin/pg_dump',
      `#!/bin/sh\nfor file; do case $file in --file=*) file=\${file#--file=}; break ;; esac; done\n${cluster.bin}/pg_dump "$@" ${harm && `&& ${harm} "$file" && cp "$file" ${bench.at('harmed')}`}\n`,
    );
    const { says } = dumper({ ...(harm === '' && { PGDATABASE: 'nothing' }) });
    await says(/no dump: /);
    expect(failed()).toMatch(why);
    expect(bench.dumps).toEqual([]);
    if (harm !== '')
      expect(execFileSync(`${cluster.bin}/pg_restore`, ['--list', bench.at('harmed')], { encoding: 'utf8' })).toContain('TABLE DATA public blobs');
  });

  test('a full disk: older dumps go, the three newest stay, and nothing is begun', async () => {
    for (const minutes of [300, 240, 180, 120, 60]) writeFileSync(bench.volume('dumps', dumpName(minutes)), 'x'.repeat(100));
    const newest = bench.dumps.slice(-3);
    bench.program('bin/df', '#!/bin/sh\necho "Filesystem 1024-blocks Used Available"\necho "/dev/sda 1000 1000 0 100% /"\n');
    const { says } = dumper();
    await says(/no dump: the disk has less room/);
    expect(bench.dumps).toEqual(newest);
  });

  describe('restoring', () => {
    let name: string;
    let before: string;
    beforeEach(async () => {
      before = rows();
      name = await dumped();
    });
    const restore = (...args: string[]) => bench.runBeside('restore', args);
    const databases = () => cluster.sql("select datname from pg_database where datname like 'mastodon%' order by 1", 'postgres').split('\n');

    test('over a database that is not empty takes an explicit word, and a dry run says what it would do', async () => {
      const up = running();
      expect(await restore('vulpine', name)).toMatchObject({ code: 1, output: expect.stringContaining('mastodon is not empty') });
      const dry = await restore('--dry-run', '--replace', 'vulpine', name);
      expect(dry).toMatchObject({ code: 0, output: expect.stringContaining('stops vulpine-dbbackup-1 vulpine-sidekiq-1 vulpine-web-1 vulpine-web-2') });
      expect(dry.output).toContain('Nothing was changed (dry run)');
      expect(databases()).toEqual(['mastodon']);
      expect(running()).toEqual(up);
      expect(readFileSync(bench.at('calls'), 'utf8')).not.toMatch(/^(stop|start) /m);
    });

    test('keeps the old one under another name, also with somebody still connected, and starts what it stopped', async () => {
      const up = running();
      cluster.sql("update accounts set alive = false; insert into posts values (5, '2026-01-01', 'later')");
      const idle = spawn(`${cluster.bin}/psql`, ['--dbname=mastodon', '--command=select pg_sleep(60)'], {
        env: { ...process.env, ...cluster.env },
        stdio: 'ignore',
      });
      children.push(idle);
      await delay(300);
      const { code, output } = await restore('--replace', 'vulpine', 'newest');
      expect(output).toContain('dropdb --username=mastodon mastodon_before_');
      expect(code).toBe(0);
      expect(rows()).toBe(before);
      const [, old = ''] = databases();
      expect(cluster.sql('select count(*) from posts', old)).toBe('3001');
      expect(running()).toEqual(up);
      const calls = readFileSync(bench.at('calls'), 'utf8').split('\n');
      const at = (start: string) => calls.findIndex((call) => call.startsWith(start));
      expect(at('stop vulpine-dbbackup-1 vulpine-sidekiq-1 vulpine-web-1 vulpine-web-2')).toBeGreaterThan(0);
      expect(at('stop')).toBeLessThan(calls.findIndex((call) => call.includes('create database')));
    });

    test('that fails leaves the old one, and everything runs again', async () => {
      const up = running();
      // one that is whole, and whose content the database refuses
      bench.program(
        'bin/pg_restore',
        `#!/bin/sh\ncase "$*" in *--dbname*) head -c 100000 | ${cluster.bin}/pg_restore "$@" ;; *) exec ${cluster.bin}/pg_restore "$@" ;; esac\n`,
      );
      const { code, output } = await restore('--replace', 'vulpine', name);
      expect(code).not.toBe(0);
      expect(output).toContain('the database of vulpine is as it was');
      expect(databases()).toEqual(['mastodon']);
      expect(rows()).toBe(before);
      expect(running()).toEqual(up);
    });

    test('that is interrupted leaves the old one, and everything runs again', async () => {
      const up = running();
      bench.program('bin/pg_restore', `#!/bin/sh\ncase "$*" in *--dbname*) touch ${bench.at('begun')}; sleep 2 ;; esac\nexec ${cluster.bin}/pg_restore "$@"\n`);
      const { code } = await bench.runBeside('restore', ['--replace', 'vulpine', name], (child) => {
        void (async () => {
          while (!existsSync(bench.at('begun'))) await delay(20);
          child.kill('SIGTERM');
        })();
      });
      expect(code).toBe(130);
      expect(databases()).toEqual(['mastodon']);
      expect(rows()).toBe(before);
      expect(running()).toEqual(up);
    });

    /** Slow enough for something to happen meanwhile; `begun` is when it does. */
    const slow = () => {
      bench.program('bin/pg_restore', `#!/bin/sh\ncase "$*" in *--dbname*) touch ${bench.at('begun')}; sleep 2 ;; esac\nexec ${cluster.bin}/pg_restore "$@"\n`);
    };
    const begun = async () => {
      while (!existsSync(bench.at('begun'))) await delay(20);
    };

    test('whose asker is gone in the middle comes to its end, and everything runs again', async () => {
      const up = running();
      cluster.sql('update accounts set alive = false');
      slow();
      await bench.runBeside('restore', ['--replace', 'vulpine', name], (child) => {
        void begun().then(() => {
          child.stdout?.destroy();
          child.stderr?.destroy();
        });
      });
      for (const end = Date.now() + 20_000; running().length < up.length && Date.now() < end; ) await delay(50);
      expect(running()).toEqual(up);
      expect(rows()).toBe(before);
      expect(databases()).toHaveLength(2);
    });

    test('while another one goes on is refused, and does not disturb it', async () => {
      slow();
      const first = restore('--replace', 'vulpine', name);
      await begun();
      expect(await restore('--replace', 'vulpine', name)).toMatchObject({ code: 1, output: expect.stringContaining('another restore of vulpine goes on') });
      expect(await restore('--dry-run', '--replace', 'vulpine', name)).toMatchObject({ code: 0 });
      expect(await first).toMatchObject({ code: 0, output: expect.stringContaining('restored: 6 tables') });
      expect(rows()).toBe(before);
    });

    test('a dump that is not whole, that is not there, or an instance that is not: refused before anything stops', async () => {
      const broken = dumpName(5);
      writeFileSync(bench.volume('dumps', broken), readFileSync(bench.volume('dumps', name)));
      truncateSync(bench.volume('dumps', broken), 100_000);
      chmodSync(bench.volume('dumps', broken), 0o600);
      expect(await restore('--replace', 'vulpine', broken)).toMatchObject({ code: 1, output: expect.stringContaining('is not whole: choose another') });
      expect(await restore('--replace', 'vulpine', '../../etc/passwd')).toMatchObject({
        code: 1,
        output: expect.stringContaining(`It has: ${[broken, name].sort().join(' ')}`),
      });
      expect(await restore('--replace', 'corsac', 'newest')).toMatchObject({ code: 1, output: expect.stringContaining('corsac is not on this host') });
      expect(await restore('vulpine')).toEqual({
        code: 0,
        output: [broken, name]
          .sort()
          .map((one) => `${one}\n`)
          .join(''),
      });
      bench.program('bin/df', '#!/bin/sh\nprintf "Avail\\n1000\\n"\n');
      expect(await restore('--replace', 'vulpine', name)).toMatchObject({
        code: 1,
        output: expect.stringContaining('beside the old database, and the disk has 1 MB left'),
      });
      expect(readFileSync(bench.at('calls'), 'utf8')).not.toMatch(/^stop /m);
      expect(rows()).toBe(before);
    });
  });
});
