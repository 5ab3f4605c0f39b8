import { mergePatch } from '../../../config/merge';
import type { Need } from '../../../constructs/core/need';
import bigData from '../../../estates/egf2/variants/bigData.json';
import { estates } from '../../../estates/index';
import kubernetes from '../../../estates/vulpine/variants/kubernetes.json';
import { synthEstate } from '../synth';
import type { CloudState } from './project';

/** An estate with some config: what it needs, its stacks, and what commands of its own do in the stand-in cloud. */
export interface Case {
  readonly title: string;
  readonly estate: string;
  readonly needs: readonly Need[];
  readonly stacks: ReadonlyMap<string, string>;
  readonly commands?: Readonly<Record<string, (state: CloudState) => void>>;
}

/** A real estate, with `override` over its values. */
export function caseOf(estate: string, title = 'as it is', override: object = {}): Case {
  const found = estates.find(({ name }) => name === estate);
  if (!found?.needs) throw new Error(`${estate} declares no needs`);
  const needs = found.needs(found.schema.parse(mergePatch(found.values, override)));
  return { title: `${estate}, ${title}`, estate, needs, stacks: synthEstate(estate, override), commands: deliveries(needs) };
}

/** What the estates' own delivery commands do: push the images that name them, if there is a registry. */
function deliveries(needs: readonly Need[]): NonNullable<Case['commands']> {
  const commands: Record<string, (state: CloudState) => void> = {};
  for (const need of needs) {
    const command = need.kind === 'container-image' && need.deliver.findLast((line) => line.startsWith('make '));
    if (!command) continue;
    const before = commands[command];
    commands[command] = (state) => {
      before?.(state);
      const registry = state.projects[need.project]?.registries[`${need.region}/${need.repository}`];
      if (!registry) throw new Error(`there is no repository ${need.repository}`);
      registry.push(`${need.image}@${need.tag}`);
    };
  }
  return commands;
}

/** Of an image in somebody else's registry, which no command of ours makes. */
export const DIGEST = `sha256:${'a'.repeat(64)}`;

const HMAC = { prod: { webhook: { auth: 'hmac', callers: null, reason: 'The callers are machines of somebody else' } } };

/** What nobody can mend by a command. */
const OWN_JOB = { sources: { job: { commit: 'a'.repeat(40) } } };

/** Every estate, in every way that changes what it needs. */
export const REAL_CASES: readonly Case[] = [
  ...estates.filter(({ name, needs }) => needs && name !== 'egf2').map(({ name }) => caseOf(name)),
  caseOf('egf2', 'with a source of its own', { shared: OWN_JOB }),
  caseOf('docker-worker', 'with a signed web hook, a pinned image, an image by digest and its state at Google', {
    ...HMAC,
    shared: { backend: { type: 'gcs', bucket: 'our-states' } },
    prod: {
      ...HMAC.prod,
      image: 'docker-worker-20260101-000000',
      tasks: {
        second: {
          image: `europe-docker.pkg.dev/our-tools/others/tools/clean@${DIGEST}`,
          machineType: 'e2-small',
          diskGb: 10,
          provisioning: 'spot',
          maxMinutes: 5,
        },
        third: { image: 'busybox:1', machineType: 'e2-small', diskGb: 10, provisioning: 'spot', maxMinutes: 5 },
      },
    },
  }),
  caseOf('egf2', 'with big data, in an account, its state at Amazon', {
    shared: { accountId: '210987654321', backend: { type: 's3', bucket: 'our-states', region: 'us-east-1' }, ...OWN_JOB },
    prod: { mode: 'bigData', members: bigData.egf2.prod.members },
  }),
  caseOf('vulpine', 'in a cluster', kubernetes.vulpine),
  caseOf('moshi', 'with its state at Amazon, and one image for both environments', {
    shared: { backend: { type: 's3', bucket: 'our-states', region: 'eu-central-1' } },
    dev: { server: { image: { family: null, name: 'moshi-srv-0-1-0' } } },
  }),
];

/** The estate that Cloud Build delivers: a repository that somebody must consent to, images of two environments, several secrets. */
export const FILMS: Case = caseOf('filmlinkd');
