import type { MoshiConfig } from '../../../config/moshi';
import { AUTH, CHECKOUT, SETUP_GCLOUD, SETUP_NODE, SETUP_PACKER, SETUP_PYTHON } from './actions';

type Github = MoshiConfig['shared']['github'];

export interface WorkflowProps extends Pick<Github, 'branch' | 'environment' | 'operations'> {
  /** The override file that `make` runs with, from the folder of the operations. */
  readonly settings: string;
}

interface JobProps {
  readonly name: string;
  readonly needs?: string;
  /** Without it the job runs whenever the workflow does. */
  readonly when?: string;
  readonly environment?: string;
  /** Secret that names the account it acts as. */
  readonly account: string;
  /** Programs beside Node. */
  readonly tools?: readonly object[];
  /** What runs before the job has an account, because it runs other people's code: the account's file lies in the checkout. @default installing packages */
  readonly first?: readonly string[];
  /** Programs that look for the account when they are set up. */
  readonly toolsOfAccount?: readonly object[];
  readonly minutes: number;
  readonly commands: readonly string[];
}

/** GitHub's workflow, as data: publish, bake, roll development; production when somebody asks for it and a reviewer approves. */
export function workflow({ branch, environment, operations, settings }: WorkflowProps): object {
  const onBranch = `github.ref == 'refs/heads/${branch}'`;
  return {
    name: 'moshi',
    on: {
      push: { branches: [branch.replace(/[*?+[\]!]/g, '\\$&')] }, // it is a pattern here
      workflow_dispatch: {
        inputs: { production: { description: "Replace production's machines too, once a reviewer approves", type: 'boolean', default: false } },
      },
    },
    permissions: {}, // each job names its own
    env: { ESTATES_CONFIG: settings },
    defaults: { run: { 'working-directory': operations } },
    jobs: jobs({
      publish: {
        name: 'Publish the package',
        when: onBranch,
        tools: [{ uses: SETUP_PYTHON, with: { 'python-version': '3.11' } }],
        first: ['make build ESTATE=moshi'],
        account: 'ARTIFACT_WRITER_EMAIL',
        minutes: 15,
        commands: ['make publish BUILT=1 YES=1'],
      },
      bake: {
        name: 'Bake the image',
        needs: 'publish',
        account: 'SA_EMAIL',
        tools: [{ uses: SETUP_PACKER, with: { version: '1.12.0' } }],
        minutes: 60,
        commands: ['make bake YES=1'],
      },
      'roll-dev': {
        name: 'Replace the machines of development',
        needs: 'bake',
        account: 'ROLL_DEV_EMAIL',
        toolsOfAccount: [{ uses: SETUP_GCLOUD }],
        minutes: 30,
        commands: ['make cycle ENV=dev YES=1', 'make healthcheck ENV=dev'],
      },
      'roll-prod': {
        name: 'Replace the machines of production',
        needs: 'roll-dev',
        when: 'inputs.production',
        environment,
        account: 'ROLL_PROD_EMAIL',
        toolsOfAccount: [{ uses: SETUP_GCLOUD }],
        minutes: 30,
        commands: ['make cycle ENV=prod YES=1', 'make healthcheck ENV=prod'],
      },
    }),
  };
}

function jobs(props: Readonly<Record<string, JobProps>>): object {
  return Object.fromEntries(Object.entries(props).map(([id, each]) => [id, job(id, each)]));
}

function job(
  id: string,
  { name, needs, when, environment, tools = [], first = ['make install'], account, toolsOfAccount = [], minutes, commands }: JobProps,
): object {
  return {
    name,
    ...(needs && { needs }),
    ...(when && { if: when }),
    'runs-on': 'ubuntu-24.04',
    'timeout-minutes': minutes,
    ...(environment && { environment }),
    // One bake, one roll at a time, and none cut off half done. Not one for all: what waits for an approval would hold up everything else.
    concurrency: { group: `moshi-${id}`, 'cancel-in-progress': false },
    permissions: { contents: 'read', 'id-token': 'write' },
    steps: [
      { uses: CHECKOUT, with: { submodules: true, 'persist-credentials': false } },
      { uses: SETUP_NODE, with: { 'node-version': 20 } },
      ...tools,
      ...steps(first),
      {
        uses: AUTH,
        with: { workload_identity_provider: '${{ secrets.PROVIDER_NAME }}', service_account: `\${{ secrets.${account} }}` },
      },
      ...toolsOfAccount,
      ...steps(commands),
    ],
  };
}

function steps(commands: readonly string[]): object[] {
  return commands.map((run) => ({ run }));
}
