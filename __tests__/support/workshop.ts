import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { Bake, type Result, type World } from '../../packer/build/bake';
import { wanted } from '../../packer/build/plan';
import { type Baked, BakeState } from '../../packer/build/state';
import type { BakedImage } from '../../packer/images/families';
import { committedSettings } from '../../packer/images/settings';
import { ROOT } from './repository';

/**
 * A `packer` that writes down how it is called, and does to an image what a file of that name says: `fail-<image>`,
 * `hang-<image>` (until it is interrupted, and cleans up), `deaf-<image>` (a process of its own that ignores that; both end when the file
 * goes), `empty-<image>` (no manifest), `half-<image>` (half a manifest), `init-<image>`, `validate-<image>` (refuses it).
 */
const FAKE = `#!/bin/sh
for folder; do :; done
image=$(basename "$folder")
echo "$@" >> "$FAKE/calls"
echo "start $1 $image" >> "$FAKE/order"
case $1 in
  init | validate) [ ! -e "$FAKE/$1-$image" ] || { echo "Error: $1 refuses $image"; exit 1; } ;;
  build)
    echo "==> googlecompute.image: Creating instance..."
    if [ -e "$FAKE/hang-$image" ]; then
      trap 'echo "==> googlecompute.image: Deleting instance..."; sleep 0.3; touch "$FAKE/cleaned-$image"; exit 1' INT
      touch "$FAKE/hanging-$image"
      while [ -e "$FAKE/hang-$image" ]; do sleep 0.1; done
      exit 1
    fi
    if [ -e "$FAKE/deaf-$image" ]; then
      trap '' INT
      touch "$FAKE/hanging-$image"
      sh -c 'while [ -e "$0" ]; do sleep 0.1; done' "$FAKE/deaf-$image"
      exit 1
    fi
    sleep 0.1
    [ ! -e "$FAKE/fail-$image" ] || { echo "Error: quota exceeded" >&2; exit 3; }
    version=$(echo "$*" | sed 's/.*version=\\([^ ]*\\).*/\\1/')
    [ -e "$FAKE/empty-$image" ] ||
      echo '{ "builds": [{ "artifact_id": "an-older-one", "packer_run_uuid": "1" },' \\
        '{ "artifact_id": "'$image-$version'", "packer_run_uuid": "2" }], "last_run_uuid": "2" }' > "$folder/manifest.json"
    [ ! -e "$FAKE/half-$image" ] || echo '{ "builds": [{' > "$folder/manifest.json"
    ;;
esac
echo "end $1 $image" >> "$FAKE/order"
`;

let bundle: string | undefined;

/** The command as one file, made once: compiling it at every start would take most of the time. */
function command(): string {
  if (bundle) return bundle;
  bundle = join(mkdtempSync(join(tmpdir(), 'command-')), 'images.js');
  const define = { __dirname: JSON.stringify(join(ROOT, 'scripts')) };
  buildSync({ entryPoints: [join(ROOT, 'scripts/images.ts')], outfile: bundle, bundle: true, platform: 'node', define, logLevel: 'error' });
  return bundle;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A working folder for \`make images\` with a packer that only pretends. */
export class Workshop {
  private static readonly all: Workshop[] = [];
  readonly root = mkdtempSync(join(tmpdir(), 'workshop-'));
  private readonly fake = join(this.root, 'fake');
  private readonly bin = join(this.root, 'bin');
  private readonly children: ChildProcess[] = [];

  constructor() {
    this.write('bin/packer', FAKE, 0o755);
    this.write('cdktf.json', '{}'); // the command runs in the root only
    mkdirSync(this.fake);
    Workshop.all.push(this);
  }

  /** Ends what a test that failed has left; the pretended Packers end when their folder goes. */
  static close(): void {
    for (const { children, fake } of Workshop.all.splice(0)) {
      for (const child of children) child.kill('SIGKILL');
      rmSync(fake, { recursive: true, force: true });
    }
  }

  /** Bakes in this process, which is faster, and shows what the command does not print. */
  async bake(
    names: readonly BakedImage[],
    { interrupt = new AbortController().signal, state = this.record, env: more = {} }: Partial<World> = {},
  ): Promise<Result[]> {
    const scratch = join(this.root, '.cache/images');
    const settings = committedSettings();
    const env = { FAKE: this.fake, PATH: [this.bin, process.env.PATH].join(delimiter), ...more };
    const world = {
      env,
      interrupt,
      kill: new AbortController().signal,
      state,
      scratch,
      commit: 'abc',
      progress: { write: () => true },
      lock: { note: () => {} },
    };
    return new Bake(wanted(names, settings, { root: ROOT, folder: scratch }), world).run();
  }

  /** What was baked, as the command keeps it. */
  get record(): BakeState {
    return new BakeState(join(this.root, '.state/images.json'));
  }

  /** From now on, until {@link mend}. */
  trouble(...names: readonly string[]): void {
    for (const name of names) this.write(`fake/${name}`, '');
  }

  mend(...names: readonly string[]): void {
    for (const name of names) rmSync(join(this.fake, name));
  }

  has(name: string): boolean {
    return existsSync(join(this.fake, name));
  }

  /** Forgets the calls so far. */
  forget(): void {
    for (const name of ['calls', 'order']) rmSync(join(this.fake, name), { force: true });
  }

  /** The images that Packer was called for, in this order. */
  calledFor(command: 'init' | 'validate' | 'build'): string[] {
    return this.lines('order').flatMap((line) => (line.startsWith(`start ${command} `) ? [line.slice(`start ${command} `.length)] : []));
  }

  lines(name: 'calls' | 'order'): string[] {
    return this.has(name) ? readFileSync(join(this.fake, name), 'utf8').trim().split('\n') : [];
  }

  state(): Record<string, Baked> {
    return JSON.parse(readFileSync(join(this.root, '.state/images.json'), 'utf8'));
  }

  /** Runs the command to its end. */
  async run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  start(args: readonly string[], env: Record<string, string> = {}): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
    const child = spawn(process.execPath, [command(), ...args], {
      cwd: this.root,
      env: { ...process.env, NO_COLOR: '1', FAKE: this.fake, PATH: [this.bin, process.env.PATH].join(delimiter), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    return { child, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, output }))) };
  }

  /** Waits until Packer hangs with these images. */
  async hanging(...images: readonly string[]): Promise<void> {
    while (!images.every((image) => this.has(`hanging-${image}`))) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  write(file: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text, { mode });
  }
}
