import { createHash } from 'node:crypto';
import type { ContainerCreateOptions } from 'dockerode';
import { resultIdOf } from '../../contracts/task-result';
import type { WorkerMetadata } from '../../contracts/worker-metadata';

/** Where a container finds the shared bucket's content. */
export const SHARED_IN_CONTAINER = '/tmp/worker';

/** Containers of one attempt are found by it: the value is the result id. */
export const RESULT_LABEL = 'worker.result-id';

/** The engine's own copy of the output, from which an agent that was restarted goes on. It must not fill the disk. */
export const LOG_FILE = { megabytes: 50, files: 3 } as const;

export interface ContainerOptions {
  /** Folder of this machine that the container sees, read-only. */
  readonly shared: string;
  /** Bytes. @default as much as the machine has */
  readonly memory?: number;
}

export function containerSpec(task: WorkerMetadata, { shared, memory }: ContainerOptions): ContainerCreateOptions {
  const resultId = resultIdOf({ taskId: task.task_id, attempt: task.task_attempt });
  return {
    name: containerName(resultId),
    Image: task.task_image,
    Env: Object.entries(task.task_env).map(([name, value]) => `${name}=${value}`),
    ...(task.task_args.length > 0 && { Cmd: task.task_args }),
    Labels: { [RESULT_LABEL]: resultId, 'worker.task': task.task_name, 'worker.attempt': String(task.task_attempt) },
    HostConfig: {
      Mounts: [{ Type: 'bind', Source: shared, Target: SHARED_IN_CONTAINER, ReadOnly: true }],
      SecurityOpt: ['no-new-privileges'],
      LogConfig: { Type: 'json-file', Config: { 'max-size': `${LOG_FILE.megabytes}m`, 'max-file': String(LOG_FILE.files) } },
      ...(memory && { Memory: memory, MemorySwap: memory }),
    },
  };
}

/** A task id may hold what a container's name may not; then a few digits keep two ids apart. */
export function containerName(resultId: string): string {
  const plain = resultId.replace(/[^a-zA-Z0-9_.-]/g, '-');
  return plain === resultId ? `worker-${plain}` : `worker-${plain}-${createHash('sha256').update(resultId).digest('hex').slice(0, 8)}`;
}
