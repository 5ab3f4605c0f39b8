import { command } from './support/command';
import { moshiConfig } from './support/config';
import { gcloud, googleAccount } from './support/tool';

const HELP = `Prints what pip and twine need to know of the private package repository: sections for pip.conf and .pypirc. Changes nothing.

  make pypi-config

The same without make: npx tsx scripts/pypi-config.ts [--dry-run]`;

command(HELP, ({ dryRun }) => {
  const { project, region } = moshiConfig().shared;
  const args = ['artifacts', 'print-settings', 'python', `--project=${project}`, '--repository=pypi', `--location=${region}`];
  if (dryRun) {
    console.log(`Would run: gcloud ${args.join(' ')}`);
    return 0;
  }
  googleAccount();
  console.log(gcloud.write(args).trim());
  // not to standard output, which may be on its way into a file
  console.error('\nNext: put these into ~/.pypirc and ~/.config/pip/pip.conf, and make auth-install, so that pip and twine find your credentials.');
  return 0;
});
