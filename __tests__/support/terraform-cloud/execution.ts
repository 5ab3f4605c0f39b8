import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepState } from './state-versions';
import { currentState, type Phase, type Run } from './store';

export interface ExecutionOptions {
  /** A folder for each run is made in it. */
  readonly folder: string;
  /** Folders that a run must not see: it gets a view of its own of the file system, in which they are empty. Takes root. */
  readonly hides: readonly string[];
  /** The whole environment of Terraform in a run, but for the token. */
  readonly env: NodeJS.ProcessEnv;
  /** Writes Terraform's settings with a run's own token; returns the file. */
  readonly settings: (folder: string, token: string) => string;
}

/** What a run found when it began, as a line of `runs.jsonl`. */
export interface Began {
  readonly workspace: string;
  readonly folder: string;
  /** All that lay in its folder before Terraform started, sorted. */
  readonly files: readonly string[];
}

const PLAN = 'run.tfplan';
const STATE = 'terraform.tfstate';
/** Sorts behind the configuration's own files, and puts the state beside them. */
const OVERRIDE = 'zz_override.tf.json';
const HIDE = 'for folder in $HIDDEN; do mount -t tmpfs -o ro,size=4k hidden "$folder" || exit 97; done; unset HIDDEN; exec terraform "$@"';

/** Runs the real Terraform on uploads, one run of a workspace after the other. */
export class Execution {
  constructor(private readonly options: ExecutionOptions) {}

  queue(run: Run): void {
    const { workspace } = run;
    workspace.turn = workspace.turn.then(() => this.execute(run)).catch((error) => void fail(run, `${error}\n`));
  }

  cancel(run: Run): void {
    run.decide(false);
    run.child?.kill('SIGINT');
    run.status = 'canceled';
    for (const phase of [run.plan, run.apply]) if (phase.status === 'pending' || phase.status === 'running') phase.status = 'canceled';
  }

  private async execute(run: Run): Promise<void> {
    const { workspace, options } = run;
    if (run.status !== 'pending') return;
    while (workspace.lockedBy !== undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    workspace.lockedBy = run.id;
    try {
      const folder = this.unpack(run);
      if (!(await this.plan(run, folder))) return;
      if (options['auto-apply'] !== true && !workspace.autoApply) {
        run.status = options['save-plan'] === true ? 'planned_and_saved' : 'planned';
        if (!(await run.decided)) {
          if (run.status !== ('canceled' as string)) run.status = 'discarded';
          return;
        }
      }
      await this.apply(run, folder);
    } finally {
      delete workspace.lockedBy;
    }
  }

  private unpack(run: Run): string {
    const folder = mkdtempSync(join(this.options.folder, 'run-'));
    const upload = `${folder}.tar.gz`;
    writeFileSync(upload, run.configuration.content as Buffer);
    mkdirSync(`${folder}.home`);
    return folder;
  }

  /** Whether there is something to apply. */
  private async plan(run: Run, folder: string): Promise<boolean> {
    const { plan, workspace, options } = run;
    run.status = 'planning';
    plan.status = 'running';
    await this.start('tar', ['-xzf', `${folder}.tar.gz`], run, plan, folder);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
    const began: Began = {
      workspace: workspace.name,
      folder,
      files: files.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1)).sort(),
    };
    appendFileSync(join(this.options.folder, 'runs.jsonl'), `${JSON.stringify(began)}\n`);

    writeFileSync(join(folder, OVERRIDE), JSON.stringify({ terraform: { backend: { local: { path: STATE } } } }));
    const variables = (options.variables ?? []) as readonly { readonly key: string; readonly value: string }[];
    writeFileSync(join(folder, 'zz_run.auto.tfvars'), variables.map(({ key, value }) => `${key} = ${value}\n`).join(''));
    this.placeState(run, folder);
    if ((await this.terraform(run, plan, folder, 'init', '-input=false')) !== 0) return fail(run);
    const code = await this.terraform(run, plan, folder, 'plan', '-input=false', '-detailed-exitcode', `-out=${PLAN}`, ...planOptions(options));
    if (code !== 0 && code !== 2) return fail(run);
    run.planJson = await this.planJson(run, folder);
    run.hasChanges = code === 2;
    plan.status = 'finished';
    const goesOn = (run.hasChanges || options['allow-empty-apply'] === true) && options['plan-only'] !== true;
    if (!goesOn) run.status = 'planned_and_finished';
    return goesOn;
  }

  private async planJson(run: Run, folder: string): Promise<Buffer> {
    const shown = { ...run.plan, log: '' };
    await this.terraform(run, shown, folder, 'show', '-json', PLAN);
    return Buffer.from(shown.log);
  }

  private async apply(run: Run, folder: string): Promise<void> {
    run.status = 'applying';
    run.apply.status = 'running';
    this.placeState(run, folder);
    const code = await this.terraform(run, run.apply, folder, 'apply', '-input=false', PLAN);
    const state = join(folder, STATE);
    if (existsSync(state)) keepState(run.workspace, readFileSync(state)); // of a failed apply, too
    if (code !== 0) return void fail(run);
    run.apply.status = 'finished';
    run.status = 'applied';
  }

  /** What the workspace's state is now: it may have changed since a plan was saved. */
  private placeState({ workspace }: Run, folder: string): void {
    const content = currentState(workspace)?.content;
    if (content) writeFileSync(join(folder, STATE), content);
  }

  private terraform(run: Run, phase: Phase, folder: string, command: string, ...args: string[]): Promise<number> {
    const { hides } = this.options;
    const line = [command, ...(command === 'show' ? [] : ['-no-color']), ...args];
    if (hides.length === 0) return this.start('terraform', line, run, phase, folder);
    return this.start('unshare', ['--mount', '--propagation=private', 'sh', '-c', HIDE, 'terraform', ...line], run, phase, folder);
  }

  private async start(program: string, args: readonly string[], run: Run, phase: Phase, folder: string): Promise<number> {
    const { env, hides, settings } = this.options;
    const own = { HOME: `${folder}.home`, TMPDIR: `${folder}.home`, TF_CLI_CONFIG_FILE: settings(`${folder}.home`, run.token), HIDDEN: hides.join(' ') };
    const child = spawn(program, args, { cwd: folder, env: { ...env, ...own }, stdio: ['ignore', 'pipe', 'pipe'] });
    run.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        phase.log += text;
      });
    }
    const [code] = (await once(child, 'close')) as [number | null];
    delete run.child;
    return code ?? 1;
  }
}

function planOptions(options: Run['options']): string[] {
  const list = (name: string, flag: string) => ((options[name] ?? []) as readonly string[]).map((address) => `-${flag}=${address}`);
  return [
    ...(options['is-destroy'] === true ? ['-destroy'] : []),
    ...(options['refresh-only'] === true ? ['-refresh-only'] : []),
    ...(options.refresh === false ? ['-refresh=false'] : []),
    ...list('target-addrs', 'target'),
    ...list('replace-addrs', 'replace'),
  ];
}

/** The phase that it is in ends with it. */
function fail(run: Run, says = ''): false {
  const phase = run.plan.status === 'finished' ? run.apply : run.plan;
  phase.log += says;
  if (run.status !== 'canceled') {
    phase.status = 'errored';
    run.status = 'errored';
  }
  return false;
}
