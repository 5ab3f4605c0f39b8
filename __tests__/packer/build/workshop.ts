import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Baked } from '../../../packer/build/state';
import { ROOT } from '../../support/repository';

/**
 * A `packer` that writes down how it is called, and does to an image what a file of that name says: `fail-<image>`,
 * `hang-<image>` (until it is interrupted, and cleans up), `deaf-<image>` (ignores that; both end when the file goes), `empty-<image>`,
 * `init-<image>`, `validate-<image>` (refuses it).
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
      while [ -e "$FAKE/deaf-$image" ]; do sleep 0.1; done
      exit 1
    fi
    sleep 0.1
    [ ! -e "$FAKE/fail-$image" ] || { echo "Error: quota exceeded" >&2; exit 3; }
    version=$(echo "$*" | sed 's/.*version=\\([^ ]*\\).*/\\1/')
    [ -e "$FAKE/empty-$image" ] ||
      echo '{ "builds": [{ "artifact_id": "'$image-$version'", "packer_run_uuid": "1" }], "last_run_uuid": "1" }' > "$folder/manifest.json"
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
  readonly root = mkdtempSync(join(tmpdir(), 'workshop-'));
  private readonly fake = join(this.root, 'fake');
  private readonly bin = join(this.root, 'bin');

  constructor() {
    this.write('bin/packer', FAKE, 0o755);
    mkdirSync(this.fake);
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
