import { basename } from 'node:path';
import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';
import { moshiConfig } from './support/config';
import { buildPackage, builtPackage, upload } from './support/package';
import { preparePythonTools } from './support/python';
import { serverSource } from './support/server-source';
import { carryOut } from './support/steps';
import { givenUrl } from './support/url';

const HELP = `Builds the server's Python package and uploads it to the private repository. What is there already stays as it is.

  make publish                 asks before it uploads; YES=1 does not
  make publish BUILT=1         uploads what make build has built of this version
  make publish DRY_RUN=1       only says what it would do
  make publish URL=http://...  to another repository; TWINE_USERNAME and TWINE_PASSWORD are its credential

The same without make: npx tsx scripts/publish.ts [--built] [--url URL] [--dry-run] [--yes]
The credential is gcloud's (make auth), through the keyring.`;

command(
  HELP,
  (line) => {
    const { project, region } = moshiConfig().shared;
    const url = withoutCredential(String(line.options.url ?? `https://${region}-python.pkg.dev/${project}/pypi/`));
    const source = serverSource();
    const built = line.options.built === true ? builtPackage(source) : undefined;
    const publish = () => {
      preparePythonTools();
      const results = (built ?? buildPackage(source)).map((file) => {
        const result = upload(file, url);
        console.log(`  ${basename(file)}: ${result === 'published' ? 'published' : 'there already, stays as it is'}`);
        return result;
      });
      if (!results.includes('published')) console.log(`${source.name} ${source.version} is published already and stays as it is. For another: make bump.`);
    };
    return carryOut([{ says: `upload ${source.name} ${source.version} to ${url}`, run: publish }], line, 'make bake, which installs it in a new image.');
  },
  { built: 'flag', url: 'value' },
);

/** Messages and other processes show it. */
function withoutCredential(url: string): string {
  const { username, password } = givenUrl(url, 'https://pypi.example.org/legacy/');
  if (username || password) throw new UsageError('URL= (--url) holds a credential, which everybody would see: use TWINE_USERNAME and TWINE_PASSWORD');
  return url;
}
