import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ScraperVariables } from '../../services/contracts/filmlinkd-environment';
import type { LogEntryMessage } from '../../services/contracts/log-entry';
import { openBus } from '../../services/runtime/bus/open';
import { openStores } from '../../services/runtime/stores/open';
import { Emulator } from '../../services/testbench/google/emulators';
import { FakeLetterboxd } from '../../services/testbench/letterboxd/letterboxd';
import { describeReal } from '../support/real';
import { ROOT } from '../support/repository';
import { eventually } from '../support/service-process';

const PROJECT = 'test-project';

describeReal(['gcloud', 'java'], 'the scraper as it is shipped, on Pub/Sub and Firestore', () => {
  const emulators: Emulator[] = [];
  beforeAll(async () => {
    emulators.push(...(await Promise.all([Emulator.start('pubsub'), Emulator.start('firestore')])));
  });
  afterAll(() => Promise.all(emulators.map((emulator) => emulator.stop())));

  test('follows, finds, publishes, publishes again, closes and ends', async () => {
    const letterboxd = await FakeLetterboxd.start();
    const stores = await openStores({ kind: 'firestore', project: PROJECT, environment: 'prod' }, ['users', 'deliveries', 'leases']);
    const bus = await openBus({ kind: 'pubsub', project: PROJECT });
    await bus.provision([
      { topic: 'entries', subscription: 'shard' },
      { topic: 'commands', subscription: 'scraper-1' },
      { topic: 'poison', subscription: 'poison' },
    ]);
    const published: LogEntryMessage[] = [];
    bus.subscribe('shard', ({ data }) => void published.push(JSON.parse(data)));

    const folder = mkdtempSync(join(tmpdir(), 'shipped-')); // no package is near
    copyFileSync(join(ROOT, '.cache/scraper.js'), join(folder, 'scraper.js'));
    const environment: { [K in keyof ScraperVariables]?: string } = {
      ...{ ENVIRONMENT: 'prod', PROJECT, MODE: 'general', INSTANCE: 'scraper-1', SUBSCRIPTION: 'scraper-1', PORT: '0' },
      ...{ LOG_ENTRY_TOPIC: 'entries', COMMAND_TOPIC: 'commands', POISON_TOPIC: 'poison', PAUSE_SECONDS: '0.2', REPUBLISH_SECONDS: '2' },
      ...{ LETTERBOXD_URL: letterboxd.url, LETTERBOXD_API_KEY: 'key', LETTERBOXD_API_SHARED_SECRET: 'secret' },
    };
    const begun = Date.now();
    const child = spawn(process.execPath, ['scraper.js'], {
      cwd: folder,
      env: { ...process.env, NODE_PATH: '', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said: { message: string; severity: string }[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => said.push(JSON.parse(line)));
    const ended = once(child, 'exit');
    try {
      await eventually(() => said.some(({ message }) => message === 'Started'));
      console.log(`started within ${Date.now() - begun} ms`);
      const member = letterboxd.world.addMember('ada');
      const { lid } = letterboxd.world.addEntry(member, letterboxd.world.addFilm('Metropolis'), { created: Date.now() - 3_600_000 });
      await stores.users.follow({ lid: member.lid, userName: 'ada', displayName: 'Ada', image: '' }, 'c1');
      await bus.publish('commands', JSON.stringify({ type: 'FOLLOW', user: member.lid, entry: '0' }));
      await eventually(() => published.length >= 2, 30);
      expect(published[0]?.entry).toMatchObject({ lid, filmTitle: 'Metropolis', publishSource: 'Follow' });
      expect(published[1]).toEqual(published[0]);
      await stores.deliveries.record(lid, 'c1', { state: 'delivered', messageId: 'm' });
      await eventually(async () => (await stores.users.byLid(member.lid))?.previous.lid === lid, 30);
      expect(await stores.leases.members('scrapers')).toEqual(['general:scraper-1']);
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      expect(await stores.leases.members('scrapers')).toEqual([]);
      expect(said.filter(({ severity }) => severity !== 'INFO')).toEqual([]);
    } finally {
      child.kill('SIGKILL');
      await bus.close();
      await stores.close();
      await letterboxd.stop();
    }
  });
});
