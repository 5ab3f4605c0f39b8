import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Check, Step } from '../../../constructs/core/first-deploy';
import type { Need } from '../../../constructs/core/need';
import { isAlive } from '../../../packer/build/lock-file';
import { newProject } from '../cloud/project';
import { RepositoryCopy, ROOT } from '../repository';
import { eventually } from '../service-process';
import { type UpState, UpWorld } from './world';

const bundles = mkdtempSync(join(tmpdir(), 'up-bundles-'));

/** One file, made once, of a program for tests. */
function bundled(name: string): string {
  const outfile = join(bundles, `${name}.js`);
  const entryPoints = [join(ROOT, `__tests__/support/up/${name}.ts`)];
  if (!existsSync(outfile))
    buildSync({ entryPoints, outfile, bundle: true, platform: 'node', target: 'node20', mainFields: ['module', 'main'], logLevel: 'error' });
  return outfile;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A copy of the repository in which somebody goes up, in front of a stand-in cloud. */
export class UpBench {
  readonly copy = new RepositoryCopy();
  readonly root = this.copy.root;
  readonly folder = mkdtempSync(join(tmpdir(), 'up-world-'));
  readonly world = new UpWorld(this.folder);
  /** What stands in for all programs: `program.js NAME ARGS...`. */
  readonly program = join(this.folder, 'program.js');
  private readonly bin = join(this.folder, 'bin');
  private readonly children: ChildProcess[] = [];

  constructor(
    /** Of the rehearsal's providers. */
    private readonly providers: Readonly<Record<string, string>>,
    estate: string,
    /** Of its config. */
    override: object = {},
    programs: readonly string[] = ['make', 'gcloud', 'aws', 'ssh', 'docker'],
  ) {
    this.copy.write('estates.json', JSON.stringify({ [estate]: override }));
    mkdirSync(this.bin);
    writeFileSync(this.program, readFileSync(bundled('program')));
    for (const name of programs) this.executable(name, `exec ${process.execPath} ${this.program} ${name} "$@"`);
    this.world.write({ estate, account: 'me@example.org', adc: true, projects: {}, buckets: [], denied: [], answers: {}, nothingToDo: [], effects: {} });
  }

  executable(name: string, line: string): void {
    writeFileSync(join(this.bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(this.bin, name), 0o755);
  }

  change(change: (state: UpState) => void): void {
    const { state } = this.world;
    change(state);
    this.world.write(state);
  }

  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      ...this.providers,
      ESTATES_CONFIG: undefined,
      TF_CLOUD_ORGANIZATION: undefined,
      ...this.world.state.env,
      PATH: `${this.bin}:${process.env.PATH}`,
      NODE_COMPILE_CACHE: join(bundles, 'compiled'),
      NO_COLOR: '1',
      UP_WORLD: this.folder,
      TF_CLI_CONFIG_FILE: '/dev/null',
    };
  }

  /** `make up` as one file. */
  readonly main = bundled('main');

  /** Goes up, to its end. `PATIENCE=0s` unless something else is given. */
  up(...args: readonly string[]): Promise<Ended> {
    return this.start(process.execPath, [this.main, '--patience', '0s', ...args]).ended;
  }

  start(program: string, args: readonly string[], input = ''): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
    // both streams into one file: by pipes they come in no order
    const said = join(this.folder, `said-${this.children.length}`);
    const command = ['-c', 'exec "$@" >"$0" 2>&1', said, program, ...args];
    const child = spawn('sh', command, { cwd: this.root, env: this.env, stdio: ['pipe', 'ignore', 'ignore'] });
    this.children.push(child);
    child.stdin.end(input);
    return {
      child,
      ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, output: existsSync(said) ? readFileSync(said, 'utf8') : '' }))),
    };
  }

  /** Until something hangs; returns its process. */
  async hanging(): Promise<number> {
    const file = join(this.folder, 'hanging');
    await eventually(() => existsSync(file), 60);
    const pid = Number(readFileSync(file, 'utf8'));
    rmSync(file);
    return pid;
  }

  /** Until the step of one that was killed has ended, too. */
  async quiet(): Promise<void> {
    const file = join(this.root, '.state/up.lock');
    const { step } = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { step?: { group: number } }) : {};
    while (step && isAlive(-step.group)) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** A person, or the world, does what the step is for. */
  satisfy({ done }: Step, needs: readonly Need[]): void {
    this.change((state) => {
      for (const check of done) satisfy(check, needs, state);
    });
  }

  close(): void {
    for (const child of this.children) child.kill('SIGKILL');
  }
}

function satisfy(check: Check, needs: readonly Need[], state: UpState): void {
  if (check.kind === 'answers') state.answers[check.url] = check.statuses[0] as number;
  else if (check.kind === 'need') satisfyNeed(check.need, state);
  else if (check.kind === 'host-file') {
    const secrets = needs.flatMap((need) =>
      need.kind === 'secret' && need.type === 'host' && need.host === check.host ? [`${need.folder}/${need.file}`] : [],
    );
    state.hosts = { ...state.hosts, [check.host]: secrets }; // they have no value yet
  } else throw new Error(`nobody but a command does ${check.kind}`);
}

function satisfyNeed(need: Need, state: UpState): void {
  if (need.kind === 'delegation') state.delegated = { ...state.delegated, [need.domain]: [...(need.nameServers ?? state.zones?.[need.domain] ?? [])] };
  else if (need.kind === 'repository-connection')
    (state.projects[need.project] as UpState['projects'][string]).connections[need.connection] = {
      stage: 'COMPLETE',
      repositories: { [need.repository]: need.remoteUri },
    };
  else throw new Error(`no person does ${need.kind}`);
}

/** A project that somebody pays for. */
export const paid = () => ({ ...newProject(), billing: true });
