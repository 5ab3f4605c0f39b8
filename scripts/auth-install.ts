import { command } from './support/command';
import { preparePythonTools, pythonToolsReady } from './support/python';
import { carryOut } from './support/steps';

const HELP = `Installs what builds and publishes Python packages, with the plugin that takes the credentials from gcloud's login, in a virtual
environment of this repository (.cache/python). make build and make publish do it by themselves.

  make auth-install

The same without make: npx tsx scripts/auth-install.ts [--dry-run] [--yes]`;

command(HELP, (line) =>
  carryOut(
    pythonToolsReady() ? [] : [{ says: 'install build, twine and the keyring plugin of Artifact Registry in .cache/python', run: preparePythonTools }],
    { ...line, yes: true }, // a folder of our own, which make clean removes
    'make auth when you are not logged in, then make publish.',
  ),
);
