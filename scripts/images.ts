import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { Bake, keptOf } from '../packer/build/bake';
import { holds, writeFolder } from '../packer/build/folder';
import { type Interruption, interruption } from '../packer/build/interruption';
import { BakeLock } from '../packer/build/lock';
import { imageNames, imagesInUse, wanted } from '../packer/build/plan';
import { planReport, resultReport } from '../packer/build/report';
import { BakeState } from '../packer/build/state';
import { validate } from '../packer/build/validate';
import type { BakedImage } from '../packer/images/families';
import { committedSettings, SECTIONS, settingsOf } from '../packer/images/settings';
import type { Settings } from '../packer/images/spec';
import { UsageError } from '../rehearsal/runner/failure';
import { paintFor } from '../rehearsal/runner/format';
import { type CommandLine, command } from './support/command';
import { loadEstates } from './support/config';
import { confirmed } from './support/steps';

const HELP = `Bakes machine images with Packer.

  make images                     every image that is in use, each after the one that it starts from; asks first
  make images IMAGE=moshi-srv     one, or several: IMAGE='debian12-python3 moshi-srv'
  make images DRY_RUN=1           only says what it would bake
  make images YES=1               does not ask
  make images FRESH=1             also bakes again what an unfinished run has baked, as make bake does
  make images-validate            what Packer says of the specs, without an account: init, fmt -check, validate
  make images-hcl                 writes packer/generated, from the committed values, for review

A run that failed or was interrupted is gone on with by the same command, within a day: images that it has baked, of what they would
be made of now, are kept (.state/images.json). A package that was published in between is not in them: FRESH=1. Ctrl-C lets Packer
delete its machines; a second one, a second later at the least, ends it at once. One bake at a time: .state/images.lock.
Values of HCL variables can be given as PKR_VAR_<name>, for example PKR_VAR_moshi_version=0.2.0.

The same without make: npx tsx scripts/images.ts bake|validate|hcl [--image NAMES] [--dry-run] [--yes] [--fresh]
Exit code: 0 went well, 1 something failed, 2 not started, 130 interrupted.`;

/** What belongs to the repository is read from there; what is made goes to the working folder. */
const ROOT = join(__dirname, '..');
const SCRATCH = '.cache/images';
/** Beside it: a check must not write over what is being baked. */
const CHECKED = '.cache/images-validate';
const STATE = '.state/images.json';
const LOCK = '.state/images.lock';

command(
  HELP,
  async (line) => {
    const [action = 'bake', ...rest] = line.positionals;
    if (rest.length > 0) throw new UsageError(`${rest.join(' ')}: choose images with --image (IMAGE=)`);
    if (action === 'bake') return bake(line);
    if (action === 'validate') return check(line);
    if (action === 'hcl') return writeGolden(line);
    throw new UsageError(`${action}: expected bake, validate or hcl. See --help.`);
  },
  { image: 'value', fresh: 'flag' },
  { positionals: true },
);

async function bake(line: CommandLine): Promise<number> {
  const settings = configured();
  const chosen = wanted(namesOf(line, imagesInUse(settings)), settings, { root: ROOT, folder: resolve(SCRATCH) });
  const state = new BakeState(resolve(STATE));
  const kept = line.options.fresh ? new Map<BakedImage, string>() : keptOf(chosen, state, process.env);

  console.log(`${line.dryRun ? 'Would bake' : 'Bakes'}, on machines that cost money while they are there:\n\n${planReport(chosen, kept)}\n`);
  if (line.dryRun) {
    console.log('Nothing was baked (dry run).');
    return 0;
  }
  if (kept.size < chosen.length && !line.yes && !confirmed('Go ahead?')) {
    console.log('Nothing was baked.');
    return 1;
  }
  const { interrupt, kill } = listen();
  const lock = BakeLock.take(resolve(LOCK));
  try {
    if (line.options.fresh) state.finish(chosen.map(({ name }) => name));
    const world = { env: process.env, state, lock, scratch: resolve(SCRATCH), commit: commit(), progress: process.stderr, interrupt, kill };
    const results = await new Bake(chosen, world).run();
    console.log(resultReport(results, SCRATCH, paintFor(process.stdout, process.env)));
    if (interrupt.aborted) return 130;
    return results.every(({ outcome }) => outcome === 'baked' || outcome === 'kept') ? 0 : 1;
  } finally {
    lock.release();
  }
}

async function check(line: CommandLine): Promise<number> {
  const settings = configured();
  const chosen = wanted(namesOf(line, imageNames()), settings, { root: ROOT, folder: resolve(CHECKED) });
  const { interrupt, kill } = listen();
  const verdicts = await validate(chosen, resolve(CHECKED), { env: process.env, interrupt, kill });
  for (const { name, refused } of verdicts) {
    console.log(refused ? `${name}: ${refused.by} refuses it\n${refused.said.map((said) => `  ${said}`).join('\n')}` : `${name}: valid`);
  }
  if (interrupt.aborted) return 130;
  return verdicts.some(({ refused }) => refused) ? 1 : 0;
}

/** From the committed values alone: what is reviewed must not depend on who generates it. */
function writeGolden(line: CommandLine): number {
  const changed = wanted(imageNames(), committedSettings(), { root: ROOT, folder: 'packer/generated', withoutBuilt: true }).filter(
    ({ folder, files }) => !holds(folder, files),
  );
  for (const { folder, files } of changed) {
    if (!line.dryRun) writeFolder(folder, files);
    console.log(`${line.dryRun ? 'Would write' : 'Wrote'} ${folder}`);
  }
  if (changed.length === 0) console.log('Nothing to write: all is as it should be.');
  else console.log(line.dryRun ? '\nNothing was changed (dry run).' : '\nNext: review and commit it.');
  return 0;
}

function configured(): Settings {
  return settingsOf(loadEstates(SECTIONS));
}

function namesOf({ options: { image } }: CommandLine, otherwise: readonly BakedImage[]): readonly BakedImage[] {
  const known = imageNames();
  if (image === undefined) return otherwise;
  const asked = String(image)
    .split(/[\s,]+/)
    .filter(Boolean);
  if (asked.length === 0) throw new UsageError(`IMAGE= (--image) names none; there is ${known.join(', ')}`);
  const unknown = asked.filter((name) => !known.some((each) => each === name));
  if (unknown.length > 0) throw new UsageError(`no image ${unknown.join(', ')}; there is ${known.join(', ')}`);
  return known.filter((name) => asked.includes(name));
}

/** What the images' labels say: letters and digits only, so that a label can hold it. */
function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '-changed');
  } catch {
    return 'unknown'; // an archive of the repository, or no git
  }
}

/** From here on, what would end us ends Packer first. */
function listen(): Interruption {
  process.on('uncaughtException', () => {
    process.exitCode = 1;
  });
  return interruption(process, (text) => console.error(text));
}
