import { setTimeout as sleep } from 'node:timers/promises';
import { type BusSettings, openBus } from '../../../services/runtime/bus/open';

/** What one process does on a bus. */
export type BusTask = { readonly bus: BusSettings } & (
  | { readonly consume: string; readonly concurrency: number /** Milliseconds; -1: for ever. */; readonly handling: number }
  | { readonly publish: string; readonly messages: readonly string[] /** Dies by SIGKILL the moment the last one is published. */; readonly die: boolean }
);

/** `got` when a message comes, `done` when it was handled, `published` with its id, `ready` when it has subscribed. */
export interface BusLine {
  readonly event: 'ready' | 'got' | 'done' | 'published';
  readonly data?: string;
  readonly id?: string;
  readonly attempt?: number;
  readonly at: number;
}

const say = (event: BusLine['event'], more: Partial<BusLine> = {}) => process.stdout.write(`${JSON.stringify({ event, at: Date.now(), ...more })}\n`);

async function main(task: BusTask): Promise<void> {
  const bus = await openBus(task.bus);
  if ('publish' in task) {
    for (const message of task.messages) {
      const id = await bus.publish(task.publish, message);
      say('published', { id, data: message });
    }
    if (task.die) process.kill(process.pid, 'SIGKILL');
    await bus.close();
    return;
  }
  const handle = async ({ data, id, deliveryAttempt }: { data: string; id: string; deliveryAttempt: number }) => {
    say('got', { data, id, attempt: deliveryAttempt });
    if (task.handling < 0) await new Promise(() => {});
    await sleep(task.handling);
    say('done', { data, id });
  };
  bus.subscribe(task.consume, handle, { concurrency: task.concurrency });
  say('ready');
  process.on('SIGTERM', () => bus.close().then(() => process.exit(0)));
}

void main(JSON.parse(process.argv[2] as string));
