import { isRecord, same, type Value, type Values } from '../provider/values';
import type { Cloud, CloudObject } from './cloud';
import { IDENTITIES } from './identities';
import { imageProblem } from './images';
import { policyDocument } from './policy-document';
import { hex, lastSegment, projectNumber, type Site, scope } from './site';

/** Data sources that answer from the provider's configuration or their arguments; the rest finds objects or makes answers up. */
const COMPUTE: Readonly<Record<string, (config: Values, site: Site) => Values>> = {
  google_project: (config, site) => {
    const project = String(config.project_id ?? site.config.project ?? '');
    return { id: `projects/${project}`, project_id: project, number: projectNumber(project), name: project };
  },
  google_client_config: (_, { config }) => ({
    project: config.project ?? null,
    region: config.region ?? null,
    zone: config.zone ?? null,
    access_token: 'ya29.rehearsal',
  }),
  google_iam_policy: ({ binding }) => ({ id: 'policy', policy_data: JSON.stringify({ bindings: binding }) }),
  google_compute_zones: ({ region }, { config }) => ({ names: ['a', 'b', 'c'].map((zone) => `${region ?? config.region}-${zone}`) }),
  google_storage_project_service_account: ({ project }, { config }) => serviceAgent(project ?? config.project ?? '', 'gs-project-accounts'),
  aws_availability_zones: (_, site) => ({
    id: scope('@region', site),
    names: ['a', 'b', 'c'].map((zone) => `${scope('@region', site)}${zone}`),
    zone_ids: [1, 2, 3].map((zone) => `${scope('@region', site)}-az${zone}`),
  }),
  aws_caller_identity: (_, site) => ({
    id: scope('@account', site),
    account_id: scope('@account', site),
    arn: `arn:aws:iam::${scope('@account', site)}:user/rehearsal`,
    user_id: 'AIDAREHEARSAL',
  }),
  aws_iam_policy_document: (config) => {
    const json = policyDocument(config);
    return { id: hex(10, json), json, minified_json: JSON.stringify(JSON.parse(json)) };
  },
  aws_partition: () => ({ id: 'aws', partition: 'aws', dns_suffix: 'amazonaws.com', reverse_dns_prefix: 'com.amazonaws' }),
  aws_region: ({ name }, site) => {
    const region = String(name ?? scope('@region', site));
    return { id: region, name: region, endpoint: `ec2.${region}.amazonaws.com`, description: region };
  },
};

/** Looked up by name, and there without anybody making them. */
const PREINSTALLED: Readonly<Record<string, RegExp>> = {
  aws_iam_policy: /./, // AWS manages more than a thousand
  aws_kms_alias: /^alias\/aws\//,
  aws_ssm_parameter: /^\/aws\//,
  docker_network: /^(bridge|host|none)$/,
  google_compute_network: /^default$/,
  google_compute_subnetwork: /^default$/,
};

function serviceAgent(project: Value, agent: string): Values {
  const email = `service-${projectNumber(lastSegment(String(project)))}@${agent}.iam.gserviceaccount.com`;
  return { id: email, email_address: email, member: `serviceAccount:${email}` };
}

export type Answer = { readonly values: Values } | { readonly problem: string };

/** What the data source yields for attributes that config leaves open; those it does not mention are for the stand-ins. */
export function readData(type: string, config: Values, site: Site, cloud: Cloud): Answer {
  const compute = COMPUTE[type];
  if (compute) return { values: compute(config, site) };
  if (type === 'google_compute_image') return image(config, cloud);
  const found = cloud.find(type, (state) => fits(type, config, state, site))[0];
  if (found) return { values: found.state };
  const by = IDENTITIES[type]?.by ?? [];
  const name = config[by.at(-1) ?? ''];
  if (typeof name !== 'string' || PREINSTALLED[type]?.test(name) || isElsewhere(config, site, cloud)) return { values: {} };
  const asked = by.filter((argument) => typeof config[argument] === 'string');
  return {
    problem: `no ${type} with ${asked.map((argument) => `${argument} ${JSON.stringify(config[argument])}`).join(', ')}; there is ${list(cloud.find(type))}`,
  };
}

function image(config: Values, cloud: Cloud): Answer {
  const project = typeof config.project === 'string' ? `projects/${config.project}/` : '';
  const wanted = config.family ? `${project}global/images/family/${config.family}` : `${project}global/images/${config.name}`;
  const problem = config.filter ? undefined : imageProblem(wanted, cloud);
  return problem ? { problem } : { values: {} };
}

/** Every argument given for the lookup is the object's own. */
function fits(type: string, config: Values, state: Values, site: Site): boolean {
  const given = Object.entries(config).filter(([name, value]) => value !== null && name in state && !(Array.isArray(value) && value.length === 0));
  if (type.startsWith('google_') && config.project === null && typeof state.project === 'string' && state.project !== site.config.project) return false;
  return given.length > 0 && given.every(([name, value]) => isPart(value, state[name] ?? null) || (name === 'account_id' && value === state.email));
}

function isPart(asked: Value, own: Value): boolean {
  if (isRecord(asked) && isRecord(own)) return Object.entries(asked).every(([name, value]) => same(value, own[name] ?? null));
  return same(asked, own) || (typeof asked === 'string' && typeof own === 'string' && lastSegment(asked) === lastSegment(own));
}

/** In a project that the cloud holds nothing of: somebody else's, taken on trust. */
function isElsewhere({ project }: Values, site: Site, cloud: Cloud): boolean {
  return typeof project === 'string' && project !== site.config.project && !cloud.objects().some(({ state }) => state.project === project);
}

function list(objects: readonly CloudObject[]): string {
  return objects.map(({ key }) => key).join(', ') || 'none';
}
