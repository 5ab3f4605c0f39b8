import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { resultIdOf, succeeded } from '../../services/contracts/task-result';
import { NodeProcess } from '../../services/testbench/node-process';
import { RESULT_LABEL } from '../../services/worker/docker/container-spec';
import { dockerEngine } from '../../services/worker/docker/engine';
import { localAgent, outcome, reported } from '../support/worker-agent';
import { localImage } from './local-image';
import type { Teller } from './teller';

const WHO = 'worker';
/** Milliseconds for an engine's first answer. */
const PATIENCE = 5000;
const ATTEMPT = { taskId: `demo-${randomUUID()}`, attempt: 1 } as const;
const SCRIPT = 'for part in 1 2 3; do echo "part $part of 3"; sleep 1; done';

/** One task of docker-worker on this machine's Docker engine, by the agent that the machines have. */
export class WorkerTask {
  run = 0;
  succeeded = 0;
  private playing = Promise.resolve();
  private agent: NodeProcess<{ readonly message: string }> | undefined;

  constructor(
    private readonly folder: string,
    private readonly teller: Teller,
  ) {}

  begin(): void {
    this.playing = this.play();
  }

  /** Resolves when it is over, and nothing is left of it. */
  end(): Promise<void> {
    return this.playing;
  }

  /** Ends it at once, if it is not over. */
  async stop(): Promise<void> {
    this.agent?.kill('SIGKILL');
    await this.playing;
  }

  /** Never rejects. */
  private async play(): Promise<void> {
    try {
      const docker = dockerEngine();
      const images = await docker.listImages({ abortSignal: AbortSignal.timeout(PATIENCE) }).catch((error) => refusal(error));
      if (typeof images === 'string') return this.leaveOut(`no Docker engine answers (${images})`);
      const image = await localImage(docker, images, this.folder);
      if (!image) return this.leaveOut('the Docker engine has no image with a shell, and this machine no static busybox: docker pull busybox');
      await this.perform(image.name).finally(() => withoutContainers(docker).then(image.remove));
    } catch (error) {
      this.teller.tell(WHO, `warns: docker-worker's task failed: ${(error as Error).message}`);
    }
  }

  private leaveOut(why: string): void {
    this.teller.tell(WHO, `left out, docker-worker's task: ${why}`);
  }

  private async perform(image: string): Promise<void> {
    this.run += 1;
    this.teller.tell(WHO, `task demo is run by docker-worker's agent, image ${image}`);
    const local = localAgent(
      join(this.folder, 'worker'),
      {
        project: 'local',
        reporting_topic: 'local',
        task_id: ATTEMPT.taskId,
        task_name: 'demo',
        task_attempt: String(ATTEMPT.attempt),
        task_image: image,
        task_args: JSON.stringify(['sh', '-c', SCRIPT]),
        task_env: '{}',
        task_max_seconds: '60',
      },
      { isLocal: true },
    );
    this.agent = new NodeProcess(local.args, process.env);
    this.agent.onLine = ({ message }) => this.teller.tell(WHO, `task demo says: ${message}`);
    const { code, signal } = await this.agent.ended;
    if (code !== 0) throw new Error(`the agent ended with ${signal ?? code}: ${this.agent.complaints.trim().split('\n').at(-1)}`);
    const result = reported(local);
    if (succeeded(result)) this.succeeded += 1;
    this.teller.tell(WHO, `task demo is reported: ${outcome(result)}`);
  }
}

/** The agent removes its container, unless it was killed. */
async function withoutContainers(docker: Docker): Promise<void> {
  const left = await docker.listContainers({ all: true, filters: { label: [`${RESULT_LABEL}=${resultIdOf(ATTEMPT)}`] } });
  await Promise.all(left.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
}

/** Why the engine cannot be used. */
const refusal = (error: NodeJS.ErrnoException): string => error.message || String(error.code);
