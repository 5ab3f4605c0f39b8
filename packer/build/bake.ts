import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inOrder } from '../../rehearsal/runner/order';
import type { Output } from '../../rehearsal/runner/progress';
import { Progress } from '../../rehearsal/runner/progress';
import type { BakedImage } from '../images/families';
import { writeFolder } from './folder';
import type { BakeLock } from './lock';
import { fingerprintOf, type Wanted } from './plan';
import { type PackerOptions, packer } from './program';
import type { BakeState } from './state';

/** Where images are baked and whom that tells. */
export interface World extends Pick<PackerOptions, 'env' | 'interrupt' | 'kill'> {
  /** Keeps what was baked. */
  readonly state: BakeState;
  /** Keeps others from baking here. */
  readonly lock: Pick<BakeLock, 'note'>;
  /** Folder for Packer's folders and logs. */
  readonly scratch: string;
  /** Commit of the repository, as a label may hold it. */
  readonly commit: string;
  readonly progress: Output;
}

/** How it went with one image. */
export interface Result {
  readonly name: BakedImage;
  readonly outcome: 'baked' | 'kept' | 'failed' | 'interrupted' | 'not started';
  /** The image's name, or why there is none. */
  readonly text: string;
  readonly seconds?: number;
  /** The end of what Packer said. */
  readonly said?: readonly string[];
}

const LAST_LINES = 15;

/** Bakes images after those that they start from, independent ones side by side. What an unfinished run has baked is kept. */
export class Bake {
  private readonly results = new Map<BakedImage, Result>();
  private readonly progress: Progress;

  constructor(
    private readonly images: readonly Wanted[],
    private readonly world: World,
  ) {
    this.progress = new Progress(world.progress);
  }

  /** Bakes what is missing. Rejects only when Packer cannot be run at all. */
  async run(): Promise<Result[]> {
    const kept = keptOf(this.images, this.world.state, this.world.env);
    for (const [name, image] of kept) this.results.set(name, { name, outcome: 'kept', text: image });
    const missing = this.images.filter(({ name }) => !kept.has(name));
    try {
      this.progress.begin('checking', missing.length);
      const sound = await this.check(missing);
      if (sound) await this.bakeAll(missing);
    } finally {
      this.progress.clear();
    }
    const results = this.images.map(({ name }) => this.results.get(name) ?? { name, outcome: 'not started' as const, text: '' });
    if (results.every(({ outcome }) => outcome === 'baked' || outcome === 'kept')) this.world.state.finish(results.map(({ name }) => name));
    return results;
  }

  /** Everything is checked before the first machine is started. */
  private async check(images: readonly Wanted[]): Promise<boolean> {
    for (const image of images) {
      writeFolder(image.folder, image.files);
      for (const phase of ['init', 'validate']) {
        this.progress.at(image.name, phase);
        const said: string[] = [];
        const code = await this.packer(image, [phase, image.folder], (line) => said.push(line));
        if (this.world.interrupt.aborted) return false;
        if (code !== 0) this.results.set(image.name, { name: image.name, outcome: 'failed', text: `packer ${phase}: exit code ${code}`, said });
        if (code !== 0) break;
      }
      this.progress.done(image.name, this.results.has(image.name) ? 'not usable' : 'valid');
    }
    return images.every(({ name }) => !this.results.has(name));
  }

  private async bakeAll(images: readonly Wanted[]): Promise<void> {
    const byName = new Map<string, Wanted>(images.map((image) => [image.name, image]));
    const needs = new Map<string, BakedImage[]>(images.map(({ name, base }) => [name, base ? [base] : []]));
    this.progress.begin('baking', images.length);
    const skipped = await inOrder(needs, images.length, async (name) => {
      if (this.world.interrupt.aborted) return false;
      const image = byName.get(name) as Wanted;
      const result = await this.bake(image).catch((error: Error): Result => ({ name: image.name, outcome: 'failed', text: error.message }));
      this.results.set(result.name, result);
      this.progress.done(name, `${result.outcome}${result.text && `: ${result.text}`}`);
      return result.outcome === 'baked';
    });
    for (const [name, need] of skipped) this.results.set(name as BakedImage, { name: name as BakedImage, outcome: 'not started', text: `needs ${need}` });
  }

  private async bake(image: Wanted): Promise<Result> {
    const { name, base } = image;
    const { state, commit, env, interrupt } = this.world;
    const started = performance.now();
    const parent = base && this.results.get(base)?.text;
    const values = { version: env.PKR_VAR_version || versionOf(new Date()), commit, ...(parent && { parent }) };
    const said: string[] = [];
    const args = ['build', ...Object.entries(values).flatMap(([key, value]) => ['-var', `${key}=${value}`]), image.folder];
    const code = await this.packer(image, args, (line) => {
      said.push(line);
      if (said.length > LAST_LINES) said.shift();
      const phase = phaseOf(line);
      if (phase) this.tell(name, phase);
    });
    const seconds = (performance.now() - started) / 1000;
    const made = code === 0 ? bakedImage(join(image.folder, 'manifest.json')) : undefined;
    if (made) {
      const madeFrom = parent ?? (base && state.last(base));
      state.record(name, { image: made, fingerprint: fingerprintOf(image, madeFrom, env), bakedAt: new Date().toISOString(), open: true });
      return { name, outcome: 'baked', text: made, seconds };
    }
    if (interrupt.aborted) return { name, outcome: 'interrupted', text: '', seconds };
    const text = code === 0 ? 'packer ended well, but its manifest names no image' : `packer build: exit code ${code}`;
    return { name, outcome: 'failed', text, seconds, said };
  }

  private async packer({ name }: Wanted, args: readonly string[], onLine: (line: string) => void): Promise<number> {
    const { scratch, lock } = this.world;
    mkdirSync(scratch, { recursive: true });
    try {
      return await packer(args, { ...this.world, log: logOf(scratch, name), onLine, onStart: (group) => lock.note(name, group) });
    } finally {
      lock.note(name, undefined);
    }
  }

  /** On a terminal the phase is part of the live line; elsewhere it is a line of its own, or a bake would be silent for minutes. */
  private tell(name: BakedImage, phase: string): void {
    if (this.world.progress.isTTY) this.progress.at(name, phase);
    else this.progress.say(`${name}: ${phase}`);
  }
}

/** Those of an unfinished run that need not be baked again. */
export function keptOf(images: readonly Wanted[], state: BakeState, env: NodeJS.ProcessEnv, now = new Date()): ReadonlyMap<BakedImage, string> {
  const kept = new Map<BakedImage, string>();
  for (const image of images) {
    const { name, base } = image;
    if (base && images.some((each) => each.name === base) && !kept.has(base)) continue;
    const parent = base && (kept.get(base) ?? state.last(base));
    const baked = state.kept(name, fingerprintOf(image, parent, env), now);
    if (baked) kept.set(name, baked.image);
  }
  return kept;
}

export function logOf(scratch: string, name: BakedImage): string {
  return join(scratch, `${name}.log`);
}

/** The last part of an image's name: the time, to the second. */
function versionOf(date: Date): string {
  return date.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
}

/** Packer's own headlines: `==> googlecompute.image: Creating instance...` */
function phaseOf(line: string): string | undefined {
  return /^==> googlecompute\.image: (.+)$/.exec(line)?.[1];
}

/** What Packer's manifest says that it made last. */
function bakedImage(manifest: string): string | undefined {
  if (!existsSync(manifest)) return undefined;
  const { builds = [], last_run_uuid: last } = manifestOf(manifest);
  return builds.find(({ packer_run_uuid: run }) => run === last)?.artifact_id;
}

function manifestOf(file: string): Manifest {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`packer ended well, but ${file} cannot be read: ${(error as Error).message}`);
  }
}

interface Manifest {
  readonly builds?: readonly { readonly artifact_id?: string; readonly packer_run_uuid?: string }[];
  readonly last_run_uuid?: string;
}
