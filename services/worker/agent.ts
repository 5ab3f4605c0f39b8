import { resultIdOf, type TaskError, type TaskResult } from '../contracts/task-result';
import type { WorkerMetadata } from '../contracts/worker-metadata';
import type { Clock } from '../runtime/clock';
import { type ContainerOptions, containerSpec } from './docker/container-spec';
import type { ContainerState, Ended, Engine } from './docker/engine';
import { TaskFailure, taskErrorOf, textOf } from './failure';
import type { Journal } from './journal';
import type { Log } from './log';
import { PositionFile } from './logs/position-file';
import { Shipper } from './logs/shipper';
import type { LogSink } from './logs/sink';
import type { Attempt } from './metadata/task';
import { resultOf } from './result';
import type { Stop } from './stop';

/** What the agent works with; each is made once, in main.ts. */
export interface AgentContext {
  readonly engine: Engine;
  readonly sink: LogSink;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly stop: Stop;
  readonly stateFolder: string;
  readonly container: ContainerOptions;
  /** Fills the shared folder; nothing when the task has no bucket. */
  readonly prepareShared: () => Promise<void>;
  /** Makes the image present; returns its digest. */
  readonly pull: () => Promise<string | null>;
}

/** From SIGTERM to SIGKILL, milliseconds. */
const GRACE_MS = 10_000;
/** For output that is not shipped yet when the container has ended. Google gives a preempted machine 30 seconds in all. */
const DRAIN_MS = { usual: 60_000, preempted: 2000 };
/** For removing the container: longer when there are large volumes. */
const REMOVE_MS: Partial<Record<TaskError['code'], number>> = { preempted: 4000, stopped: 4000, 'docker-unavailable': 1000 };
const REMOVE_USUALLY_MS = 60_000;

/** Runs one attempt of one task; also goes on with one that another agent, killed meanwhile, had begun. */
export class Agent {
  constructor(
    private readonly attempt: Attempt,
    private readonly task: WorkerMetadata,
    private readonly context: AgentContext,
  ) {}

  /** Ends with the result, never with an error. No container is left. */
  async run(): Promise<TaskResult> {
    const { journal, log } = this.context;
    let result = journal.entry.result;
    if (!result) {
      try {
        result = await this.execute();
      } catch (error) {
        const reported = taskErrorOf(error);
        log.error({ ...reported, ...(reported.code === 'agent-error' && { stack: (error as Error).stack }) }, 'The task failed');
        result = this.result({ error: reported });
      }
      journal.record({ phase: 'ended', result });
    }
    await this.removeContainer(result);
    return result;
  }

  private async execute(): Promise<TaskResult> {
    const { engine, journal, clock, stop, log } = this.context;
    const { stopping, acceptedAt } = journal.entry;
    if (stopping) stop.request(new TaskFailure(stopping.code, stopping.message));
    stop.limit(clock, acceptedAt, this.task.task_max_seconds);

    const id = await engine.find(this.resultId, this.begun ? undefined : stop.signal);
    const status = id && (await engine.inspect(id)).status;
    if (id && status !== 'created') {
      log.info({ container: id, status }, 'Going on with the container that an agent before this one started');
      const shipper = this.shipper(id);
      await shipper.begin();
      shipper.ship();
      return this.watch(id, shipper, engine.exit(id));
    }
    if (!id && this.begun) throw containerLost();
    return this.start(id);
  }

  private async start(existing: string | undefined): Promise<TaskResult> {
    const { engine, journal, stop, log, container } = this.context;
    await this.context.prepareShared();
    let id = existing;
    if (!id) {
      const imageDigest = await this.context.pull();
      stop.signal.throwIfAborted();
      journal.record({ phase: 'creating', imageDigest });
      id = await engine.create(containerSpec(this.task, container));
    }
    stop.signal.throwIfAborted();
    journal.record({ phase: 'starting', containerId: id });
    const { ended } = await engine.nextExit(id);
    ended.catch(() => {}); // a container that does not start is not waited for
    const shipper = this.shipper(id);
    await shipper.begin();
    try {
      await engine.start(id);
    } catch (error) {
      shipper.abandon();
      throw error;
    }
    journal.record({ phase: 'running' });
    log.info({ container: id, image: this.task.task_image }, 'The container runs');
    shipper.ship();
    await engine.inspect(id).catch(() => {}); // learns its process
    return this.watch(id, shipper, ended);
  }

  /** From a container that was started to the result. */
  private async watch(id: string, shipper: Shipper, ended: Promise<Ended>): Promise<TaskResult> {
    const { engine, journal, stop, log } = this.context;
    try {
      await Promise.race([ended, aborted(stop.signal)]);
      if (stop.reason) await this.stopContainer(id, ended, stop.reason);
      const container = await engine.inspect(id);
      const shipped = await shipper.finish(DRAIN_MS.usual, { signal: stop.signal, limit: DRAIN_MS.preempted });
      const lost = shipped.dropped > 0 || shipped.rotated > 0 || shipped.uncounted;
      if (lost) log.error({ ...shipped }, 'Some of the container’s output is lost');
      else log.info({ ...shipped }, 'The container’s output is shipped');
      if (container.status !== 'exited') throw containerLost();
      const { stopping } = journal.entry;
      if (!stopping && !(await ended).engineStayed) throw engineLeft();
      return this.result({ error: stopping ?? null, container });
    } finally {
      shipper.abandon();
    }
  }

  private async stopContainer(id: string, ended: Promise<Ended>, reason: TaskFailure): Promise<void> {
    const { engine, journal, clock, log } = this.context;
    if ((await engine.inspect(id)).status !== 'running') return; // it ended by itself just before
    // An agent that is killed now must not make the next one believe that this is the container's own end.
    journal.record({ stopping: reason.toJSON() });
    log.warn({ container: id, ...reason.toJSON() }, 'Stopping the container');
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await engine.kill(id, signal);
      if (await Promise.race([ended.then(() => true), clock.sleep(GRACE_MS).then(() => false)])) return;
    }
    throw new TaskFailure(reason.code, `${reason.message}; the container did not end when it was killed`);
  }

  /** Whatever there is of this attempt: also what the journal does not know. */
  private async removeContainer({ error }: TaskResult): Promise<void> {
    const { engine, journal, log } = this.context;
    const limit = AbortSignal.timeout((error && REMOVE_MS[error.code]) ?? REMOVE_USUALLY_MS);
    try {
      const found = await engine.find(this.resultId, limit);
      for (const id of new Set([found, journal.entry.containerId])) if (id) await engine.remove(id, limit);
    } catch (failure) {
      log.error({ error: textOf(failure) }, 'The container is not removed: it goes with the machine');
    }
  }

  private result(ending: { readonly error: TaskError | null; readonly container?: ContainerState }): TaskResult {
    const { journal, clock } = this.context;
    return resultOf(this.attempt, { ...ending, imageDigest: journal.entry.imageDigest, now: clock.now() });
  }

  private shipper(id: string): Shipper {
    return new Shipper(id, { ...this.context, position: new PositionFile(this.context.stateFolder, this.resultId) });
  }

  private get resultId(): string {
    return resultIdOf(this.attempt);
  }

  /** There is a container then, or somebody took it away: it must not run twice. */
  private get begun(): boolean {
    return this.context.journal.reached('starting');
  }
}

function containerLost(): TaskFailure {
  return new TaskFailure('container-lost', 'the container was removed while it ran: its exit code is not known');
}

function engineLeft(): TaskFailure {
  return new TaskFailure('container-lost', 'the Docker engine went away while the container ran and took it along: its exit code says nothing');
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
