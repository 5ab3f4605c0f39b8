import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';
import { moshiConfig } from './support/config';
import { SECRETS, secretsOf } from './support/github-secrets';
import { carryOut } from './support/steps';
import { gcloud, gh, googleAccount } from './support/tool';

const HELP = `How GitHub Actions gets into Google Cloud. The default needs no token at all: the workflow's own identity is exchanged for one
that lives an hour. For those who cannot use that, --key-file makes a key of the account artifact-writer, which lives until somebody
deletes it, and puts it straight into the repository's secret: it touches no disk, and no other process sees it. With it a job can
publish, and nothing else; the workflow that make delivery writes does not use it: write a job of your own. Baking and rolling stay with
you (make bake, make cycle).

  make gha-access-token                        says whether the keyless way is set up, and what is missing
  make gha-access-token KEY_FILE=1             a key instead, in the secret GCP_SA_KEY; asks first
  make gha-access-token KEY_FILE=1 REPLACE=1   a new key in its place; every other key of the account is deleted afterwards
  DRY_RUN=1 only says what it would do; YES=1 does not ask

The same without make: npx tsx scripts/gha-access-token.ts [--key-file] [--replace] [--dry-run] [--yes]`;

const SECRET = 'GCP_SA_KEY';
const USE = `in a workflow of your own, use ${SECRET} as credentials_json of google-github-actions/auth, and run make publish`;

command(
  HELP,
  (line) => {
    const { project, github } = moshiConfig().shared;
    const present = secretsOf(github.repository);
    const hasKey = present.has(SECRET);
    if (line.options['key-file'] !== true) {
      const missing = SECRETS.filter((name) => !present.has(name));
      console.log(
        missing.length === 0
          ? 'Keyless: GitHub Actions needs no token, and none is kept anywhere.'
          : `GitHub Actions needs no token: the keyless way is not set up yet, secrets are missing: ${missing.join(', ')}.`,
      );
      console.log(`\nNext: ${missing.length === 0 ? 'push, or make publish.' : 'make github-secrets'}`);
      return 0;
    }

    googleAccount();
    const account = `artifact-writer@${project}.iam.gserviceaccount.com`;
    const listed = ['iam', 'service-accounts', 'keys', 'list', `--iam-account=${account}`, '--managed-by=user', `--project=${project}`, '--format=json'];
    const keys = gcloud.read<{ name: string }[]>(...listed);
    if (!keys) throw new UsageError(`There is no account ${account}: run make deploy STACKS='moshi-github-shared' first`);
    console.warn(`Warning: a key works for whoever has it, from anywhere, until it is deleted. The keyless way has none: make github-secrets.\n`);
    const replace = line.options.replace === true;
    const idOf = ({ name }: { name: string }) => name.slice(name.lastIndexOf('/') + 1);
    const ids = keys.map(idOf);
    const others = `${ids.join(', ')}: REPLACE=1 makes a new key and deletes all others`;
    if (hasKey && ids.length > 1 && !replace)
      throw new UsageError(`${account} has ${ids.length} keys, and each of them works; the secret ${SECRET} holds one. They are ${others}.`);
    if (hasKey && ids.length > 0 && !replace) return carryOut([], line, `${USE}. REPLACE=1 makes a new key.`);
    if (ids.length > 0 && !replace) console.warn(`Keys that somebody made before stay valid: ${others}.\n`);
    const remove = (key: string) =>
      gcloud.write(['iam', 'service-accounts', 'keys', 'delete', key, `--iam-account=${account}`, `--project=${project}`, '--quiet']);
    return carryOut(
      [
        {
          says: `make a key of ${account} and put it into the secret ${SECRET} of ${github.repository}`,
          run: () => {
            const key = gcloud.write(['iam', 'service-accounts', 'keys', 'create', '-', `--iam-account=${account}`, `--project=${project}`]);
            try {
              gh.write(['secret', 'set', SECRET, `--repo=${github.repository}`], key);
            } catch (error) {
              remove((JSON.parse(key) as { private_key_id: string }).private_key_id); // nobody has it: it must not stay valid
              throw error;
            }
          },
        },
        ...(replace ? ids : []).map((id) => ({ says: `delete the key ${id}, which the new one replaces`, run: () => remove(id) })),
      ],
      line,
      `${USE}, and replace it every 90 days: the same command with REPLACE=1.`,
    );
  },
  { 'key-file': 'flag', replace: 'flag' },
);
