import type { CloudState, Project } from './project';
import { newProject } from './project';

/** What a program printed, and how it ended. */
export interface Printed {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const print = (value?: unknown): Printed => ({ status: 0, stdout: value === undefined ? '' : JSON.stringify(value), stderr: '' });
export const fail = (stderr: string): Printed => ({ status: 1, stdout: '', stderr: `ERROR: (gcloud) ${stderr}\n` });

const gone = (what: string) => fail(`NOT_FOUND: ${what} not found. This command is authenticated as me@example.org`);
const refused = (what: string) => fail(`PERMISSION_DENIED: Permission '${what}' denied on resource (or it may not exist).`);
const off = (api: string) =>
  fail(
    `PERMISSION_DENIED: The API has not been used in project 7 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/${api}/overview?project=7 then retry.\n- '@type': type.googleapis.com/google.rpc.ErrorInfo`,
  );

/** The API that a command talks to. */
const APIS: readonly (readonly [RegExp, string])[] = [
  [/^compute /, 'compute'],
  [/^secrets /, 'secretmanager'],
  [/^builds /, 'cloudbuild'],
  [/^artifacts /, 'artifactregistry'],
];

/** Call by call what gcloud does to `state`, in its own words where the scripts read them. */
export function gcloud(args: readonly string[], input: string, state: CloudState): Printed {
  const text = args.join(' ');
  const options = new Map(args.filter((arg) => arg.startsWith('--')).map((arg) => [arg.slice(2).split('=', 1)[0], arg.split('=').slice(1).join('=')]));
  const option = (name: string) => options.get(name) ?? '';
  const words = args.filter((arg) => !arg.startsWith('--'));
  const is = (start: string) => text.startsWith(start);

  if (is('auth list')) return print(state.account ? [{ account: state.account }] : []);
  if (is('auth application-default print-access-token')) return state.adc ? print('TOKEN') : fail('There was a problem: no credentials');
  if (is('auth configure-docker')) return print();
  if (!state.account) return fail('You do not currently have an active account selected. Please run: $ gcloud auth login');
  if (state.denied.some((start) => is(start))) return refused(words.join('.'));
  if (is('storage')) return storage(words, args, state);
  if (is('billing accounts list')) return print([{ name: 'billingAccounts/0A', displayName: 'Ours', open: true }]);
  if (is('projects create')) {
    state.projects[words[2] as string] = newProject();
    return print();
  }
  const name = option('project') || (is('billing') ? words[3] : words[2]) || '';
  const project = state.projects[name];
  if (!project) return fail(`[me@example.org] does not have permission to access projects instance [${name}] (or it may not exist)`);
  if (is('projects describe')) return print({ projectId: name, projectNumber: '7', lifecycleState: 'ACTIVE' });
  if (is('projects add-iam-policy-binding')) return print();
  if (is('billing projects describe')) return print({ billingEnabled: project.billing });
  if (is('billing projects link')) {
    project.billing = true;
    return print();
  }
  if (is('services list')) return print(project.services.map((service) => ({ config: { name: service } })));
  if (is('services enable')) {
    if (!project.billing) return fail(`FAILED_PRECONDITION: Billing account for project '7' is not found.`);
    project.services.push(...words.slice(2));
    return print();
  }
  const api = APIS.find(([pattern]) => pattern.test(text))?.[1];
  if (api !== undefined && !project.services.includes(`${api}.googleapis.com`)) return off(`${api}.googleapis.com`);
  if (is('compute images')) return images(words, project, name, option('state'));
  if (is('secrets versions')) return secretVersions(words, project, input, option('secret'), option('filter'));
  if (is('builds')) return builds(words, project, option('connection'), option('remote-uri'));
  if (is('artifacts')) return artifacts(words, project, `${option('location')}/${option('repository')}`, option('package'), option('filter'));
  return fail(`the stand-in gcloud does not know: ${text}`);
}

function storage(words: readonly string[], args: readonly string[], state: CloudState): Printed {
  const bucket = (words[3] ?? '').replace('gs://', '');
  const flags = args.filter((arg) => /^--(public|uniform|versioning|soft)/.test(arg));
  if (words[2] === 'create') {
    if (flags.includes('--versioning')) return fail('unrecognized arguments: --versioning');
    state.buckets.push(bucket);
    state.bucketFacts = { ...state.bucketFacts, [bucket]: [] };
  }
  if (!state.buckets.includes(bucket)) return fail(`gs://${bucket} not found: 404.`);
  const facts = state.bucketFacts?.[bucket];
  facts?.push(...flags);
  const has = (flag: string) => facts === undefined || facts.includes(flag);
  return print({
    name: bucket,
    versioning_enabled: has('--versioning') || null,
    uniform_bucket_level_access: has('--uniform-bucket-level-access'),
    public_access_prevention: has('--public-access-prevention') ? 'enforced' : 'inherited',
    soft_delete_policy: { retentionDurationSeconds: has('--soft-delete-duration=7d') ? '604800' : '0' },
  });
}

function images(words: readonly string[], project: Project, id: string, state: string): Printed {
  const [, , verb, name = ''] = words;
  const found = verb === 'describe-from-family' ? project.images.findLast(({ family }) => family === name) : project.images.find((one) => one.name === name);
  if (!found) return fail(`Could not fetch resource:\n - The resource 'projects/${id}/global/images/${name}' was not found`);
  if (verb === 'deprecate') found.deprecated = { state };
  return print(found);
}

function secretVersions(words: readonly string[], project: Project, input: string, of: string, filter: string): Printed {
  const [, , verb, word = ''] = words;
  const versions = project.secrets[of || word];
  if (!versions) return gone(`Secret [projects/7/secrets/${of || word}]`);
  if (verb === 'add') versions.push({ state: 'ENABLED', value: input });
  if (verb === 'disable') (versions[Number(word) - 1] as { state: string }).state = 'DISABLED';
  if (verb !== 'list') return print();
  return print(
    versions
      .map(({ state }, i) => ({ name: `projects/7/secrets/${word}/versions/${i + 1}`, state }))
      .filter(({ state }) => filter === '' || filter === `state=${state}`),
  );
}

export const CONSENT = 'https://console.cloud.google.com/m/gcb/github/consent?x=1&y=2';

function builds(words: readonly string[], project: Project, connection: string, remoteUri: string): Printed {
  const [, what, verb, third = '', fourth = ''] = words;
  if (what === 'connections') {
    if (verb === 'create') {
      if (!project.services.includes('secretmanager.googleapis.com')) return off('secretmanager.googleapis.com');
      project.connections[fourth] = { stage: 'PENDING_USER_OAUTH', repositories: {} };
      return print();
    }
    const found = project.connections[third];
    if (!found) return gone('Requested entity was');
    const waits = found.stage !== 'COMPLETE';
    return print({ installationState: { stage: found.stage, ...(waits && { message: 'Please authorize the app', actionUri: CONSENT }) } });
  }
  const repositories = project.connections[connection]?.repositories;
  if (!repositories) return gone('Requested entity was');
  if (verb === 'create') repositories[third] = remoteUri;
  if (repositories[third] === undefined) return gone('Requested entity was');
  const found = { remoteUri: repositories[third] };
  if (verb === 'delete') delete repositories[third];
  return print(found);
}

function artifacts(words: readonly string[], project: Project, place: string, name: string, filter: string): Printed {
  const [, what, verb, version = ''] = words;
  const registry = project.registries[place];
  if (!registry) return gone('Requested entity was');
  const held = registry.filter((one) => one.startsWith(`${name}@`)).map((one) => one.slice(name.length + 1));
  if (what === 'versions' && verb === 'describe') return held.includes(version) ? print({ name: version }) : gone('Requested entity was');
  if (what === 'tags') return print(held.filter((tag) => filter.endsWith(`/tags/${tag}"`)).map((tag) => ({ name: tag })));
  return print(held.map((one) => ({ name: one })));
}
