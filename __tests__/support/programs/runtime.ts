import { setTimeout as sleep } from 'node:timers/promises';
import { openBus } from '../../../services/runtime/bus/open';
import { createLogger } from '../../../services/runtime/logging';
import { HealthServer } from '../../../services/runtime/server';
import { Shutdown } from '../../../services/runtime/shutdown';
import { openStores } from '../../../services/runtime/stores/open';

/** A runtime that does nothing but run, and end. */
export interface RuntimeTask {
  /** Milliseconds that each closer takes; -1: for ever; `fails`. In the order of their registration. */
  readonly closers?: Readonly<Record<string, number | 'fails'>>;
  /** Milliseconds. */
  readonly limit?: number;
  readonly fate?: 'throws' | 'rejects' | 'ends' | 'ends with 3';
  /** Serve health, and open bus and stores in this file. */
  readonly file?: string;
}

async function main({ closers = {}, limit, fate, file }: RuntimeTask): Promise<void> {
  const log = createLogger({ service: 'runtime' });
  const shutdown = new Shutdown({ log, ...(limit && { limit }) });
  for (const [name, takes] of Object.entries(closers)) {
    shutdown.register(name, async () => {
      if (takes === 'fails') throw new Error(`${name} is broken`);
      if (takes < 0) await new Promise(() => setInterval(() => {}, 1000));
      else await sleep(takes);
      log.info(`closed ${name}`);
    });
  }
  if (file) {
    const health = await HealthServer.start({ log, port: 0, host: '127.0.0.1', ending: shutdown.signal });
    shutdown.register('health', () => health.close());
    const bus = await openBus({ kind: 'embedded', file });
    shutdown.register('bus', () => bus.close());
    const stores = await openStores({ kind: 'embedded', file }, ['taskLedger', 'seenRequests']);
    shutdown.register('stores', () => stores.close());
    await bus.provision([{ topic: 'a', subscription: 'a' }]);
    let got = 0;
    bus.subscribe('a', () => void got++);
    for (let count = 0; count < 20; count++) await bus.publish('a', 'x');
    await sleep(1500); // idle
    const loaded = Object.keys(require.cache).filter((path) => /google|grpc|protobuf/.test(path.split('node_modules').slice(1).join('')));
    const { user, system } = process.cpuUsage();
    await sleep(1000);
    const { user: userThen, system: systemThen } = process.cpuUsage();
    log.info({ rss: process.memoryUsage().rss, loaded, got, busy: (userThen + systemThen - user - system) / 1e6 }, 'idle');
  }
  setInterval(() => {}, 1000);
  log.info('ready');
  if (fate === 'throws') setTimeout(() => JSON.parse('{'), 1);
  if (fate === 'rejects') void Promise.reject(new Error('nobody cares'));
  if (fate === 'ends') shutdown.end();
  if (fate === 'ends with 3') shutdown.end(3);
}

void main(JSON.parse(process.argv[2] as string));
