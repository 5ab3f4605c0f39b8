import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../frame';

/** What one run of a whole process cost. */
export interface Sample {
  readonly seconds: number;
  /** Of the biggest Node process that the command started, in MB (10^6 bytes). */
  readonly peakMb: number;
}

export interface Run extends Sample {
  readonly stdout: string;
}

/** A command line for `sh -c`, and where it runs. */
export interface Command {
  readonly line: string;
  readonly cwd: string;
}

/** Runs commands, one after the other, in an environment that depends on no local setting. */
export class Stopwatch {
  private readonly folder = mkdtempSync(join(tmpdir(), 'bench-synth-'));
  private runs = 0;

  constructor(private readonly signal: AbortSignal) {}

  /** A folder that does not exist yet; removed at the end. */
  newFolder(): string {
    return join(this.folder, `run-${++this.runs}`);
  }

  /** Runs a command to its end; it must succeed. `outdir` is where cdktf writes. */
  async run({ line, cwd }: Command, outdir: string): Promise<Run> {
    this.signal.throwIfAborted();
    const memory = this.newFolder();
    mkdirSync(memory);
    const { seconds, code, stdout, stderr } = await this.timed(line, cwd, this.environment(outdir, memory));
    this.signal.throwIfAborted();
    if (code !== 0) throw new UsageError(`${line}\nfailed in ${cwd} (exit code ${code}):\n\n${stdout}${stderr}`);
    const peaks = readdirSync(memory).map((pid) => Number(readFileSync(join(memory, pid), 'utf8')));
    return { seconds, peakMb: (Math.max(...peaks) * 1024) / 1e6, stdout };
  }

  cleanUp(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** No override file, no Terraform Cloud, no compile cache: the same output on every machine. */
  private environment(outdir: string, memory: string): NodeJS.ProcessEnv {
    const overrides = join(this.folder, 'no-overrides.json');
    writeFileSync(overrides, '{}');
    const { PATH, HOME, TMPDIR } = process.env;
    return {
      PATH,
      HOME,
      TMPDIR,
      NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, 'report-memory.cjs'))}`,
      BENCH_MEMORY_FOLDER: memory,
      CDKTF_OUTDIR: outdir,
      ESTATES_CONFIG: overrides,
      CHECKPOINT_DISABLE: '1',
      npm_config_update_notifier: 'false',
    };
  }

  /** In a process group of its own, so that an interruption ends every process of the command. */
  private timed(line: string, cwd: string, env: NodeJS.ProcessEnv): Promise<{ seconds: number; code: number | null; stdout: string; stderr: string }> {
    return new Promise((resolve, reject) => {
      const start = performance.now();
      let seconds = 0;
      const output = { stdout: '', stderr: '' };
      const child = spawn('sh', ['-c', line], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      const stop = () => child.pid !== undefined && process.kill(-child.pid, 'SIGTERM');
      this.signal.addEventListener('abort', stop, { once: true });
      for (const stream of ['stdout', 'stderr'] as const) child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
      child.once('error', reject);
      child.once('exit', () => {
        seconds = (performance.now() - start) / 1000;
        this.signal.removeEventListener('abort', stop);
      });
      child.once('close', (code) => resolve({ seconds, code, ...output }));
    });
  }
}

/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}
