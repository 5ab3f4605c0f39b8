import { Cron } from 'croner';
import * as z from 'zod';
import { imageReference, type Task, taskName, taskSchema } from '../services/contracts/task';
import { adopt } from './adopt';
import { acrossFields, bucketName, gcpZone, googleEstate, protection, subnetCidr } from './fields';

/** What Cloud Scheduler takes: plain cron, without the letters that some programs add. */
function isCron(value: string): boolean {
  if (!/^[0-9*/,A-Za-z -]+$/.test(value) || /[LW]/i.test(value.replace(/jul|wed/gi, ''))) return false;
  try {
    new Cron(value, { mode: '5-part', paused: true });
    return true;
  } catch {
    return false;
  }
}

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return /^[A-Za-z]/.test(value);
  } catch {
    return false;
  }
}

const schedule = z.strictObject({
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  cron: z.string('not a schedule').refine(isCron, 'not a schedule: five fields such as "0 2 * * *", minute, hour, day of the month, month, day of the week'),
  /** Of the IANA database. */
  timeZone: z.string('not a time zone').refine(isTimeZone, 'not a time zone, such as Europe/Berlin').default('Etc/UTC'),
});

/** A task: what runs, on which machine, and when. A variable of `env` reaches the container without a new image. */
const task = taskSchema.extend({
  /** As `docker pull` takes it; `./name:tag` is an image of the estate's own registry. */
  image: z.union([z.string().regex(/^\.\/[a-z0-9][a-z0-9._-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[a-f0-9]{64})?$/), imageReference], {
    error: 'not an image, such as ./name:tag, of our own registry, or europe-docker.pkg.dev/project/repository/name:tag',
  }),
  /** @default the estate's */
  zone: gcpZone.optional(),
  /** When it is asked for by itself. @default only when somebody asks */
  schedule: schedule.optional(),
  /** Minutes that a run takes as a rule: only make cost counts with it. */
  typicalMinutes: z.int('must be a whole number of minutes').min(1, 'must be a minute or more').default(30),
});

const member = z
  .string('not a member')
  .regex(/^(user|group|serviceAccount):[^\s@]+@[^\s@]+$/, 'not a member: "user:", "group:" or "serviceAccount:" and an address');

const webhook = z.discriminatedUnion(
  'auth',
  [
    /** Callers have a Google identity, which Google checks before the function starts. */
    z.strictObject({ auth: z.literal('google'), callers: z.array(member, 'must be a list of members') }),
    /** Callers sign with a shared secret. Everybody may call the function, which refuses what is not signed. */
    z.strictObject({ auth: z.literal('hmac'), reason: z.string('must say why the callers have no Google identity').min(10, 'must say why, in a sentence') }),
  ],
  'must have an "auth" of "google" or "hmac"',
);

const shared = z.strictObject({
  ...googleEstate,
  /** Bucket names are unique in the world: `docker-worker-<suffix>-...`. Without one, the project id. */
  bucketSuffix: bucketName.optional(),
});

const environment = z.strictObject({
  protection,
  adopt,
  /** The machines' network: they have no addresses of their own, and reach the Internet through NAT. */
  subnet: subnetCidr,
  /** What machines boot: the newest image of the family, or one image until somebody changes it. */
  image: z
    .string('not an image name')
    .regex(/^docker-worker(-[a-z0-9-]*[a-z0-9])?$/, 'must be "docker-worker", the family, or an image of it: docker-worker-<version>')
    .max(63, 'longer than 63 characters'),
  webhook,
  tasks: z.record(taskName, task, 'must be an object of tasks'),
  /** Who is told of failed and lost tasks. Nobody: the alert is seen in the console only. */
  alertEmails: z.array(z.email('not an e-mail address'), 'must be a list of addresses'),
});

type Raw = { shared: z.output<typeof shared>; prod: z.output<typeof environment> };

/** Bytes that Google takes in one environment variable of a function, less some to spare. */
const TASKS_BYTES = 30_000;

export const dockerWorkerSchema = z
  .strictObject({ shared, prod: environment })
  .refine(...acrossFields(['shared', 'zone'], 'not a zone of shared.region: set both', ({ shared: { zone, region } }: Raw) => zone.startsWith(`${region}-`)))
  .refine(
    ...acrossFields(['prod', 'tasks'], 'holds a zone that is not in shared.region, where the network is', ({ shared: { region }, prod }: Raw) =>
      Object.values(prod.tasks).every(({ zone }) => zone === undefined || zone.startsWith(`${region}-`)),
    ),
  )
  .refine(
    ...acrossFields(
      ['prod', 'tasks'],
      `is larger than ${TASKS_BYTES} bytes, which the functions cannot be given: move data into the bucket`,
      (config: Raw) => Buffer.byteLength(JSON.stringify(declaredTasks(config, registryOf(config)))) <= TASKS_BYTES,
    ),
  );

export type DockerWorkerConfig = z.output<typeof dockerWorkerSchema>;
export type DockerWorkerEnvironment = DockerWorkerConfig['prod'];

export const dockerWorkerValues: z.input<typeof dockerWorkerSchema> = {
  shared: { protection: 'on', project: 'docker-worker', region: 'us-west1', zone: 'us-west1-a' },
  prod: {
    protection: 'on',
    subnet: '10.2.0.0/24',
    image: 'docker-worker',
    webhook: { auth: 'google', callers: [] },
    tasks: {
      import: {
        image: './import:latest',
        machineType: 'n2-highmem-16',
        diskGb: 200,
        provisioning: 'on-demand',
        maxMinutes: 60,
        schedule: { cron: '0 2 * * *' },
      },
    },
    alertEmails: [],
  },
};

/** What the names of our own images start with. */
export function registryOf({ shared: { region, project } }: Raw): string {
  return `${region}-docker.pkg.dev/${project}/tasks`;
}

/** The tasks as the functions and the agent know them. `registry` is what names of our own images start with. */
export function declaredTasks({ shared, prod }: Raw, registry: string): Record<string, Task> {
  return Object.fromEntries(
    Object.entries(prod.tasks).map(([name, { schedule, typicalMinutes, image, zone = shared.zone, ...task }]) => [
      name,
      { ...task, zone, image: image.replace(/^\.\//, registry === '' ? '' : `${registry}/`) },
    ]),
  );
}
