import { type ImagesConfig, images } from '../config/images';
import { command } from './support/command';
import { loadEstates } from './support/config';

const HELP = `Prints the image that the server's image is built from: images.moshiBase of the config. make bake-base bakes it.

The same without make: npx tsx scripts/base-image.ts [--dry-run]`;

command(HELP, () => {
  console.log((loadEstates([images]).images as ImagesConfig).moshiBase);
  return 0;
});
