import { command } from './support/command';
import { carryOut, type Step } from './support/steps';
import { gcloud } from './support/tool';

const HELP = `Logs you in at Google Cloud: gcloud itself, and what Terraform, Packer and Python find (application default credentials).

  make auth               opens the browser for what is missing

The same without make: npx tsx scripts/auth.ts [--dry-run] [--yes]`;

command(HELP, (line) => {
  const [active] = gcloud.read<{ account: string }[]>('auth', 'list', '--filter=status:ACTIVE', '--format=json') ?? [];
  if (active) console.log(`gcloud acts as ${active.account}.`);
  const login = (says: string, ...args: string[]): Step => ({ says, run: () => gcloud.talk(...args) });
  return carryOut(
    [
      ...(active ? [] : [login('log gcloud in', 'auth', 'login')]),
      ...(gcloud.succeeds('auth', 'application-default', 'print-access-token', '--quiet')
        ? []
        : [login('log in what Terraform, Packer and Python use', 'auth', 'application-default', 'login')]),
    ],
    line,
    'make preflight, which says what else is missing.',
  );
});
