import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { mergePatch } from '../../config/merge';
import { DUMPS } from '../../estates/vulpine/backup/dumps';
import { freePort } from '../../services/testbench/free-port';
import { BackupBench, type Ran } from '../support/backup-bench';
import { type PodFile, podFiles } from '../support/pod-files';
import { PostgresCluster } from '../support/postgres-cluster';
import { describeReal } from '../support/real';
import { synthEstate } from '../support/synth';
import { variant } from '../support/vulpine/documents';

jest.setTimeout(300_000);

const ROWS = "create table posts (id int primary key, body text); insert into posts select i, 'fox 🦊 ' || md5(i::text) from generate_series(1, 2000) i;";

describeReal(['postgres', 'sshd', 'rsync', 'curl'], "the cluster's job that sends dumps away, as its pod has it", () => {
  let bench: BackupBench;
  let cluster: PostgresCluster;

  beforeAll(async () => {
    cluster = new PostgresCluster(await freePort());
    cluster.sql(ROWS);
  });
  afterAll(() => cluster?.stop());

  /** Files of the pod below the bench's folder, with the off-site host of the bench. */
  function place(edit = (text: string) => text): void {
    const hostKey = readFileSync(bench.sshd.at('host-key.pub'), 'utf8').split(' ').slice(0, 2).join(' ').trim();
    const backup = { offsite: { host: '127.0.0.1', port: bench.sshd.port, hostKey }, alert: { webhook: true } };
    const json = synthEstate('vulpine', mergePatch(variant('kubernetes'), { prod: { backup } }) as object).get('vulpine-workloads-prod');
    const url = (name: string) => readFileSync(bench.at(`etc/${name}`), 'utf8');
    const pod: PodFile[] = podFiles(json, 'backup', { backup: { HEARTBEAT_URL: url('HEARTBEAT_URL'), WEBHOOK_URL: url('WEBHOOK_URL') } });
    for (const { path, content } of pod) {
      mkdirSync(dirname(bench.at(`pod${path}`)), { recursive: true });
      const here = content
        .replace(/'\/(var\/lib\/vulpine-backup|opt\/vulpine-backup|run\/secrets)/g, `'${bench.at('pod')}/$1`)
        .replace("VOLUMES='/volumes'", `VOLUMES='${bench.volumes}'`)
        .replace(/OFFSITE='[^@]*@/, `OFFSITE='${process.env.USER ?? execFileSync('id', ['-un'], { encoding: 'utf8' }).trim()}@`);
      writeFileSync(bench.at(`pod${path}`), edit(here));
      if (path.endsWith('.sh')) chmodSync(bench.at(`pod${path}`), 0o555);
    }
  }

  async function run(): Promise<Ran> {
    const child = spawn(bench.at('pod/opt/vulpine-backup/job.sh'), [], {
      env: { PATH: `${bench.bin}:/usr/bin:/bin`, VULPINE_BACKUP: bench.at('pod/opt/vulpine-backup/settings') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        output += text;
      });
    const [code] = await once(child, 'close');
    return { code, output };
  }

  /** The off-site host learns the key that a run has said. */
  function authorize(said: string): void {
    const [, key = ''] = /must know this job's key: (ssh-ed25519 \S+)/.exec(said) ?? [];
    expect(key).toMatch(/^ssh-ed25519 AAAA/);
    writeFileSync(bench.sshd.at('authorized_keys'), `restrict,command="${bench.at('programs/receive.sh')} ${bench.offsite}" ${key}\n`, { mode: 0o600 });
  }

  /** What `dbbackup` does, until there is a dump. */
  async function dump(): Promise<string> {
    writeFileSync(bench.at('etc/DB_PASS'), `${cluster.password}\n`);
    const child = spawn('/bin/sh', ['-c', DUMPS], {
      env: { ...cluster.env, PATH: `${cluster.bin}:/usr/bin:/bin`, FOLDER: bench.volume('dumps'), PASSWORD_FILE: bench.at('etc/DB_PASS') },
      stdio: 'ignore',
    });
    try {
      for (const end = Date.now() + 60_000; bench.dumps.length === 0; await delay(50)) if (Date.now() > end) throw new Error('there is no dump');
    } finally {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    }
    return bench.dumps[0] as string;
  }

  beforeEach(async () => {
    bench = await BackupBench.start();
    place();
  });
  afterEach(() => bench.close());

  test('the first run makes a key and says it; when it is known, the dump arrives and is the database', async () => {
    const name = await dump();
    const first = await run();
    expect(first.code).toBe(1);
    const key = bench.at('pod/var/lib/vulpine-backup/own/key');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(first.output).not.toContain(readFileSync(key, 'utf8').split('\n')[1]);
    expect(bench.told.some((one) => one.startsWith('/webhook') && one.includes('vulpine off-site has no dump'))).toBe(true);
    expect(bench.told).not.toContain('/heartbeat-a1b2');

    authorize(first.output);
    bench.told.length = 0;
    const kept = readFileSync(key);
    expect(await run()).toMatchObject({ code: 1, output: expect.stringContaining(`shipped: vulpine ${name}`) }); // the off-site host has not looked yet
    expect(await bench.runBeside('keep')).toMatchObject({ code: 0 });
    expect(await run()).toMatchObject({ code: 0 });
    expect(readFileSync(key)).toEqual(kept);
    expect(bench.told.at(-1)).toBe('/heartbeat-a1b2');
    expect(bench.told.filter((one) => one.includes('well again'))).toHaveLength(1);

    const copy = bench.at('copy.dump');
    writeFileSync(copy, bench.kept(`vulpine/dumps/${name}`) ?? '');
    cluster.sql('create database mastodon_copy', 'postgres');
    execFileSync(join(cluster.bin, 'pg_restore'), ['--dbname=mastodon_copy', copy], { env: { ...process.env, ...cluster.env } });
    const rows = "select count(*), md5(string_agg(id || body, ',' order by id)) from posts";
    expect(cluster.sql(rows, 'mastodon_copy')).toBe(cluster.sql(rows, 'mastodon'));
    cluster.sql('drop database mastodon_copy', 'postgres');
  });

  test('an off-site host that does not answer keeps nobody from looking, within the time', async () => {
    await dump();
    place((text) => text.replace(/SHIP_SECONDS='\d+'/, "SHIP_SECONDS='2'"));
    bench.program('bin/rsync', '#!/bin/sh\nexec sleep 60\n');
    const begun = Date.now();
    const ran = await run();
    expect(ran).toMatchObject({ code: 1, output: expect.stringContaining('nothing was shipped') });
    expect(ran.output).toContain('vulpine off-site has no dump');
    expect(Date.now() - begun).toBeLessThan(40_000);
  });

  test('a key half made is made anew; what dumps are on is only read', async () => {
    await dump();
    const own = bench.at('pod/var/lib/vulpine-backup/own');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'key.new'), 'half');
    const before = readdirSync(bench.volume('dumps'));
    authorize((await run()).output);
    expect(await run()).toMatchObject({ output: expect.stringContaining('shipped: vulpine') });
    expect(existsSync(join(own, 'key.new'))).toBe(false);
    expect(readdirSync(bench.volume('dumps'))).toEqual(before);
  });
});
