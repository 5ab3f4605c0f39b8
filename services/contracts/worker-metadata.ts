import * as z from 'zod';
import { containerArgs, containerEnv, imageReference, type ResolvedTask, taskId, taskName, taskSeconds } from './task';

/** Text that holds JSON: metadata values and environment variables are text. */
export function json<S extends z.ZodType>(schema: S) {
  return z
    .string('is missing')
    .transform((value, context) => {
      try {
        return JSON.parse(value) as unknown;
      } catch (error) {
        context.addIssue({ code: 'custom', message: `not JSON: ${(error as Error).message}` });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

const wholeNumber = z
  .string('is missing')
  .regex(/^[1-9][0-9]*$/, 'must be a whole number')
  .transform(Number);

/** The worker machine's custom metadata, which create_worker writes and the agent reads. Metadata that is not ours may stand beside it. */
export const workerMetadata = z.object({
  project: z.string('is missing').min(1, 'is empty'),
  /** Topic of the project, its short name. */
  reporting_topic: z.string('is missing').min(1, 'is empty'),
  shared_bucket: z.string().min(1, 'is empty').optional(),
  task_id: taskId,
  task_name: taskName,
  task_attempt: wholeNumber,
  task_image: imageReference,
  task_args: json(containerArgs),
  task_env: json(containerEnv),
  /** The agent stops the container after so many seconds. */
  task_max_seconds: wholeNumber,
});
/** As the agent works with it. */
export type WorkerMetadata = z.output<typeof workerMetadata>;
/** As it stands at the machine: texts. */
export type WorkerMetadataText = z.input<typeof workerMetadata>;

/** What {@link workerMetadataText} is made of. */
export interface TaskAttempt {
  readonly taskId: string;
  readonly task: string;
  readonly attempt: number;
  readonly run: ResolvedTask;
}

/** An attempt as it stands at its machine. */
export function workerMetadataText(
  { taskId, task, attempt, run }: TaskAttempt,
  of: { readonly project: string; readonly reportingTopic: string },
): WorkerMetadataText {
  return {
    project: of.project,
    reporting_topic: of.reportingTopic,
    ...(run.sharedBucket === undefined ? {} : { shared_bucket: run.sharedBucket }),
    task_id: taskId,
    task_name: task,
    task_attempt: String(attempt),
    task_image: run.image,
    task_args: JSON.stringify(run.args),
    task_env: JSON.stringify(run.env),
    task_max_seconds: String(taskSeconds(run)),
  };
}

/** On every worker machine, with the task's name as its value. The functions touch no machine without it. */
export const WORKER_LABEL = 'worker-task';
