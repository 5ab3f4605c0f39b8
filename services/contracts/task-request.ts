import * as z from 'zod';
import { containerArgs, containerEnv, taskFields, taskId, taskName } from './task';

/** Asks create_worker for a run: the body of the web hook, and the messages of the request topic. */
export const taskRequest = z.strictObject({
  task: taskName,
  /** Two requests with one key are one task. @default the Pub/Sub message's id, or the header Idempotency-Key */
  idempotencyKey: taskId.optional(),
  /** Counts from 1; only delete_worker asks for more, when it retries. */
  attempt: z.int().min(1).max(6).default(1),
  // What the task's `mayOverride` names, for this run only.
  image: taskFields.image.optional(),
  args: containerArgs.optional(),
  env: containerEnv.optional(),
  sharedBucket: taskFields.sharedBucket,
  machineType: taskFields.machineType.optional(),
  zone: taskFields.zone.optional(),
  diskGb: taskFields.diskGb.optional(),
});
export type TaskRequest = z.output<typeof taskRequest>;

/** How a web hook without a Google identity is signed: hex HMAC-SHA256 over `<timestamp>.<body>`. */
export const SIGNATURE = {
  /** `sha256=<hex>` */
  signatureHeader: 'x-signature',
  /** Unix seconds, as signed. */
  timestampHeader: 'x-timestamp',
  /** Seconds that a timestamp may be away from now. */
  toleranceSeconds: 300,
} as const;

/** On messages of a schedule: two for one task in one minute are one run, because Cloud Scheduler may publish twice. */
export const SCHEDULED = { scheduled: 'true' } as const;

export const IDEMPOTENCY_HEADER = 'idempotency-key';
