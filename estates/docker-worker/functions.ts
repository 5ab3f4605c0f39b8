import type { Construct } from 'constructs';
import type { DockerWorkerEnvironment } from '../../config/docker-worker';
import { pricesIn } from '../../config/prices';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { Bucket } from '../../constructs/gcp/bucket';
import { CloudFunction } from '../../constructs/gcp/cloud-function';
import { CustomRole } from '../../constructs/gcp/custom-role';
import { FunctionSource } from '../../constructs/gcp/function-source';
import { googleOf } from '../../constructs/gcp/provider';
import { PushSubscription } from '../../constructs/gcp/push-subscription';
import { Schedule } from '../../constructs/gcp/schedule';
import { type GrantCondition, ServiceIdentity } from '../../constructs/gcp/service-identity';
import type { Topic } from '../../constructs/gcp/topic';
import { FAMILIES } from '../../packer/images/families';
import { type CreateWorkerVariables, type DeleteWorkerVariables, ENTRY_POINTS, type ReapWorkersVariables } from '../../services/contracts/functions';
import type { Task } from '../../services/contracts/task';
import { SCHEDULED } from '../../services/contracts/task-request';
import { DockerWorkerAlerts } from './alerts';
import type { DockerWorkerData } from './data';
import { CREATE, DELETE, LIST } from './permissions';
import type { DockerWorkerWorkers } from './workers';

export interface DockerWorkerFunctionsProps extends EstateStackProps, Omit<DockerWorkerEnvironment, 'protection' | 'subnet'> {
  /** The tasks as the functions know them, with the registry that our own images come from. */
  readonly declaredTasks: (registry: string) => Readonly<Record<string, Task>>;
  readonly data: DockerWorkerData;
  readonly workers: DockerWorkerWorkers;
  /** Makes the bucket's name unique in the world. */
  readonly suffix: string;
}

/** What `make build` makes of services/functions. */
const ARCHIVE = '.cache/functions.zip';
/** A call makes or deletes one machine, and asks again when Google is busy. */
const CALL_SECONDS = 180;
/** One after the other, through all that is open. */
const REAP = { every: '*/10 * * * *', seconds: 540 };

/** Starts a machine for every request, deletes it when its task has ended, and looks after those that nobody has heard of. */
export class DockerWorkerFunctions extends EstateStack {
  constructor(scope: Construct, id: string, props: DockerWorkerFunctionsProps) {
    super(scope, id, props);
    const { data, workers, suffix, webhook, tasks, declaredTasks, image, alertEmails } = props;
    const { project, region } = googleOf(this);
    this.addDependency(workers);
    const stem = this.named('docker-worker');

    const bucket = new Bucket(this, 'bucket', { name: this.named(`docker-worker-${suffix}-functions`), keepVersionsDays: 30 });
    const source = new FunctionSource(this, 'source', {
      bucket,
      file: ARCHIVE,
      images: data.functionImages,
      builderAccountId: this.named('docker-worker-build'),
    });

    const ownMachines = onlyMachinesCalled(`${stem}-`);
    const identity = (name: string, purpose: string) => {
      const account = new ServiceIdentity(this, `${name}-identity`, { accountId: this.named(`docker-worker-${name}`), purpose });
      data.ledger.grantUse(account);
      return account;
    };
    const creator = identity('create', 'Starts machines for tasks');
    new CustomRole(this, 'create-role', { roleId: roleId(stem, 'Create'), purpose: 'Makes worker machines', permissions: CREATE }).grantTo(
      creator,
      ownMachines,
    );
    creator.grantActAs(workers.identity);
    const remover = new CustomRole(this, 'delete-role', { roleId: roleId(stem, 'Delete'), purpose: 'Deletes worker machines', permissions: DELETE });
    const deleter = identity('delete', 'Deletes machines when their task has ended');
    remover.grantTo(deleter, ownMachines);
    data.requests.grantPublish(deleter); // asks for another attempt
    const reaper = identity('reap', 'Deletes machines that nobody has heard of');
    remover.grantTo(reaper, ownMachines);
    new CustomRole(this, 'list-role', { roleId: roleId(stem, 'List'), purpose: 'Lists machines', permissions: LIST }).grantTo(reaper);

    const common = { PROJECT: project, LEDGER_DATABASE: data.ledger.name, PRICES: JSON.stringify(pricesIn(region)) };
    const createEnvironment: CreateWorkerVariables = {
      ...common,
      TASKS: JSON.stringify(declaredTasks(data.images.url)),
      NAME_PREFIX: stem,
      BOOT_IMAGE: `projects/${project}/global/images/${image === FAMILIES['docker-worker'] ? `family/${image}` : image}`,
      SUBNETWORK: workers.network.subnetworkName,
      WORKER_ACCOUNT: workers.identity.address,
      REPORTING_TOPIC: data.reports.name,
      WEBHOOK: webhook.auth,
    };

    const hook = new CloudFunction<CreateWorkerVariables>(this, 'webhook', {
      name: `${stem}-webhook`,
      purpose: 'Starts a task for whoever may call it',
      source,
      entryPoint: ENTRY_POINTS.webhook,
      identity: creator,
      environment: createEnvironment,
      ...(data.webhookSecret && { secrets: { WEBHOOK_SECRET: data.webhookSecret } }),
      ingress: 'all',
      timeoutSeconds: CALL_SECONDS,
    });
    if (webhook.auth === 'hmac') hook.allowUnauthenticated(`The function refuses what is not signed with the secret. ${webhook.reason}`);
    else for (const caller of webhook.callers) hook.grantInvokeTo(caller);

    const create = new CloudFunction<CreateWorkerVariables>(this, 'create', {
      name: `${stem}-create`,
      purpose: 'Starts a machine for every message of the request topic',
      source,
      entryPoint: ENTRY_POINTS.createWorker,
      identity: creator,
      environment: { ...createEnvironment, WEBHOOK: 'google' }, // only Pub/Sub calls it, with an identity
      timeoutSeconds: CALL_SECONDS,
    });
    const remove = new CloudFunction<DeleteWorkerVariables>(this, 'delete', {
      name: `${stem}-delete`,
      purpose: 'Closes the record of a task that has ended, and deletes its machine',
      source,
      entryPoint: ENTRY_POINTS.deleteWorker,
      identity: deleter,
      environment: { ...common, REQUEST_TOPIC: data.requests.name },
      timeoutSeconds: CALL_SECONDS,
    });
    const reap = new CloudFunction<ReapWorkersVariables>(this, 'reap', {
      name: `${stem}-reap`,
      purpose: 'Deletes machines past their deadline, and closes what was lost',
      source,
      entryPoint: ENTRY_POINTS.reapWorkers,
      identity: reaper,
      environment: common,
      timeoutSeconds: REAP.seconds,
      maxInstances: 1,
    });

    const caller = new ServiceIdentity(this, 'caller', {
      accountId: this.named('docker-worker-call'),
      purpose: 'What Pub/Sub and Scheduler call the functions as',
    });
    const push = (name: string, topic: Topic, to: CloudFunction<never>) =>
      new PushSubscription(this, `${name}-subscription`, {
        name: `${topic.name}-${name}`,
        topic,
        to,
        caller,
        ackDeadlineSeconds: CALL_SECONDS + 10,
        deadLetter: { topic: data.deadLetters, attempts: 20 },
      });
    push('create', data.requests, create);
    push('delete', data.reports, remove);

    new Schedule(this, 'reaping', { name: `${stem}-reap`, cron: REAP.every, target: { invoke: reap, caller } });
    for (const [name, { schedule }] of Object.entries(tasks)) {
      if (schedule)
        new Schedule(this, `task-${name}`, {
          name: `${stem}-task-${name}`,
          ...schedule,
          target: { publish: data.requests, message: JSON.stringify({ task: name }), attributes: SCHEDULED },
        });
    }
    new DockerWorkerAlerts(this, 'alerts', { stem, emails: alertEmails, deadLetters: data.deadLetters });

    this.output('WEBHOOK_URL', hook.uri, 'POST { "task": "<name>" } here, with an Idempotency-Key, to start one');
  }
}

/** Machines and their disks are called so; what else the permissions are about, an image or a subnetwork, is only used. */
function onlyMachinesCalled(prefix: string): GrantCondition {
  const named = (type: string) =>
    `(resource.type != 'compute.googleapis.com/${type}' || resource.name.extract('/${type.toLowerCase()}s/{name}').startsWith('${prefix}'))`;
  return { title: 'only the machines of tasks', expression: ['Instance', 'Disk'].map(named).join(' && ') };
}

/** Role ids take no hyphens. */
function roleId(stem: string, verb: string): string {
  return `${stem.replaceAll('-', '_')}_${verb.toLowerCase()}`;
}
