import { vulpineSchema, vulpineValues } from '../config/vulpine';
import { IMAGE_LOCK, lockedImages } from '../estates/vulpine/images';
import { command } from './support/command';
import { loadEstates } from './support/config';
import { digestOf } from './support/image-digest';
import { writeWhole } from './support/whole-file';

const HELP = `Looks up what the tags of vulpine's images are today, and writes their digests to ${IMAGE_LOCK}: that is what runs until the next time.
Needs network. An image without a digest deploys nothing.

  make vulpine-images-lock               all of shared.images in vulpine's config
  make vulpine-images-lock DRY_RUN=1     only says what would change

Exit code: 0 all are looked up, 1 some could not be, and keep the digest that they had.
The same without make: npx tsx scripts/vulpine-images-lock.ts [--dry-run]`;

command(HELP, async ({ dryRun }) => {
  const { vulpine } = loadEstates([{ name: 'vulpine', schema: vulpineSchema, values: vulpineValues }]) as {
    vulpine: { shared: { images: Record<string, string> } };
  };
  const before = lockedImages();
  const images = [...new Set(Object.values(vulpine.shared.images))].sort();
  const found = await Promise.all(images.map(lookUp));
  const after: Record<string, string> = {};
  for (const [i, image] of images.entries()) {
    const { digest, problem } = found[i] as Found;
    const kept = digest ?? before[image];
    if (kept !== undefined) after[image] = kept;
    console.log(`${image}  ${problem ?? (kept === before[image] ? 'as it was' : (kept as string))}`);
  }
  const text = `${JSON.stringify(after, null, 2)}\n`;
  const isSame = text === `${JSON.stringify(before, null, 2)}\n`;
  if (dryRun) console.log('\nNothing was written (dry run).');
  else if (!isSame) {
    writeWhole(IMAGE_LOCK, text);
    console.log(`\n${IMAGE_LOCK} is written. Next: review the difference, commit it, and make deploy STACKS='vulpine-containers-prod'`);
  }
  return found.some(({ problem }) => problem !== undefined) ? 1 : 0;
});

interface Found {
  readonly digest?: string;
  readonly problem?: string;
}

async function lookUp(image: string): Promise<Found> {
  try {
    return { digest: await digestOf(image) };
  } catch (error) {
    const { message, cause } = error as Error;
    return { problem: `not looked up: ${cause instanceof Error ? cause.message : message}` };
  }
}
