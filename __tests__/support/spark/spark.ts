import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SPARK_MODULES, type SparkArguments, type SparkJob, sparkArguments, sparkSubmit } from '../../../services/contracts/egf2-spark';
import { ROOT } from '../repository';

const CODE = join(ROOT, 'services/spark');
const MODULES = [...SPARK_MODULES, 'stream.py', 'batch.py'].map((file) => join(CODE, file)).join(',');

/** One machine, loopback only; compiled as little as a short run is worth. */
const CONF = {
  'spark.master': 'local[2]',
  'spark.ui.enabled': 'false',
  'spark.driver.host': '127.0.0.1',
  'spark.driver.bindAddress': '127.0.0.1',
  'spark.sql.shuffle.partitions': '2',
  'spark.sql.adaptive.enabled': 'false',
  'spark.sql.codegen.wholeStage': 'false',
  'spark.driver.extraJavaOptions': '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC',
} as const;

const conf = Object.entries(CONF).flatMap(([key, value]) => ['--conf', `${key}=${value}`]);

export type Tables = Readonly<Record<'events' | 'parked' | 'objects' | 'edges', readonly string[]>>;
export type Step =
  | { readonly job: SparkJob; readonly arguments: readonly string[] }
  | { readonly tables: string }
  | { readonly write: string; readonly file: string; readonly text: string }
  | { readonly forget: string };
export type Answer = Tables | { readonly failed: string } | null;

export interface SparkProcess {
  readonly process: ChildProcess;
  readonly log: string;
  /** Resolves with its code and signal. */
  readonly exit: Promise<[number | null, NodeJS.Signals | null]>;
}

/** Real Spark in a folder of its own. */
export class Spark {
  readonly #running = new Set<SparkProcess>();

  #started = 0;

  constructor(private readonly folder: string) {}

  static job<J extends SparkJob>(job: J, given: SparkArguments<J>): Step {
    return { job, arguments: sparkArguments(job, given) };
  }

  /** Runs steps one after another in one JVM, see run.py. */
  async run(steps: readonly Step[]): Promise<Answer[]> {
    const answers = join(this.folder, 'answers.json');
    const asked = join(this.folder, 'steps.json');
    writeFileSync(asked, JSON.stringify(steps));
    await ended(this.#start([...conf, '--py-files', MODULES, join(__dirname, 'run.py'), asked, answers]));
    return JSON.parse(readFileSync(answers, 'utf8')) as Answer[];
  }

  /** The job as a cluster gets it, a process group of its own. */
  submit<J extends SparkJob>(job: J, given: SparkArguments<J>): SparkProcess {
    return this.#start(sparkSubmit({ job, code: CODE, arguments: given, conf: CONF, deployMode: 'client' }).slice(1));
  }

  close(): void {
    for (const child of this.#running) kill(child);
  }

  #start(args: readonly string[]): SparkProcess {
    const temporary = join(this.folder, 'tmp');
    mkdirSync(temporary, { recursive: true });
    const env = { ...process.env, SPARK_LOCAL_IP: '127.0.0.1', SPARK_LOCAL_DIRS: temporary, TMPDIR: temporary, PYTHONDONTWRITEBYTECODE: '1' };
    const log = join(this.folder, `spark-${++this.#started}.log`);
    const output = openSync(log, 'w');
    // without us it would follow its queue for ever
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'spark-submit', ...args], {
      cwd: this.folder,
      env,
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    const exit = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject).once('exit', (...how) => resolve(how));
    });
    const running: SparkProcess = { process: child, log, exit };
    this.#running.add(running);
    exit.finally(() => this.#running.delete(running)).catch(() => {});
    return running;
  }
}

/** Spark's shell, JVM and Pythons, without a word. */
export function kill({ process: child }: SparkProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it ended by itself meanwhile
  }
}

/** Resolves when the job ended well, and rejects with the end of its log otherwise. */
export async function ended(child: SparkProcess): Promise<void> {
  const [code, signal] = await child.exit;
  if (code !== 0) throw new Error(`Spark ended with ${code ?? signal}:\n${readFileSync(child.log, 'utf8').split('\n').slice(-80).join('\n')}`);
}

/** An event, or bytes that are none. */
export type Line = object | string | Buffer;

/** A log: a file per inner list. Spark takes them in this order, by their times. */
export function writeLog(folder: string, files: readonly (readonly Line[])[]): string {
  mkdirSync(folder, { recursive: true });
  files.forEach((lines, index) => {
    const file = join(folder, `${String(index).padStart(4, '0')}.json`);
    writeFileSync(file, Buffer.concat(lines.flatMap((line) => [bytes(line), Buffer.from('\n')])));
    utimesSync(file, 1_700_000_000 + index, 1_700_000_000 + index);
  });
  return folder;
}

const bytes = (line: Line) => (Buffer.isBuffer(line) ? line : Buffer.from(typeof line === 'string' ? line : JSON.stringify(line)));

/** Versions that have a commit. */
export function commits(lake: string): number[] {
  return list(join(lake, 'commits'))
    .filter((name) => /^\d+\.json$/.test(name))
    .map((name) => Number.parseInt(name, 10));
}

export function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
