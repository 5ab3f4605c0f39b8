import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BackupBench, dumpName } from '../support/backup-bench';
import { describeReal } from '../support/real';

jest.setTimeout(120_000);

describeReal(['sshd', 'rsync', 'curl'], "vulpine's copies at the off-site host", () => {
  let bench: BackupBench;
  const dump = (minutesAgo: number, content: string | Buffer = randomBytes(5000)) => {
    const name = dumpName(minutesAgo);
    writeFileSync(bench.volume('dumps', name), content);
    return name;
  };
  const ship = async () => {
    const ran = await bench.runBeside('ship');
    if (ran.code !== 0) console.log(ran.output);
    return ran;
  };
  const media = (file: string, content: string | Buffer) => {
    execFileSync('mkdir', ['-p', join(bench.volume('media', file), '..')]);
    writeFileSync(bench.volume('media', file), content);
  };

  beforeEach(async () => {
    bench = await BackupBench.start();
  });
  afterEach(() => bench.close());

  test('the newest dump and all media arrive, are kept, and all is well', async () => {
    dump(70);
    const content = randomBytes(5000);
    const newest = dump(10, content);
    writeFileSync(bench.volume('dumps', `${dumpName(0)}.new`), 'half of one');
    media('accounts/a b/ünïcode.png', 'picture');
    media('cache/of-others.png', 'not ours');
    expect(await ship()).toMatchObject({ code: 0, output: expect.stringContaining(`shipped: vulpine ${newest}`) });
    expect(await bench.runBeside('keep')).toMatchObject({ code: 0 });
    expect(bench.kept(`vulpine/dumps/${newest}`)).toEqual(content);
    expect(bench.kept('vulpine/media/accounts/a b/ünïcode.png')).toEqual(Buffer.from('picture'));
    expect(bench.kept('vulpine/media/cache/of-others.png')).toBeUndefined();
    expect(readdirSync(join(bench.offsite, 'snapshots', bench.snapshots[0] as string, 'vulpine/dumps'))).toEqual([newest]);
    expect(await bench.runBeside('check')).toEqual({ code: 0, output: '' });
    expect(bench.told).toEqual(['/heartbeat-a1b2']);
  });

  test('a host without media, as that of the database alone, sends its dumps; media that came before stay', async () => {
    const first = dump(70);
    rmSync(join(bench.volumes, 'vulpine-media'), { recursive: true });
    expect(await ship()).toMatchObject({ code: 0, output: expect.stringContaining(`shipped: vulpine ${first}`) });
    expect(await bench.runBeside('keep')).toMatchObject({ code: 0 });
    expect(bench.kept(`vulpine/dumps/${first}`)).toBeDefined();
    execFileSync('mkdir', ['-p', bench.volume('media')]);
    media('a.png', 'a');
    dump(40);
    expect(await ship()).toMatchObject({ code: 0 });
    await delay(1100); // snapshots are called by the second
    expect(await bench.runBeside('keep')).toMatchObject({ code: 0 });
    rmSync(join(bench.volumes, 'vulpine-media'), { recursive: true });
    const last = dump(10);
    expect(await ship()).toMatchObject({ code: 0, output: expect.stringContaining(`shipped: vulpine ${last}`) });
    await delay(1100); // snapshots are called by the second
    expect(await bench.runBeside('keep')).toMatchObject({ code: 0 });
    expect(bench.kept('vulpine/media/a.png')).toEqual(Buffer.from('a'));
    expect(await bench.runBeside('check')).toEqual({ code: 0, output: '' });
  });

  test('what its owner deleted is in older copies only; nothing new makes no copy', async () => {
    dump(30);
    media('a.png', 'a');
    media('b.png', 'b');
    await ship();
    await bench.runBeside('keep');
    const [first = ''] = bench.snapshots;
    await ship();
    await bench.runBeside('keep');
    expect(bench.snapshots).toEqual([first]);
    rmSync(bench.volume('media', 'a.png'));
    await delay(1000); // copies are called by the second
    dump(0);
    await ship();
    await bench.runBeside('keep');
    expect(bench.snapshots).toHaveLength(2);
    await delay(1000);
    writeFileSync(bench.volume('dumps', dumpName(-1)), 'another');
    await ship();
    await bench.runBeside('keep');
    expect(bench.kept('vulpine/media/a.png')).toBeUndefined();
    expect(bench.kept('vulpine/media/b.png')).toEqual(Buffer.from('b'));
    expect(readFileSync(join(bench.offsite, 'snapshots', first, 'vulpine/media/a.png'), 'utf8')).toBe('a');
    const links = (name: string) => statSync(join(bench.offsite, 'snapshots', name, 'vulpine/media/b.png')).ino;
    expect(links(bench.snapshots[2] as string)).toBe(links(first)); // kept once
    expect(statSync(join(bench.offsite, 'incoming/vulpine/media/b.png')).ino).not.toBe(links(first)); // and never where the sender may write
  });

  test('an instance without a dump keeps no other from being shipped, and is told', async () => {
    const settings = readFileSync(bench.at('settings'), 'utf8');
    writeFileSync(bench.at('settings'), settings.replace("INSTANCES='vulpine'", "INSTANCES='corsac vulpine'"));
    execFileSync('mkdir', ['-p', join(bench.volumes, 'corsac-dumps/_data'), join(bench.volumes, 'corsac-media/_data')]);
    expect(await ship()).toMatchObject({ code: 1, output: expect.stringContaining('there is nothing to ship') });
    const name = dump(0);
    expect(await ship()).toMatchObject({ code: 1, output: expect.stringContaining('corsac has no dump') });
    expect(await bench.runBeside('keep')).toMatchObject({ code: 0 });
    expect(bench.kept(`vulpine/dumps/${name}`)).toBeDefined();
    expect(await bench.runBeside('check')).toMatchObject({ code: 1, output: expect.stringContaining('corsac here has no dump; corsac off-site has no dump') });
  });

  test('copies of a month ago go when new ones come, one of each day stays', async () => {
    const at = (daysAgo: number, hour: string) => `${new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')}T${hour}0000Z`;
    const old = [at(40, '01'), at(31, '03'), at(20, '01'), at(20, '05'), at(3, '01'), at(3, '02')];
    for (const name of old) execFileSync('mkdir', [join(bench.offsite, 'snapshots', name)]);
    dump(0);
    await ship();
    await bench.runBeside('keep');
    // the three newest are not looked at
    expect(bench.snapshots.slice(0, -1)).toEqual([at(20, '01'), at(3, '01'), at(3, '02')]);
  });

  test.each([['the sender'], ['the connection'], ['the receiver']])(
    '%s killed in the middle of a big file, at several points: the last good copy stays, and the next run finishes',
    async (who) => {
      const good = dump(60, randomBytes(300_000));
      media('old.mp4', 'an old film');
      await ship();
      await bench.runBeside('keep');
      const status = readFileSync(join(bench.offsite, 'status'), 'utf8');
      const [before] = bench.snapshots;
      const content = randomBytes(12_000_000);
      const next = dump(1, content);
      // slow enough to be in the middle
      bench.program('bin/rsync', '#!/bin/sh\nexec /usr/bin/rsync --bwlimit=8000 "$@"\n');
      for (const bytes of [1_000_000, 5_000_000, 9_000_000]) {
        const ran = await bench.runBeside('ship', [], (child) => {
          void untilArrived(join(bench.offsite, 'incoming/vulpine/dumps'), bytes).then(() => {
            const victim = who === 'the connection' ? 'sshd' : 'rsync';
            const processes = descendants(who === 'the sender' ? (child.pid as number) : bench.sshd.pid);
            for (const { pid, name } of processes) if (name.startsWith(victim)) process.kill(pid, 'SIGKILL');
          });
        });
        expect(ran.code).not.toBe(0);
        expect(existsSync(join(bench.offsite, 'incoming/vulpine/dumps', next))).toBe(false);
        expect(existsSync(join(bench.offsite, 'incoming/vulpine/dumps', good))).toBe(true);
        expect((await bench.runBeside('keep')).code).toBe(0);
        expect(readFileSync(join(bench.offsite, 'status'), 'utf8')).toBe(status);
        expect(bench.snapshots).toEqual([before]);
      }
      bench.program('bin/rsync', '#!/bin/sh\nexec /usr/bin/rsync "$@"\n');
      expect((await ship()).code).toBe(0);
      await delay(1000);
      await bench.runBeside('keep');
      expect(bench.kept(`vulpine/dumps/${next}`)).toEqual(content);
      expect(bench.kept('vulpine/media/old.mp4')).toEqual(Buffer.from('an old film'));
    },
  );

  test('a copy whose dump is not what its list says is not kept, and somebody is told', async () => {
    const good = dump(60);
    await ship();
    await bench.runBeside('keep');
    const next = dump(0);
    await ship();
    writeFileSync(join(bench.offsite, 'incoming/vulpine/dumps', next), 'something else');
    expect(await bench.runBeside('keep')).toMatchObject({ code: 1, output: expect.stringContaining('not what its list says') });
    expect(bench.snapshots).toHaveLength(1);
    expect(bench.kept(`vulpine/dumps/${good}`)).toBeDefined();
    expect(bench.told.at(-1)).toContain('what came last is not what its list says');
  });

  test('a host with another key gets nothing', async () => {
    dump(0);
    const other = readFileSync(bench.sshd.at('other-key.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
    writeFileSync(bench.at('known_hosts'), `[127.0.0.1]:${bench.sshd.port} ${other}\n`);
    expect(await ship()).toMatchObject({ code: 1, output: expect.stringContaining('Host key verification failed') });
    rmSync(bench.at('known_hosts'));
    expect((await ship()).code).toBe(1); // one that nobody knows is none
    expect(readdirSync(join(bench.offsite, 'incoming'))).toEqual([]);
  });

  test('who has the key can neither read nor delete what is there, and the copies stay whatever he writes', async () => {
    const content = randomBytes(4000);
    const name = dump(0, content);
    media('a.png', 'a');
    await ship();
    await bench.runBeside('keep');
    const [ssh = '', ...options] = bench.ssh.split(' ');
    const rsync = (...args: string[]) => bench.stolen('rsync', '--rsh', bench.ssh, ...args);
    const there = `${bench.address}:vulpine/dumps/`;
    expect(rsync(`${there}${name}`, bench.at('taken')).code).not.toBe(0);
    expect(rsync('--recursive', there).code).not.toBe(0);
    for (const command of [`cat ${bench.offsite}/incoming/complete`, `rm -rf ${bench.offsite}`, '', 'status; id'])
      expect(bench.stolen(ssh, ...options, bench.address, command)).toMatchObject({ code: 1, output: expect.not.stringMatching(/uid=|vulpine \w/) });
    expect(
      bench.stolen(
        'scp',
        '-F',
        'none',
        '-P',
        `${bench.sshd.port}`,
        ...options.slice(2).filter((one) => one !== '-p' && one !== `${bench.sshd.port}`),
        `${bench.address}:complete`,
        bench.at('taken'),
      ).code,
    ).not.toBe(0);
    execFileSync('mkdir', [bench.at('nothing')]);
    expect(rsync('--recursive', '--delete', `${bench.at('nothing')}/`, `${bench.address}:vulpine/`).code).not.toBe(0);
    expect(rsync(bench.at('settings'), `${bench.address}:../snapshots/`).code).not.toBe(0);
    writeFileSync(bench.at(name), randomBytes(4000));
    rsync('--inplace', '--ignore-times', bench.at(name), there);
    expect(existsSync(bench.at('taken'))).toBe(false);
    expect(existsSync(join(bench.offsite, 'incoming/vulpine/media/a.png'))).toBe(true);
    expect(readFileSync(join(bench.offsite, 'incoming/vulpine/dumps', name))).not.toEqual(content); // that he may
    expect(bench.kept(`vulpine/dumps/${name}`)).toEqual(content);
    expect(bench.stolen(ssh, ...options, bench.address, 'status')).toMatchObject({ code: 0, output: expect.stringContaining(name) });
  });

  test('a clock that was ahead hides nothing: dumps and copies of a time to come are told, and pass for the newest nowhere', async () => {
    const [ahead, real] = [dump(-60 * 24 * 365), dump(0)];
    expect(await ship()).toMatchObject({ code: 0, output: expect.stringContaining(`shipped: vulpine ${real}`) });
    expect(await bench.runBeside('keep')).toMatchObject({ code: 0 });
    expect(await bench.runBeside('check')).toMatchObject({
      code: 1,
      output: expect.stringContaining(`a dump of vulpine here is of a time to come: look at the clock, then delete or rename ${ahead}`),
    });
    rmSync(bench.volume('dumps', ahead));
    const later = `${dumpName(-60 * 24 * 365).slice(0, 16)}`;
    execFileSync('cp', ['-a', join(bench.offsite, 'snapshots', bench.snapshots[0] as string), join(bench.offsite, 'snapshots', later)]);
    writeFileSync(join(bench.offsite, 'snapshots', later, 'complete'), 'something of then\n');
    await delay(1000);
    expect(await bench.runBeside('keep')).toMatchObject({ code: 0 });
    expect(bench.snapshots).toHaveLength(2); // nothing new came
    expect((await bench.runBeside('check')).code).toBe(0);
  });

  test('the dump of a host whose clock is ahead is kept, and told', async () => {
    writeFileSync(join(bench.offsite, 'incoming/complete'), '');
    const name = dumpName(-60);
    const content = randomBytes(100);
    execFileSync('mkdir', ['-p', join(bench.offsite, 'incoming/vulpine/dumps'), join(bench.offsite, 'incoming/vulpine/media')]);
    writeFileSync(join(bench.offsite, 'incoming/vulpine/dumps', name), content);
    writeFileSync(join(bench.offsite, 'incoming/vulpine/media.list'), '');
    writeFileSync(join(bench.offsite, 'incoming/complete'), `vulpine ${createHash('sha256').update(content).digest('hex')} ${name}\n`);
    expect(await bench.runBeside('keep')).toMatchObject({ code: 1, output: expect.stringContaining('a dump of vulpine is of a time to come') });
    expect(bench.kept(`vulpine/dumps/${name}`)).toEqual(content);
  });

  test('two at once: one ships, the other says so; what a killed one left is gone after the next', async () => {
    dump(0, randomBytes(4_000_000));
    bench.program('bin/rsync', '#!/bin/sh\nexec /usr/bin/rsync --bwlimit=2000 "$@"\n');
    execFileSync('mkdir', [bench.at('state/run.killed')]);
    const [one, other] = await Promise.all([bench.runBeside('ship'), bench.runBeside('ship')]);
    expect([one.code, other.code].sort()).toEqual([0, 1]);
    expect(one.output + other.output).toContain('another run goes on');
    expect(readdirSync(bench.at('state'))).toEqual(['lock']);
  });

  test.each([['nothing'], ['bad'], ['bad 1'], ['bad x y'], ['rubbish\n\u0000']])(
    'a state of alerts that holds %j keeps nobody from being told',
    async (state) => {
      writeFileSync(bench.at('state/alert'), state === 'nothing' ? '' : state);
      expect(await bench.runBeside('check')).toMatchObject({ code: 1, output: expect.stringContaining('vulpine here has no dump') });
      expect(bench.told.filter((one) => one.startsWith('/webhook'))).toHaveLength(1);
      expect(readFileSync(bench.at('state/alert'), 'utf8')).toMatch(/^bad \d+ \d+\n$/);
    },
  );

  describe('a backup that is too old', () => {
    const check = () => bench.runBeside('check');
    const webhook = () => bench.told.filter((one) => one.startsWith('/webhook'));

    test('is told once, again after hours, and once when it is well again', async () => {
      dump(150);
      await ship();
      await bench.runBeside('keep').catch(() => {});
      bench.told.length = 0;
      for (let i = 0; i < 3; i += 1)
        expect(await check()).toMatchObject({
          code: 1,
          output: expect.stringMatching(
            /<3>backup: the newest dump of vulpine here is 15\d minutes old; the newest dump of vulpine off-site is 15\d minutes old/,
          ),
        });
      expect(webhook()).toHaveLength(1);
      expect(webhook()[0]).toContain('the newest dump of vulpine here is 15');
      expect(bench.told).not.toContain('/heartbeat-a1b2'); // who keeps it notices
      const [, since = '', told = ''] = readFileSync(bench.at('state/alert'), 'utf8').trim().split(' ');
      writeFileSync(bench.at('state/alert'), `bad ${since} ${Number(told) - 6 * 3600}\n`);
      await check();
      await check();
      expect(webhook()).toHaveLength(2);
      dump(0);
      await ship();
      await delay(1000);
      await bench.runBeside('keep');
      bench.told.length = 0;
      expect((await check()).code).toBe(0);
      expect((await check()).code).toBe(0);
      expect(webhook()).toEqual([expect.stringContaining('well again')]);
      expect(bench.told.filter((one) => one === '/heartbeat-a1b2')).toHaveLength(2);
    });

    test('is told by the off-site host, too, when the other one is dead', async () => {
      dump(150);
      await ship();
      expect(await bench.runBeside('keep')).toMatchObject({ code: 1 });
      expect(await bench.runBeside('keep')).toMatchObject({ code: 1 });
      expect(webhook()).toEqual([expect.stringMatching(/off-site backup: the newest dump of vulpine is 15\d minutes old/)]);
    });

    test('is told again when nobody took it', async () => {
      bench.status = 500;
      expect(await check()).toMatchObject({ code: 1, output: expect.stringContaining('nobody was told') });
      bench.status = 200;
      await check();
      await check();
      expect(webhook()).toHaveLength(2);
    });

    test('an off-site host that is away for a moment is no news; one that stays away is', async () => {
      dump(0);
      await ship();
      await bench.runBeside('keep');
      expect((await check()).code).toBe(0);
      await bench.sshd.stop();
      expect((await check()).code).toBe(0);
      writeFileSync(bench.at('state/offsite'), `vulpine ${'0'.repeat(64)} ${dumpName(121)}\n`);
      expect(await check()).toMatchObject({ code: 1, output: expect.stringContaining('off-site is 121 minutes old') });
    });

    test('no secret URL is an argument of a process', async () => {
      bench.program('bin/curl', `#!/bin/sh\necho "$@" >>${bench.at('arguments')}\nexec /usr/bin/curl "$@"\n`);
      await check();
      dump(0);
      await ship();
      await bench.runBeside('keep');
      expect((await check()).code).toBe(0);
      const said = readFileSync(bench.at('arguments'), 'utf8');
      expect(said.trim().split('\n').length).toBeGreaterThanOrEqual(3);
      expect(said).not.toMatch(/heartbeat-a1b2|webhook-c3d4/);
    });

    test('without a heartbeat URL the check fails and says so', async () => {
      dump(0);
      await ship();
      await bench.runBeside('keep');
      rmSync(bench.at('etc/HEARTBEAT_URL'));
      expect(await check()).toMatchObject({ code: 1, output: expect.stringContaining('make secrets ESTATE=vulpine') });
    });
  });
});

/** Until so much of a file is there that has no name yet. */
async function untilArrived(folder: string, bytes: number): Promise<void> {
  const begun = (name: string) => name.includes('/') || name.startsWith('.');
  const isThere = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && begun(join(entry.parentPath, entry.name).slice(folder.length + 1)))
      .map(({ parentPath, name }) => statSync(join(parentPath, name), { throwIfNoEntry: false }))
      .some((file) => file !== undefined && file.size >= bytes && file.mtimeMs > since);
  const since = Date.now() - 50;
  while (!isThere()) await delay(20);
}

interface Process {
  readonly pid: number;
  readonly name: string;
}

function descendants(pid: number): Process[] {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([own, parent, name = '']) => ({ pid: Number(own), parent: Number(parent), name }));
  const below = (of: number): Process[] => all.filter(({ parent }) => parent === of).flatMap((one) => [one, ...below(one.pid)]);
  return below(pid);
}
