import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { ROOT } from '../repository';
import type { CloudState } from './project';

/** How gcloud was called; the input as bytes, one character each. */
export interface GcloudCall {
  readonly args: readonly string[];
  readonly input: string;
}

const bundles = mkdtempSync(join(tmpdir(), 'cloud-bundles-'));

/** A program of this repository as one file, made once: starting it takes a tenth of what tsx takes. */
function bundled(source: string): string {
  const outfile = join(bundles, source.replaceAll(/\W/g, '-'), 'main.js');
  if (!existsSync(outfile)) buildSync({ entryPoints: [join(ROOT, source)], bundle: true, platform: 'node', target: 'node20', outfile, logLevel: 'error' });
  return outfile;
}

/** A command as a process, in front of a stand-in gcloud that remembers. */
export class CloudBench {
  readonly root = mkdtempSync(join(tmpdir(), 'cloud-'));
  private readonly bin = join(this.root, 'bin');
  private readonly script: string;
  private child?: ChildProcess;
  /** What a terminal has shown. */
  screen = '';

  constructor(script: string, state: Partial<CloudState> & { readonly slow?: number } = {}, without: readonly string[] = []) {
    this.script = bundled(script);
    mkdirSync(this.bin);
    writeFileSync(join(this.bin, 'state.json'), JSON.stringify({ account: 'me@example.org', adc: true, projects: {}, buckets: [], denied: [], ...state }));
    writeFileSync(join(this.bin, 'calls'), '');
    writeFileSync(join(this.bin, 'gcloud.js'), readFileSync(bundled('__tests__/support/cloud/program.ts')));
    if (!without.includes('gcloud')) this.program('gcloud', `exec ${process.execPath} ${join(this.bin, 'gcloud.js')} "$@"`);
    this.program('node', `echo $$ >${join(this.bin, 'pid')}\nexec ${process.execPath} "$@"`);
    writeFileSync(join(this.root, 'cdktf.json'), '{}');
  }

  private program(name: string, line: string): void {
    writeFileSync(join(this.bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(this.bin, name), 0o755);
  }

  get calls(): GcloudCall[] {
    const lines = readFileSync(join(this.bin, 'calls'), 'utf8').trim();
    return lines === '' ? [] : lines.split('\n').map((line) => JSON.parse(line));
  }

  /** Those that add a value. */
  get added(): GcloudCall[] {
    return this.calls.filter(({ args }) => args[2] === 'add');
  }

  get state(): CloudState {
    return JSON.parse(readFileSync(join(this.bin, 'state.json'), 'utf8'));
  }

  /** A file of the folder that the command runs in. */
  write(file: string, text: string): void {
    writeFileSync(join(this.root, file), text);
  }

  /** Values in Secret Manager, by secret: the newest that is enabled. */
  get values(): Record<string, string | undefined> {
    const latest = Object.entries(this.state.projects.films?.secrets ?? {}).map(([name, versions]) => [
      name,
      versions.findLast((version) => version.state === 'ENABLED')?.value,
    ]);
    return Object.fromEntries(latest);
  }

  private get options() {
    return { cwd: this.root, env: { PATH: this.bin, HOME: this.root, TMPDIR: process.env.TMPDIR, TERM: 'xterm' } };
  }

  /** Without a terminal, with this on standard input. */
  piped(input: string | Buffer, ...args: string[]): { code: number | null; output: string; stdout: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [this.script, ...args], { ...this.options, input, encoding: 'utf8' });
    return { code: status, output: stdout + stderr, stdout };
  }

  /** Starts it in a terminal that echoes what is typed, unless a program turns that off; then its settings are printed. */
  terminal(...args: string[]): void {
    const line = `node ${this.script} ${args.join(' ')}; echo "ended with $?"; stty -a; echo THE END`;
    this.child = spawn('script', ['--quiet', '--flush', '--echo', 'always', '--command', line, '/dev/null'], {
      ...this.options,
      env: { ...this.options.env, PATH: `${this.bin}:/usr/bin:/bin` },
      stdio: 'pipe',
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.screen += text;
    });
  }

  type(keys: string): void {
    this.child?.stdin?.write(keys);
  }

  /** Until the terminal shows it, behind what it showed when `since` was taken. */
  async shows(pattern: RegExp, since = 0): Promise<void> {
    const end = Date.now() + 15_000;
    while (!pattern.test(this.screen.slice(since))) {
      if (Date.now() > end) throw new Error(`the terminal never showed ${pattern}:\n${this.screen}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** The exit code, when all is over. */
  async ended(): Promise<number> {
    await this.shows(/THE END/);
    return Number(/ended with (\d+)/.exec(this.screen)?.[1]);
  }

  /** The process that asks, to send it signals. */
  get pid(): number {
    return Number(readFileSync(join(this.bin, 'pid'), 'utf8'));
  }

  close(): void {
    this.child?.kill('SIGKILL');
  }
}
