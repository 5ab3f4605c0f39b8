import type { TaskResult } from '../../contracts/task-result';
import type { Clock } from '../../runtime/clock';
import { retrying } from '../../runtime/retry';
import { textOf } from '../failure';
import type { Log } from '../log';
import type { Publisher } from './publisher';

export interface ReportContext {
  readonly topic: string;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly log: Log;
}

/** Publishes the result, however long that takes: nobody else knows it. */
export async function report(result: TaskResult, { topic, publisher, clock, log }: ReportContext): Promise<void> {
  const { resultId } = result;
  const id = await retrying(() => publisher.publish(topic, JSON.stringify(result), { resultId }), {
    clock,
    onFailure: (error, wait) => log.error({ resultId, topic, wait, error: textOf(error) }, 'The result is not published, trying again'),
  });
  log.info({ message_id: id, topic, result }, 'The result is published');
}
