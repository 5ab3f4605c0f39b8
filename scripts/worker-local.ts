import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { declaredTasks } from '../config/docker-worker';
import { UsageError } from '../rehearsal/runner/failure';
import { succeeded } from '../services/contracts/task-result';
import { workerMetadataText } from '../services/contracts/worker-metadata';
import { command } from './support/command';
import { dockerWorkerConfig } from './support/config';
import { localAgent, outcome, reported } from './support/worker-agent';

const HELP = `Runs a task of docker-worker's config here: the agent that the machines have, and this computer's Docker engine.

  make worker-local TASK=import            with image, arguments, environment and time limit as config says
  make worker-local TASK=import DRY_RUN=1  only shows what the agent would be given

An image ./name:tag of the estate's own registry is taken as name:tag, as docker build has made it. A shared bucket is read
with the credentials of GCE_METADATA_HOST only; without, leave sharedBucket out. Ctrl-C stops the container.

The same without make: npx tsx scripts/worker-local.ts [--dry-run] --task NAME
Exit code: 0 the task succeeded, 1 it did not, 2 it was not started.`;

command(
  HELP,
  ({ options, dryRun }) => {
    const config = dockerWorkerConfig();
    const tasks = declaredTasks(config, '');
    const name = String(options.task ?? '');
    const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
    if (!task)
      throw new UsageError(`${name === '' ? 'Which task? Name one with TASK=' : `There is no task ${name}`}; config has ${Object.keys(tasks).join(', ')}`);
    const attempt = { taskId: `local-${randomUUID()}`, task: name, attempt: 1, run: task };
    const metadata = workerMetadataText(attempt, { project: config.shared.project, reportingTopic: 'local' });
    console.log(`${dryRun ? 'Would run' : 'Runs'} ${task.image} on the local Docker engine, for ${task.maxMinutes} minutes at most.`);
    if (dryRun) {
      console.log(JSON.stringify(metadata, null, 2));
      return 0;
    }

    const agent = localAgent(join('.cache/worker-local', attempt.taskId), metadata, { isLocal: config.prod.tasks[name]?.image.startsWith('./') === true });
    const { status, error } = spawnSync(process.execPath, [...agent.args], { stdio: ['ignore', 'inherit', 'inherit'] });
    if (error) throw error;
    if (status !== 0) throw new UsageError(`The agent ended with ${status} and without a report; what it said is above.`);

    const result = reported(agent);
    console.log(`\n${outcome(result)}\nThe report, as it would be published: ${agent.report}`);
    return succeeded(result) ? 0 : 1;
  },
  { task: 'value' },
);
