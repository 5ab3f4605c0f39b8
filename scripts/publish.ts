import { basename } from 'node:path';
import { command } from './support/command';
import { moshiConfig } from './support/config';
import { buildPackage, builtPackage, upload } from './support/package';
import { preparePythonTools } from './support/python';
import { serverSource } from './support/server-source';
import { carryOut } from './support/steps';

const HELP = `Builds the server's Python package and uploads it to the private repository. A version that is there already stays as it is.

  make publish                 asks before it uploads; YES=1 does not
  make publish BUILT=1         uploads what make build has built
  make publish DRY_RUN=1       only says what it would do
  make publish URL=http://...  to another repository; TWINE_USERNAME and TWINE_PASSWORD are its credential

The same without make: npx tsx scripts/publish.ts [--built] [--url URL] [--dry-run] [--yes]
The credential is gcloud's (make auth), through the keyring.`;

command(
  HELP,
  (line) => {
    const { project, region } = moshiConfig().shared;
    const url = String(line.options.url ?? `https://${region}-python.pkg.dev/${project}/pypi/`);
    const source = serverSource();
    const publish = () => {
      preparePythonTools();
      const files = line.options.built === true ? builtPackage() : buildPackage(source);
      const result = upload(files, url);
      const shown = files.map((file) => basename(file)).join(', ');
      console.log(result === 'published' ? shown : `${source.name} ${source.version} is published already and stays as it is. For another: make bump.`);
    };
    return carryOut([{ says: `upload ${source.name} ${source.version} to ${url}`, run: publish }], line, 'make bake, which installs it in a new image.');
  },
  { built: 'flag', url: 'value' },
);
