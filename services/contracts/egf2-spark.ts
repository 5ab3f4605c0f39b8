import * as z from 'zod';

/** The Spark jobs of EGF2's big data mode (services/spark): what EMR gets, and their arguments. */

/** Spark of the EMR release, and of the tests. EMR 7.11 to 7.13 have it. */
export const SPARK_VERSION = '3.5.6';
export const EMR_RELEASE = 'emr-7.12.0';

/** Files of services/spark that a job needs, side by side at one address. */
export const SPARK_MODULES = ['egf2_events.py', 'egf2_files.py', 'egf2_lake.py', 'egf2_job.py'] as const;
export const SPARK_JOBS = { stream: 'stream.py', batch: 'batch.py' } as const;
export type SparkJob = keyof typeof SPARK_JOBS;

/** What `--packages` would fetch, and a cluster without the Internet gets by `jars`: Kafka for Spark, and IAM for Kafka. */
export const KAFKA_PACKAGES = [`org.apache.spark:spark-sql-kafka-0-10_2.12:${SPARK_VERSION}`, 'software.amazon.msk:aws-msk-iam-auth:2.3.2'] as const;

/** A folder wherever Hadoop reaches it. */
const location = z.string('must be an address, such as s3://bucket/path').regex(/^(s3a?:\/\/[^/\s]+|hdfs:\/\/[^\s]*|file:\/\/|)\/[^\s]*$/, {
  error: 'must be an address, such as s3://bucket/path',
});

const kafka = z.strictObject({
  kind: z.literal('kafka'),
  /** `host:port` */
  brokers: z
    .array(z.string().regex(/^[^\s:,]+:\d+$/, 'must be host:port'), 'must be a list of brokers')
    .min(1, 'must name a broker')
    .readonly(),
  topic: z.string().min(1, 'must name the topic').default('events'),
  /** How Kafka knows the job: MSK by the cluster's own role. */
  auth: z.enum(['iam', 'tls', 'plaintext'], 'must be "iam", "tls" or "plaintext"').default('iam'),
});
/** Files with an event as JSON on each line. */
const folder = z.strictObject({ kind: z.literal('folder'), folder: location });
/** The raw events that the lake has. */
const own = z.strictObject({ kind: z.literal('lake') });

const shared = z.strictObject({
  /** Where the tables are. */
  lake: location,
  /** Parts of each table; a micro-batch rewrites those that it touches as a whole. @default as the lake has, 16 in a new one */
  buckets: z.int('must be a whole number').min(1, 'must be 1 or more').max(10_000, 'must be 10,000 at most').optional(),
  /** Hours that readers of an old version have left to finish. */
  keepHours: z.number('must be a number of hours').min(0, 'must be 0 or more').default(24),
});

const stream = shared.extend({
  source: z.discriminatedUnion('kind', [kafka, folder]),
  /** How far it got: belongs to this lake and source. */
  checkpoint: location,
  /** Seconds between micro-batches. */
  triggerSeconds: z.int('must be whole seconds').min(1, 'must be 1 or more').default(300),
  /** Events of Kafka, or files of a folder, in one micro-batch. @default all that are there */
  atMost: z.int('must be a whole number').min(1, 'must be 1 or more').optional(),
  /** End when all that is there is read. */
  drain: z.boolean().default(false),
});

const batch = shared.extend({
  source: z.discriminatedUnion('kind', [kafka, folder, own]),
  /** Of a lake that has events already: they go, the source is all that counts. */
  replace: z.boolean().default(false),
});

export const SPARK_ARGUMENTS = { stream, batch } as const satisfies Record<SparkJob, z.ZodType>;
/** What may be written for a job. */
export type SparkArguments<J extends SparkJob> = z.input<(typeof SPARK_ARGUMENTS)[J]>;

/** The job's arguments as its command line has them; a wrong one is an error that lists all. */
export function sparkArguments<J extends SparkJob>(job: J, given: SparkArguments<J>): string[] {
  const parsed = SPARK_ARGUMENTS[job].safeParse(given);
  if (!parsed.success) throw new Error(`arguments of the Spark job ${job}:\n${z.prettifyError(parsed.error)}`);
  const { source, brokers, ...rest } = flat(parsed.data);
  return ['--source', source, ...(brokers ? ['--brokers', brokers] : []), ...Object.entries(rest).flatMap(([name, value]) => option(name, value))];
}

/** Where a job's code was uploaded to, and what Spark is told besides. */
export interface SparkSubmit<J extends SparkJob> {
  readonly job: J;
  /** Folder that holds {@link SPARK_MODULES} and {@link SPARK_JOBS}: s3://bucket/path */
  readonly code: string;
  readonly arguments: SparkArguments<J>;
  /** Addresses of jars. @default none */
  readonly jars?: readonly string[];
  /** Settings of Spark's. @default none */
  readonly conf?: Readonly<Record<string, string>>;
  /** @default cluster */
  readonly deployMode?: 'cluster' | 'client';
}

/** The command of an EMR step (`command-runner.jar`). */
export function sparkSubmit<J extends SparkJob>({ job, code, jars = [], conf = {}, deployMode = 'cluster', ...rest }: SparkSubmit<J>): string[] {
  const at = (file: string) => `${code.replace(/\/+$/, '')}/${file}`;
  return [
    ...['spark-submit', '--deploy-mode', deployMode, '--py-files', SPARK_MODULES.map(at).join(',')],
    ...(jars.length > 0 ? ['--jars', jars.join(',')] : []),
    ...Object.entries(conf).flatMap(([key, value]) => ['--conf', `${key}=${value}`]),
    ...[at(SPARK_JOBS[job]), ...sparkArguments(job, rest.arguments)],
  ];
}

type Value = string | number | boolean | undefined;

function flat({ source, ...rest }: z.output<typeof stream> | z.output<typeof batch>): Record<string, Value> & { source: string; brokers?: string } {
  if (source.kind === 'kafka') return { source: 'kafka', brokers: source.brokers.join(','), topic: source.topic, auth: source.auth, ...rest };
  return source.kind === 'folder' ? { source: 'folder', folder: source.folder, ...rest } : { source: 'lake', ...rest };
}

function option(name: string, value: Value): string[] {
  if (value === undefined || value === false) return [];
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return value === true ? [flag] : [flag, String(value)];
}
