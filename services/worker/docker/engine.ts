import { existsSync } from 'node:fs';
import { Agent } from 'node:http';
import type { Readable } from 'node:stream';
import Docker from 'dockerode';
import type { Clock } from '../../runtime/clock';
import { retrying } from '../../runtime/retry';
import { TaskFailure } from '../failure';
import { RESULT_LABEL } from './container-spec';
import { isUnavailable, startFailure, statusOf, unavailable } from './errors';
import { Presence } from './presence';

/** What the agent needs to know of a container. */
export interface ContainerState {
  readonly id: string;
  /** `created`: never started. `gone`: removed, or being removed. */
  readonly status: 'created' | 'running' | 'exited' | 'gone';
  readonly exitCode: number;
  readonly oomKilled: boolean;
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** That a container has ended. */
export interface Ended {
  /** False: the engine went away while it ran, and what it says of the container's end is its own doing. */
  readonly engineStayed: boolean;
}

/** By DOCKER_HOST. Each call has its own connection: one that is kept would still be answered by an engine that is going away. */
export function dockerEngine(): Docker {
  const docker = new Docker();
  const modem = docker.modem as { protocol?: string; agent?: Agent };
  if (modem.protocol === 'http') modem.agent = new Agent({ keepAlive: false });
  return docker;
}

/** No call but waiting takes longer on an engine that works: milliseconds. */
const CALL_LIMIT_MS = 60_000;

/** The Docker engine's containers, as far as one task needs them. */
export class Engine {
  /** Of the containers' processes, as they were seen last. */
  private readonly pids = new Map<string, number>();

  constructor(
    private readonly docker: Docker,
    private readonly clock: Clock,
    /** How long an engine that does not answer is tried again, milliseconds. */
    private readonly patience: number,
  ) {}

  /** Of an attempt that was begun before. */
  async find(resultId: string, signal?: AbortSignal): Promise<string | undefined> {
    const filters = JSON.stringify({ label: [`${RESULT_LABEL}=${resultId}`] });
    const found = await this.patiently(() => this.docker.listContainers({ all: true, filters, abortSignal: limited() }), signal);
    return found[0]?.Id;
  }

  async create(spec: Docker.ContainerCreateOptions): Promise<string> {
    try {
      return (await this.docker.createContainer({ ...spec, abortSignal: limited() })).id;
    } catch (error) {
      throw startFailure(error);
    }
  }

  async start(id: string): Promise<void> {
    try {
      await this.docker.getContainer(id).start({ abortSignal: limited() });
    } catch (error) {
      if (statusOf(error) === 304) return; // it was started by an agent that was killed then
      const { exitCode } = isUnavailable(error) ? {} : await this.inspect(id);
      throw startFailure(error, exitCode);
    }
  }

  async inspect(id: string, signal?: AbortSignal): Promise<ContainerState> {
    try {
      const { State } = await this.patiently(() => this.docker.getContainer(id).inspect({ abortSignal: limited() }), signal);
      if (State.Pid > 0) this.pids.set(id, State.Pid);
      return {
        id,
        status: statusFrom(State),
        exitCode: State.ExitCode,
        oomKilled: State.OOMKilled,
        startedAt: State.StartedAt,
        finishedAt: State.FinishedAt,
      };
    } catch (error) {
      if (statusOf(error) === 404) return { id, status: 'gone', exitCode: 0, oomKilled: false, startedAt: '', finishedAt: '' };
      throw error;
    }
  }

  /**
   * Begins to wait for the next end of a container that is not started yet: when this resolves the engine has noted it, and
   * not even a container that ends at once is missed. (Waiting without `next-exit` returns 0 at once: it does not run, does it.)
   */
  async nextExit(id: string): Promise<{ readonly ended: Promise<Ended> }> {
    const presence = await this.presence(id);
    const answer = await this.wait(id, 'next-exit');
    return { ended: Promise.race([drained(answer), presence.left]).then(() => this.exit(id, presence)) };
  }

  /** Resolves when a started container has ended or is gone, also across a restart of the engine. */
  async exit(id: string, since?: Presence): Promise<Ended> {
    let presence = since ?? (await this.presence(id));
    try {
      for (;;) {
        const { status } = await this.inspect(id);
        if (status === 'exited' || status === 'gone') return { engineStayed: !presence.isBroken };
        if (status === 'created') {
          await this.clock.sleep(500); // is being started; or could not be, and will be removed
          continue;
        }
        // It has outlived an engine, as `live-restore` has it: its end is still to come.
        if (presence.isBroken) presence = await this.presence(id);
        await Promise.race([this.wait(id, 'not-running').then(drained, () => this.clock.sleep(500)), presence.left]);
      }
    } finally {
      presence.release();
    }
  }

  /** Nothing when it does not run any more. */
  async kill(id: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    try {
      await this.docker.getContainer(id).kill({ signal, abortSignal: limited() });
    } catch (error) {
      if (statusOf(error) !== 404 && statusOf(error) !== 409) throw isUnavailable(error) ? unavailable(error) : error;
    }
  }

  /** With its volumes, running or not. */
  async remove(id: string, signal?: AbortSignal): Promise<void> {
    await this.patiently(async () => {
      try {
        await this.docker.getContainer(id).remove({ force: true, v: true, abortSignal: limited() });
      } catch (error) {
        if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error; // 409: somebody else removes it
      }
    }, signal);
  }

  /** Output with times, from `since` on (seconds since 1970), to the end. */
  async logs(id: string, since: string, signal: AbortSignal): Promise<Readable> {
    const options = { follow: true, stdout: true, stderr: true, timestamps: true, since, abortSignal: signal } as const;
    return (await this.docker.getContainer(id).logs(options)) as Readable;
  }

  /** Output as it comes. A container whose output is not taken from here waits when it writes. */
  async attach(id: string, signal: AbortSignal): Promise<Readable> {
    return (await this.docker.getContainer(id).attach({ stream: true, stdout: true, stderr: true, abortSignal: signal })) as unknown as Readable;
  }

  /** Whether the container's process is there; false also for an engine on another machine. */
  isAlive(id: string): boolean {
    const pid = this.pids.get(id);
    return pid !== undefined && existsSync(`/proc/${pid}`);
  }

  private presence(id: string): Promise<Presence> {
    return this.patiently(() => Presence.of(this.docker, id));
  }

  private wait(id: string, condition: 'next-exit' | 'not-running'): Promise<Readable> {
    // dockerode's own returns only when the container ended; the answer's head says that the engine waits.
    const request = {
      path: `/containers/${id}/wait?`,
      method: 'POST',
      isStream: true,
      options: { condition },
      statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
    };
    return new Promise((resolve, reject) => {
      this.docker.modem.dial(request, (error, answer) => (error ? reject(error) : resolve(answer as Readable)));
    });
  }

  private async patiently<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await retrying(work, { clock: this.clock, signal, patience: this.patience, longest: 5000, worthIt: isUnavailable });
    } catch (error) {
      throw !(error instanceof TaskFailure) && isUnavailable(error) ? unavailable(error) : error;
    }
  }
}

const limited = () => AbortSignal.timeout(CALL_LIMIT_MS);

function statusFrom(state: Docker.ContainerInspectInfo['State']): ContainerState['status'] {
  if (state.Running || state.Paused || state.Restarting) return 'running';
  const status: string = state.Status;
  return status === 'created' ? 'created' : status === 'exited' ? 'exited' : 'gone';
}

/** The end of an answer; a connection that breaks is an end, too: who asks looks what became of the container. */
function drained(answer: Readable): Promise<void> {
  return new Promise((resolve) => {
    answer.on('close', resolve).on('error', () => resolve());
    answer.resume();
  });
}
