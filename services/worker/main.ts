import { readFileSync } from 'node:fs';
import { resultIdOf, type TaskResult } from '../contracts/task-result';
import type { WorkerMetadata } from '../contracts/worker-metadata';
import { systemClock as clock } from '../runtime/clock';
import { Agent } from './agent';
import { storageFrom } from './bucket/storage';
import { prepareShared } from './bucket/sync';
import { fileKeyring, googleKeyring } from './docker/credentials';
import { dockerEngine, Engine } from './docker/engine';
import { pullImage } from './docker/pull';
import { TaskFailure, textOf } from './failure';
import { Journal } from './journal';
import { jsonLog } from './log';
import { CloudSink } from './logs/cloud-sink';
import type { LogSink } from './logs/sink';
import { StdoutSink } from './logs/stdout-sink';
import { MetadataServer } from './metadata/server';
import { type Attempt, localInstance, type ReadTask, readTask } from './metadata/task';
import { HELP, type Options, parseOptions, UsageError } from './options';
import { FilePublisher, pubsubFrom } from './report/publisher';
import { report } from './report/report';
import { resultOf } from './result';
import { Stop } from './stop';

const log = jsonLog((line) => process.stderr.write(line));
const stop = new Stop();

async function main(options: Options): Promise<number> {
  const server = new MetadataServer(clock, process.env.GCE_METADATA_HOST ?? 'metadata.google.internal', Math.min(options.patience, 60_000));
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, async () => stop.request(await told(name, options.metadata ? undefined : server)));
  const token = () => server.accessToken();
  const read = await readFrom(options, server);
  const { attempt } = read;
  if (!attempt) {
    log.error({ problems: 'problems' in read && read.problems }, 'There is no task to run, and nobody to report that to');
    return 1;
  }

  const resultId = resultIdOf(attempt);
  const journal = new Journal(options.state, resultId, clock.now(), log);
  if (journal.reached('published')) {
    log.info({ resultId }, 'This attempt ran and was reported before: nothing to do');
    return 0;
  }
  const result = 'metadata' in read ? await run(read.metadata, attempt, { options, journal, token }) : badMetadata(attempt, read.problems, journal);
  const publisher = options.report === 'pubsub' ? pubsubFrom(process.env, attempt.project, token) : new FilePublisher(options.report);
  await report(result, { topic: attempt.topic, publisher, clock, log });
  journal.record({ phase: 'published' });
  return 0;
}

/** Every end of a machine looks like this; only what Google does for its own reasons is worth another attempt. */
async function told(name: string, server: MetadataServer | undefined): Promise<TaskFailure> {
  const isPreempted = await server?.preempted().catch((error) => {
    log.warn({ error: textOf(error) }, 'The metadata server does not say whether the machine is preempted');
    return false;
  });
  const what = `the agent was told to stop (${name})`;
  return isPreempted
    ? new TaskFailure('preempted', `${what}: Google takes the machine back`)
    : new TaskFailure('stopped', `${what}, and not for a preemption: somebody stopped it, or deletes the machine or shuts it down`);
}

/** What this machine is to do, from wherever that is written. */
async function readFrom({ metadata: file }: Options, server: MetadataServer): Promise<ReadTask> {
  try {
    if (file) return readTask(JSON.parse(readFileSync(file, 'utf8')), localInstance());
    return readTask(await server.attributes(stop.signal), await server.instance(stop.signal));
  } catch (error) {
    return { attempt: undefined, problems: `${file ?? 'the metadata server'} cannot be read: ${textOf(error)}` };
  }
}

function badMetadata(attempt: Attempt, problems: string, journal: Journal): TaskResult {
  log.error({ problems }, 'The metadata is not usable');
  const error = new TaskFailure('bad-metadata', problems).toJSON();
  const result = journal.entry.result ?? resultOf(attempt, { error, imageDigest: null, now: clock.now() });
  journal.record({ phase: 'ended', result });
  return result;
}

interface Means {
  readonly options: Options;
  readonly journal: Journal;
  readonly token: () => Promise<string>;
}

function run(task: WorkerMetadata, attempt: Attempt, { options, journal, token }: Means): Promise<TaskResult> {
  const { signal } = stop;
  const { patience, shared } = options;
  const docker = dockerEngine();
  const google = googleKeyring(token);
  const agent = new Agent(attempt, task, {
    engine: new Engine(docker, clock, patience),
    sink: sinkFor(attempt, options, token),
    journal,
    clock,
    log,
    stop,
    stateFolder: options.state,
    container: { shared, memory: options.memory },
    prepareShared: () => prepareShared(storageFrom(process.env, token), task.shared_bucket, shared, { clock, signal, patience, log }),
    pull: () => {
      const keyring = options.registryAuth ? fileKeyring(options.registryAuth, google) : google;
      return pullImage(docker, task.task_image, { clock, log, signal, patience, keyring, when: options.pull });
    },
  });
  return agent.run();
}

function sinkFor(attempt: Attempt, { logs }: Options, token: () => Promise<string>): LogSink {
  if (logs === 'stdout') return new StdoutSink(attempt, process.stdout);
  const emulator = process.env.LOGGING_EMULATOR_HOST;
  const endpoint = emulator ? `http://${emulator}` : 'https://logging.googleapis.com';
  return new CloudSink({
    project: attempt.project,
    source: attempt,
    instance: attempt.instance,
    endpoint,
    accessToken: emulator ? undefined : token,
    clock,
    log,
  });
}

process.stderr.on('error', () => {}); // whoever reads the agent's own log is gone: the task goes on
// What nobody caught ends the task, with a report, and not the agent without one.
process.on('uncaughtException', (error) => {
  log.error({ error: textOf(error), stack: error.stack }, 'Unexpected error');
  stop.request(new TaskFailure('agent-error', textOf(error)));
});

try {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options) {
    main(options).then(
      (code) => process.exit(code),
      (error) => {
        log.error({ error: textOf(error), stack: error.stack }, 'The agent failed');
        process.exit(1);
      },
    );
  } else {
    process.stdout.write(HELP);
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
