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
  /** What runs before the job has an account: the account's file lies in the checkout, where a package could take it along. @default nothing */
  readonly first?: { readonly tools: readonly object[]; readonly commands: readonly string[] };
  /** Programs beside Node: set up after the account, which some of them look for. */
  readonly tools: readonly object[];
  readonly minutes: number;
  readonly commands: readonly string[];
}

/** GitHub's workflow, as data: publish, bake, roll development; production when somebody asks for it and a reviewer approves. */
export function workflow({ branch, environment, operations, settings }: WorkflowProps): object {
  const onBranch = `github.ref == 'refs/heads/${branch}'`;
  return {
    name: 'moshi',
    on: {
      push: { branches: [branch] },
      workflow_dispatch: {
        inputs: { production: { description: "Replace production's machines too, once a reviewer approves", type: 'boolean', default: false } },
      },
    },
    permissions: {}, // each job names its own
    concurrency: { group: 'moshi-delivery', 'cancel-in-progress': false }, // a bake or a roll that is cut off leaves things half done
    env: { ESTATES_CONFIG: settings },
    defaults: { run: { 'working-directory': operations } },
    jobs: {
      publish: job({
        name: 'Publish the package',
        when: onBranch,
        first: { tools: [{ uses: SETUP_PYTHON, with: { 'python-version': '3.11' } }], commands: ['make build ESTATE=moshi'] },
        account: 'ARTIFACT_WRITER_EMAIL',
        tools: [],
        minutes: 15,
        commands: ['make publish BUILT=1 YES=1'],
      }),
      bake: job({
        name: 'Bake the image',
        needs: 'publish',
        account: 'SA_EMAIL',
        tools: [{ uses: SETUP_PACKER, with: { version: '1.12.0' } }],
        minutes: 60,
        commands: ['make bake YES=1'],
      }),
      'roll-dev': job({
        name: 'Replace the machines of development',
        needs: 'bake',
        account: 'ROLL_DEV_EMAIL',
        tools: [{ uses: SETUP_GCLOUD }],
        minutes: 30,
        commands: ['make cycle ENV=dev YES=1', 'make healthcheck ENV=dev'],
      }),
      'roll-prod': job({
        name: 'Replace the machines of production',
        needs: 'roll-dev',
        when: 'inputs.production',
        environment,
        account: 'ROLL_PROD_EMAIL',
        tools: [{ uses: SETUP_GCLOUD }],
        minutes: 30,
        commands: ['make cycle ENV=prod YES=1', 'make healthcheck ENV=prod'],
      }),
    },
  };
}

function job({ name, needs, when, environment, first, account, tools, minutes, commands }: JobProps): object {
  return {
    name,
    ...(needs && { needs }),
    ...(when && { if: when }),
    'runs-on': 'ubuntu-24.04',
    'timeout-minutes': minutes,
    ...(environment && { environment }),
    permissions: { contents: 'read', 'id-token': 'write' },
    steps: [
      { uses: CHECKOUT, with: { submodules: true, 'persist-credentials': false } },
      { uses: SETUP_NODE, with: { 'node-version': 20 } },
      ...(first ? [...first.tools, ...steps(first.commands)] : []),
      {
        uses: AUTH,
        with: { workload_identity_provider: '${{ secrets.PROVIDER_NAME }}', service_account: `\${{ secrets.${account} }}` },
      },
      ...tools,
      ...steps(commands),
    ],
  };
}

function steps(commands: readonly string[]): object[] {
  return commands.map((run) => ({ run }));
}
