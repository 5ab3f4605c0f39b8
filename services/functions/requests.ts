import { EVENTS } from '../contracts/functions';
import { taskId } from '../contracts/task';
import type { TaskRecord } from '../contracts/task-record';
import { IDEMPOTENCY_HEADER, SCHEDULED, taskRequest } from '../contracts/task-request';
import { taskResult } from '../contracts/task-result';
import type { Clock } from '../runtime/clock';
import { type CreateWorkerParts, createWorker } from './create-worker';
import { type DeleteWorkerParts, deleteWorker } from './delete-worker';
import { type Call, type Handler, parseJson, parsePush, problems, Refused } from './handler';
import { type ReapWorkersParts, reapWorkers } from './reap-workers';
import { checkSignature, type SignatureOptions } from './signature';

/** The functions as HTTP handlers: what a request must be, and what is answered. */

/** Bytes of a web hook's body. */
export const LONGEST_BODY = 65_536;

const answerOf = ({ taskId, task, attempt, instance, state, error }: TaskRecord) => ({ taskId, task, attempt, instance, state, ...(error ? { error } : {}) });

/** Push requests of the topic that asks for runs. */
export const requestPush =
  (parts: CreateWorkerParts): Handler =>
  async (call) => {
    const { id, publishedAt, attributes, data } = parsePush(taskRequest, call);
    if (data.attempt > 1 && data.idempotencyKey === undefined) throw new Refused(400, `attempt ${data.attempt} of which task? idempotencyKey is missing`);
    const record = await createWorker(parts, {
      request: data,
      taskId: data.idempotencyKey ?? (attributes.scheduled === SCHEDULED.scheduled ? minuteOf(data.task, publishedAt) : id),
      requestedAt: publishedAt,
    });
    return { status: 200, body: answerOf(record) };
  };

/** One run a minute, however often the schedule publishes it. */
const minuteOf = (task: string, at: Date): string => `${task}-${at.toISOString().slice(0, 16)}`;

/** A run asked for over HTTP: by a Google identity, which the platform has checked, or with a signature, which is checked here. */
export const webhook =
  (parts: CreateWorkerParts, signed: Omit<SignatureOptions, 'clock'> | undefined): Handler =>
  async (call) => {
    if (call.rawBody.length > LONGEST_BODY) throw new Refused(413, `the body is longer than ${LONGEST_BODY} bytes`);
    if (signed) await checkSignature(call, { ...signed, clock: parts.clock });
    const request = parseJson(taskRequest, call.rawBody.toString(), 'body');
    if (request.attempt > 1) throw new Refused(400, 'attempt: only delete_worker asks for further attempts');
    const record = await createWorker(parts, { request, taskId: request.idempotencyKey ?? keyFromHeader(call), requestedAt: new Date(parts.clock.now()) });
    // The caller learns at once of a machine that Google would not give.
    return { status: record.error?.code === 'not-started' ? 502 : 200, body: answerOf(record) };
  };

function keyFromHeader({ headers }: Call): string {
  const header = headers[IDEMPOTENCY_HEADER];
  if (header === undefined)
    throw new Refused(400, `idempotencyKey, or the header ${IDEMPOTENCY_HEADER}, is missing: a request that is repeated must not start a second machine`);
  const parsed = taskId.safeParse(header);
  if (!parsed.success) throw new Refused(400, `header ${IDEMPOTENCY_HEADER}: ${problems(parsed.error)}`);
  return parsed.data;
}

/** Push requests of the topic that agents report on. */
export const resultPush =
  (parts: DeleteWorkerParts): Handler =>
  async (call) => {
    await deleteWorker(parts, parsePush(taskResult, call).data);
    return { status: 200, body: {} };
  };

/** Called by the schedule. 500 when something was left undone: the schedule's own record shows it. */
export const reaping =
  (parts: ReapWorkersParts & { readonly clock: Clock }): Handler =>
  async () => {
    const summary = await reapWorkers(parts).catch((error: Error) => {
      parts.log.error({ event: EVENTS.reapFailed, err: error }, `the reaper failed: ${error.message}`);
      throw error;
    });
    return { status: summary.problems.length > 0 ? 500 : 200, body: summary };
  };
