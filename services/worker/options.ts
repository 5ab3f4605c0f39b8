import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  /** A file with what the metadata server would say. @default the metadata server */
  readonly metadata?: string;
  readonly state: string;
  readonly shared: string;
  /** `pubsub`, or a file. */
  readonly report: string;
  readonly logs: 'stdout' | 'cloud';
  readonly registryAuth?: string;
  /** `missing`: an image that the engine has is taken as it is. */
  readonly pull: 'always' | 'missing';
  /** Bytes. @default none */
  readonly memory?: number;
  /** Milliseconds. */
  readonly patience: number;
}

export const HELP = `Runs the one task that this machine exists for, reports its result, and ends.

  --metadata FILE       JSON object with the keys of the machine's metadata, all texts   default: the GCE metadata server
  --state DIR           where it is noted how far the task is             default: $STATE_DIRECTORY, or /var/lib/worker
  --shared DIR          the shared bucket's copy; the container sees it, read-only, at /tmp/worker   default: /tmp/worker
  --report FILE|pubsub  the result goes to the topic, or is added to a file as a line of JSON        default: pubsub
  --logs stdout|cloud   where the container's output goes          default: cloud; stdout with --metadata
  --registry-auth FILE  credentials of registries, as docker login writes them (config.json)
  --pull always|missing missing: an image that the engine has is taken as it is, also one that was never pulled  default: always
  --memory SIZE         the container's memory limit, such as 512m or 4g                             default: none
  --patience SECONDS    how long an engine, registry or bucket that fails is tried again             default: 120
  --help

Docker is found by DOCKER_HOST. PUBSUB_EMULATOR_HOST, STORAGE_EMULATOR_HOST and GCE_METADATA_HOST are respected as by
Google's own clients; LOGGING_EMULATOR_HOST is the same for Cloud Logging.

Ends with 0 when the result is reported, whatever it is; 1 when there is nobody to report to; 2 for a wrong call.
`;

/** The call cannot be understood: the message says why. */
export class UsageError extends Error {}

/** undefined: help is asked for. Says everything that is wrong at once. */
export function parseOptions(args: readonly string[], environment: NodeJS.ProcessEnv): Options | undefined {
  const { values, problems } = parsed(args);
  if (values.help) return undefined;
  const check = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem);
  };
  const logs = values.logs ?? (values.metadata ? 'stdout' : 'cloud');
  const memory = values.memory === undefined ? undefined : bytesOf(values.memory);
  const patience = Number(values.patience ?? 120);
  const pull = values.pull ?? 'always';
  for (const name of ['metadata', 'registry-auth'] as const) {
    const file = values[name];
    check(file === undefined || existsSync(file), `--${name} ${file}: there is no such file`);
  }
  check(logs === 'stdout' || logs === 'cloud', `--logs ${logs}: must be stdout or cloud`);
  check(pull === 'always' || pull === 'missing', `--pull ${pull}: must be always or missing`);
  check(memory === undefined || memory >= 6_291_456, `--memory ${values.memory}: must be a size such as 512m or 4g, 6m at least`);
  check(Number.isFinite(patience) && patience >= 0, `--patience ${values.patience}: must be a number of seconds`);
  if (problems.length > 0) throw new UsageError(`${problems.join('\n')}\nSee --help.`);

  return {
    metadata: values.metadata,
    state: resolve(values.state ?? environment.STATE_DIRECTORY ?? '/var/lib/worker'),
    shared: resolve(values.shared ?? '/tmp/worker'),
    report: values.report ?? 'pubsub',
    logs: logs as Options['logs'],
    registryAuth: values['registry-auth'],
    pull: pull as Options['pull'],
    memory,
    patience: patience * 1000,
  };
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    metadata: text,
    state: text,
    shared: text,
    report: text,
    logs: text,
    'registry-auth': text,
    pull: text,
    memory: text,
    patience: text,
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options: { ...options, help: { type: 'boolean' } } });
    return { values, problems: [] as string[] };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\nSee --help.`);
  }
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

function bytesOf(size: string): number {
  const [, number = '', unit = ''] = /^(\d+)([kmg]?)$/.exec(size.toLowerCase()) ?? [];
  return number === '' ? Number.NaN : Number(number) * (UNITS[unit] as number);
}
