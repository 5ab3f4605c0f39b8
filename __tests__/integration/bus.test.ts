import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBus } from '../../services/runtime/bus/open';
import { Emulator } from '../../services/testbench/google/emulators';
import { busConformance } from '../services/conformance/bus';
import type { BusLine, BusTask } from '../support/programs/bus';
import { describeReal } from '../support/real';
import { endProcesses, eventually, ServiceProcess } from '../support/service-process';

const PUBSUB = { kind: 'pubsub', project: 'test-project' } as const;
const file = join(mkdtempSync(join(tmpdir(), 'bus-')), 'bus.db');

// with the terms that both understand
busConformance('in a file', { settings: { kind: 'embedded', file }, ackDeadlineSeconds: 10, maxDeliveryAttempts: 5 });

describeReal(['gcloud', 'java'], 'the bus on Pub/Sub', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await Emulator.start('pubsub');
  });
  afterAll(() => emulator?.stop());

  busConformance("on Pub/Sub's emulator", { settings: PUBSUB, ackDeadlineSeconds: 10, maxDeliveryAttempts: 5 });

  test('after a restart that forgets topics and subscriptions, publishers and subscribers go on by themselves', async () => {
    const bus = await openBus(PUBSUB);
    const specs = [{ topic: 'restart', subscription: 'restart', ackDeadlineSeconds: 10 }];
    await bus.provision(specs);
    const consumer = new ServiceProcess<BusLine>('bus.ts', { bus: PUBSUB, consume: 'restart', concurrency: 10, handling: 0 } satisfies BusTask);
    await consumer.until(1);
    const problems: string[] = [];
    const here: string[] = [];
    bus.subscribe('restart', ({ data }) => void here.push(data), { onError: ({ message }) => problems.push(message) });
    await bus.publish('restart', 'before');
    const got = () => [...here, ...consumer.lines.map(({ data }) => data)];
    await eventually(() => got().includes('before'));

    await emulator.stop();
    // several, whose pauses of two seconds end at different moments: one that comes between the topic and its subscription is nobody's
    const during: Promise<string>[] = [];
    for (let index = 0; index < 15; index += 1) {
      during.push(bus.publish('restart', `during ${index}`));
      await sleep(200);
    }
    await emulator.restart();
    await eventually(() => problems.some((problem) => problem.includes('does not exist')), 60);
    await openBus(PUBSUB).then(async (other) => {
      await other.provision(specs);
      await other.close();
    });
    await Promise.all(during);
    await eventually(() => got().some((data) => data?.startsWith('during')), 60);
    // both consumers are back: enough messages reach each
    let sent = 0;
    await eventually(async () => {
      await bus.publish('restart', `after ${sent++}`);
      return here.some((data) => data.startsWith('after')) && consumer.lines.some(({ data }) => data?.startsWith('after'));
    }, 60);
    await bus.close();
    await endProcesses();
  });
});
