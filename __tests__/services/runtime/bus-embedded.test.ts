import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { RETENTION_HOURS } from '../../../services/runtime/bus/embedded-queue';
import { openBus } from '../../../services/runtime/bus/open';
import type { BusLine, BusTask } from '../../support/programs/bus';
import { endProcesses, eventually, ServiceProcess } from '../../support/service-process';
import { busConformance } from '../conformance/bus';

const file = join(mkdtempSync(join(tmpdir(), 'bus-')), 'bus.db');

busConformance('in a file', { settings: { kind: 'embedded', file }, ackDeadlineSeconds: 1, maxDeliveryAttempts: 3 });

describe('the file of a bus', () => {
  const own = () => join(mkdtempSync(join(tmpdir(), 'bus-')), 'bus.db');
  const rows = (path: string) => new Libsql(path).prepare('SELECT * FROM deliveries').all();
  afterEach(endProcesses);

  test('holds nothing that was acknowledged, and does not grow', async () => {
    const path = own();
    const bus = await openBus({ kind: 'embedded', file: path });
    await bus.provision([{ topic: 'a', subscription: 'a' }]);
    let handled = 0;
    bus.subscribe('a', () => void handled++, { concurrency: 50 });
    const sizes: number[] = [];
    for (let round = 1; round <= 4; round++) {
      await Promise.all(Array.from({ length: 100 }, () => bus.publish('a', 'x'.repeat(2000))));
      await eventually(() => handled === round * 100);
      sizes.push(statSync(path).size);
    }
    await bus.close();
    expect(rows(path)).toEqual([]);
    expect(sizes[3]).toBeLessThan(1_500_000);
  });

  test('drops what nobody read in time', async () => {
    const path = own();
    const bus = await openBus({ kind: 'embedded', file: path });
    await bus.provision([{ topic: 'a', subscription: 'a' }]);
    await bus.publish('a', 'old');
    await bus.publish('a', 'new');
    await bus.close();
    const db = new Libsql(path);
    db.prepare('UPDATE deliveries SET published = published - ? WHERE key = 1').run((RETENTION_HOURS + 1) * 3_600_000);
    db.close();
    await (await openBus({ kind: 'embedded', file: path })).close();
    expect(rows(path)).toMatchObject([{ body: '{"data":"new","attributes":{}}' }]);
  });

  test('takes a message to another process within a tenth of a second', async () => {
    const path = own();
    const settings = { kind: 'embedded', file: path } as const;
    const bus = await openBus(settings);
    await bus.provision([{ topic: 'a', subscription: 'a' }]);
    const consumer = new ServiceProcess<BusLine>('bus.ts', { bus: settings, consume: 'a', concurrency: 1, handling: 0 } satisfies BusTask);
    await consumer.until(1);
    const delays: number[] = [];
    for (let round = 0; round < 9; round++) {
      await new Promise((resolve) => setTimeout(resolve, 100)); // it sleeps by then
      await bus.publish('a', 'now');
      const published = Date.now();
      const lines = await consumer.until(3 + round * 2);
      delays.push((lines[1 + round * 2] as BusLine).at - published);
    }
    await bus.close();
    expect(delays.sort((a, b) => a - b)[4]).toBeLessThan(100);
  });
});
