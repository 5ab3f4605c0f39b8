import { mergePatch } from '../../../config/merge';
import type { FirstDeploy } from '../../../constructs/core/first-deploy';
import type { Environment } from '../../../constructs/core/naming';
import type { Need } from '../../../constructs/core/need';
import { estates } from '../../../estates/index';
import { paid } from './bench';
import type { UpState } from './world';

/** An estate to take up. */
export interface Case {
  readonly name: string;
  readonly environment: Environment;
  readonly override?: object;
  /** Of the world, before the first step. */
  readonly before: (state: UpState) => void;
}

const HMAC = { prod: { webhook: { auth: 'hmac', callers: null, reason: 'The callers are machines of somebody else' } } };

export const CASES: readonly Case[] = [
  { name: 'docker-worker', environment: 'prod', override: HMAC, before: ({ projects }) => Object.assign(projects, { 'docker-worker': paid() }) },
  { name: 'moshi', environment: 'dev', before: ({ projects }) => Object.assign(projects, { 'moshi-3': { ...paid(), billing: false } }) },
  { name: 'filmlinkd', environment: 'dev', before: ({ projects }) => Object.assign(projects, { filmlinkd: paid() }) },
  {
    name: 'egf2',
    environment: 'prod',
    override: { shared: { sources: { job: { commit: 'a'.repeat(40) } } } },
    before: (state) => Object.assign(state, { awsAccount: '123456789012' }),
  },
  {
    name: 'vulpine',
    environment: 'prod',
    override: { prod: { admins: { sshKeys: [`ssh-ed25519 ${'A'.repeat(68)}`] } } },
    before: (state) => Object.assign(state, { awsAccount: '123456789012', env: { LINODE_TOKEN: 'x' } }),
  },
];

/** An estate's steps, and what they need. */
export function deployOf({ name, environment, override = {} }: Case): FirstDeploy & { readonly needs: readonly Need[] } {
  const estate = estates.find((one) => one.name === name);
  const config = estate?.schema.parse(mergePatch(estate.values, override));
  if (!estate?.firstDeploy || !estate.needs) throw new Error(`${name} has no first deployment`);
  return { ...estate.firstDeploy(config, environment), needs: estate.needs(config) };
}

/** What the make targets of the steps do that Terraform does not. */
export function effectsOf({ steps, needs }: ReturnType<typeof deployOf>): UpState['effects'] {
  const pushed = needs.flatMap((need) =>
    need.kind === 'container-image' ? [{ project: need.project, place: `${need.region}/${need.repository}`, image: `${need.image}@${need.tag}` }] : [],
  );
  const checks = steps.flatMap(({ done, does }) => done.map((check) => ({ check, does })));
  const keys = checks.flatMap(({ check }) => (check.kind === 'keys' ? [check] : []));
  // by then as well as it gets: no other step may take that for its own
  const certified = checks.flatMap(({ check, does }) => (check.kind === 'answers' && does.kind === 'commands' ? [[check.url, 200] as const] : []));
  return {
    'filmlinkd-deliver': { pushed },
    'github-secrets': {},
    ssh: { answers: Object.fromEntries(certified) },
    ...(keys[0] && {
      'vulpine-images-lock': {
        file: { path: keys[0].file, text: JSON.stringify(Object.fromEntries(keys[0].keys.map((key) => [key, `sha256:${'a'.repeat(64)}`]))) },
      },
    }),
  };
}

/** What the steps run, each once. */
export function expectedOf({ steps }: FirstDeploy): string[] {
  return steps.flatMap(({ does }) => {
    if (does.kind === 'person') return [];
    if (does.kind === 'commands') return [...does.lines];
    return [['make', does.target, ...Object.entries(does.values).map(([name, value]) => `${name}=${value}`), 'YES=1'].join(' ')];
  });
}
