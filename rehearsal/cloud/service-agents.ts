import type { Cloud } from './cloud';
import { lastSegment } from './site';

/** Accounts that Google makes when a service is enabled, https://cloud.google.com/iam/docs/service-agents */
const AGENTS: readonly { readonly pattern: RegExp; readonly service?: string }[] = [
  { pattern: /^service-\d+@gcp-sa-(?<agent>[a-z0-9-]+)\.iam$/ },
  { pattern: /^service-\d+@compute-system\.iam$/, service: 'compute' },
  { pattern: /^service-\d+@container-engine-robot\.iam$/, service: 'container' },
  { pattern: /^service-\d+@containerregistry\.iam$/, service: 'containerregistry' },
  { pattern: /^service-\d+@gcf-admin-robot\.iam$/, service: 'cloudfunctions' },
  { pattern: /^service-\d+@gs-project-accounts\.iam$/, service: 'storage' },
  { pattern: /^service-\d+@serverless-robot-prod\.iam$/, service: 'run' },
  { pattern: /^service-\d+@gae-api-prod\.google\.com\.iam$/, service: 'appengine' },
  { pattern: /^\d+-compute@developer$/, service: 'compute' },
  { pattern: /^\d+@cloudbuild$/, service: 'cloudbuild' },
  { pattern: /^\d+@cloudservices$/ },
  { pattern: /^[a-z0-9.:-]+@appspot$/ },
];

/** Agents named otherwise than their service. */
const SERVICES: Readonly<Record<string, string>> = {
  'cloud-sql': 'sqladmin',
  'firebase-rules': 'firebaserules',
  logging: 'logging',
  monitoring: 'monitoring',
  'monitoring-notification': 'monitoring',
};

/** What is wrong with `<account>@<domain>` as a grant's member, or undefined. An account of a project that the cloud holds nothing of is another team's. */
export function accountProblem(email: string, project: string, cloud: Cloud): string | undefined {
  const local = email.replace(/\.gserviceaccount\.com$/, '');
  if (local === email) return undefined;
  const agent = AGENTS.find(({ pattern }) => pattern.test(local));
  if (agent) return agentProblem(email, agent.service ?? serviceOf(agent.pattern.exec(local)?.groups?.agent), project, cloud);

  const home = /@(.+)\.iam$/.exec(local)?.[1];
  if (!home || !isKnownProject(home, project, cloud)) return undefined;
  if (cloud.find('google_service_account', (state) => state.email === email).length > 0) return undefined;
  const existing = cloud.find('google_service_account', (state) => state.project === home).map(({ state }) => state.account_id);
  return `service account ${email} does not exist; ${home} has ${existing.join(', ') || 'none'}`;
}

/** An agent exists once its service is enabled. A project whose services are enabled elsewhere has them all. */
function agentProblem(email: string, service: string | undefined, project: string, cloud: Cloud): string | undefined {
  const enabled = cloud.find('google_project_service', (state) => state.project === project).map(({ state }) => String(state.service));
  if (!service || enabled.length === 0 || enabled.includes(`${service}.googleapis.com`) || ALWAYS_ON.has(service)) return undefined;
  return `${email} exists only once ${service}.googleapis.com is enabled in ${project}; enabled are ${enabled.join(', ')}`;
}

/** Enabled in every new project, https://cloud.google.com/service-usage/docs/enabled-service#default */
const ALWAYS_ON = new Set(['storage', 'logging', 'monitoring', 'bigquery', 'datastore', 'sqladmin']);

function serviceOf(agent: string | undefined): string | undefined {
  return agent && (SERVICES[agent] ?? agent);
}

function isKnownProject(home: string, project: string, cloud: Cloud): boolean {
  return home === project || cloud.objects().some(({ state }) => state.project === home);
}

/** `serviceAccount:` members among what a grant or a machine names; other kinds (users, groups, federations) are not checked. */
export function accountsIn(values: readonly unknown[]): string[] {
  return values.flatMap((value) => {
    const [, email] = (typeof value === 'string' && /^(?:serviceAccount:)?([^:\s]+@[^:\s[\]]+\.gserviceaccount\.com)$/.exec(lastSegment(value))) || [];
    return email ? [email] : [];
  });
}
