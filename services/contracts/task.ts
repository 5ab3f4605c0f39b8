import * as z from 'zod';

/** One declaration of a task: the estate's config holds it, the functions resolve it, the agent runs it. */

export const taskName = z
  .string('not the name of a task')
  .regex(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, 'not the name of a task: 1 to 40 lower-case letters, digits and hyphens, starting with a letter');

/** What an idempotency key may be: it names the task in the ledger, in messages and in the container's name. */
export const taskId = z
  .string('not a task id')
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/, 'not a task id: 1 to 128 letters, digits, dots, colons, underscores and hyphens');

/** `registry/repository:tag` or `@sha256:...`, as `docker pull` takes it. */
export const imageReference = z
  .string('not an image')
  .regex(
    /^[a-z0-9][a-zA-Z0-9.:-]*(\/[a-z0-9][a-z0-9._-]*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[a-f0-9]{64})?$/,
    'not an image, such as europe-docker.pkg.dev/project/repository/name:tag',
  );

/** A POSIX file system and a process's environment hold any text but NUL. */
const text = z.string('must be text').refine((value) => !value.includes('\0'), 'holds a NUL character, which no process can be given');

/** Bytes of one value of a machine's metadata: Google's limit, and each of these is one, as JSON. */
const LONGEST_METADATA = 262_144;
const fits = (value: unknown): boolean => Buffer.byteLength(JSON.stringify(value)) <= LONGEST_METADATA;
const tooLong = `longer than the ${LONGEST_METADATA} bytes, as JSON, that a machine's metadata takes: put it into the shared bucket`;

export const containerArgs = z.array(text, 'must be a list of texts').refine(fits, tooLong);
export const containerEnv = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not the name of an environment variable: letters, digits and underscores'),
    text,
    'must be an object of texts',
  )
  .refine(fits, tooLong);

/** What a failed attempt is worth another one for. */
export const retries = z.strictObject({
  /** Further attempts after the first, 0 to 5. */
  attempts: z.int('must be a whole number').min(0, 'must be 0 or more').max(5, 'must be 5 or less'),
  /** `preemption`: only when the cloud took the machine away. Exit codes: also when the container ended with one of them. */
  on: z.union(
    [z.literal('preemption'), z.strictObject({ exitCodes: z.array(z.int().min(1).max(255), 'must be a list of exit codes, 1 to 255') })],
    'must be "preemption" or { "exitCodes": [75] }',
  ),
});

const gceName = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

export const taskFields = {
  image: imageReference,
  /** Arguments of the container's command. @default the image's own */
  args: containerArgs.default([]),
  /** The container's environment. No secrets: it stands in the machine's metadata. */
  env: containerEnv.default({}),
  /** Its content is in the container at /tmp/worker, read when the task starts. @default none */
  sharedBucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/, 'not a bucket name')
    .optional(),
  machineType: z.string('not a machine type').regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/, 'not a machine type, such as n2-highmem-16'),
  zone: z.string('not a zone').regex(/^[a-z]+-[a-z]+[0-9]+-[a-z]$/, 'not a GCP zone, such as us-west1-a'),
  /** Boot disk, GB. */
  diskGb: z.int('must be a whole number of GB').min(10, 'must be 10 GB or more').max(65_536, 'must be 65536 GB or less'),
  /** `spot` costs a fraction, and may be taken away at any time. */
  provisioning: z.enum(['on-demand', 'spot'], 'must be "on-demand" or "spot"'),
  /** After this many minutes the container is stopped; the machine is deleted five minutes later, whatever happens. */
  maxMinutes: z.int('must be a whole number of minutes').min(1, 'must be a minute or more').max(1435, 'must be 1435 minutes or less'),
  retries: retries.default({ attempts: 0, on: 'preemption' }),
} as const;

/** What a request may set. */
export const OVERRIDABLE = ['image', 'args', 'env', 'sharedBucket', 'machineType', 'zone', 'diskGb'] as const;

export const taskSchema = z.strictObject({
  ...taskFields,
  /** Fields that a request may set for its own run; `env` adds to the declared one. @default none */
  mayOverride: z.array(z.enum(OVERRIDABLE, `must be one of ${OVERRIDABLE.join(', ')}`), 'must be a list of fields').default([]),
});

/** A task as it is declared. */
export type Task = z.output<typeof taskSchema>;

/** A task as it runs: declaration and request put together. */
export type ResolvedTask = z.output<z.ZodObject<typeof taskFields>>;

/** The same as the ledger gives it back: what it does not know is passed over. */
export const storedTask = z.object({
  ...taskFields,
  retries: z.object({ ...retries.shape, on: z.union([z.literal('preemption'), z.object(retries.shape.on.options[1].shape)]) }),
});

/** The container's own limit, seconds: the agent must be able to report before the machine goes. */
export const taskSeconds = (task: Pick<ResolvedTask, 'maxMinutes'>): number => task.maxMinutes * 60;

/** The machine's limit, seconds: booting, pulling and reporting fit in between. Google's `maxRunDuration`. */
export const machineSeconds = (task: Pick<ResolvedTask, 'maxMinutes'>): number => taskSeconds(task) + 300;

/** What a machine's and an instance's names may be. */
export const instanceName = z.string().regex(gceName, 'not the name of an instance');
