import { hostname } from 'node:os';
import * as z from 'zod';
import { taskId, taskName } from '../../contracts/task';
import { type WorkerMetadata, workerMetadata } from '../../contracts/worker-metadata';

/** Enough of a task to report about it. */
export interface Attempt {
  readonly project: string;
  readonly topic: string;
  readonly taskId: string;
  readonly task: string;
  readonly attempt: number;
  readonly image: string;
  readonly instance: string;
}

export type ReadTask =
  | { readonly attempt: Attempt; readonly metadata: WorkerMetadata }
  /** What is wrong, and whom to tell as far as that can be read. */
  | { readonly attempt: Attempt | undefined; readonly problems: string };

/** Validates a machine's metadata; says everything that is wrong with it at once. */
export function readTask(texts: unknown, instance: string): ReadTask {
  const parsed = workerMetadata.safeParse(texts);
  if (parsed.success) return { metadata: parsed.data, attempt: attemptOf(parsed.data, instance) };
  const found = readable.safeParse(texts);
  return { problems: problemsOf(parsed.error), attempt: found.success ? attemptOf(found.data, instance) : undefined };
}

/** The machine's name where there is no metadata server. */
export const localInstance = hostname;

type Readable = Pick<WorkerMetadata, 'project' | 'reporting_topic' | 'task_id' | 'task_name' | 'task_attempt' | 'task_image'>;

/** Without a project, a topic and a task id nobody would know what the report is about. */
const readable = z.object({
  project: z.string().min(1),
  reporting_topic: z.string().min(1),
  task_id: taskId,
  task_name: taskName.catch('unknown'),
  task_attempt: workerMetadata.shape.task_attempt.catch(1),
  task_image: z.string().catch(''),
});

function attemptOf(found: Readable, instance: string): Attempt {
  return {
    project: found.project,
    topic: found.reporting_topic,
    taskId: found.task_id,
    task: found.task_name,
    attempt: found.task_attempt,
    image: found.task_image,
    instance,
  };
}

function problemsOf(error: z.ZodError): string {
  const lines = error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'metadata'} ${message}`);
  return `the machine's metadata is not usable, ${lines.length} problem${lines.length === 1 ? '' : 's'}: ${lines.join('; ')}`;
}
