import type { Values } from '../provider/values';
import type { Cloud } from './cloud';
import { BOOT_IMAGES, imageProblem } from './images';
import { REFERENCES, refersTo } from './references';
import { accountProblem, accountsIn } from './service-agents';
import { allAt, type Site } from './site';

/** Where grants and machines name service accounts. */
const ACCOUNT_ARGUMENTS = [
  'member',
  'members',
  'service_account',
  'service_account.email',
  'service_account_email',
  'template.service_account',
  'service_config.service_account_email',
];

export interface Problem {
  /** Dotted path of the argument. */
  readonly argument: string;
  readonly problem: string;
}

/** What the API would not find: images, objects that the arguments name, accounts. Call it when every value is known. */
export function missing(type: string, state: Values, site: Site, cloud: Cloud): Problem | undefined {
  return malformedGrant(type, state) ?? missingImage(type, state, cloud) ?? missingReference(type, state, site, cloud) ?? missingAccount(state, site, cloud);
}

/** https://cloud.google.com/iam/docs/principal-identifiers */
const PRINCIPAL = /^(allUsers|allAuthenticatedUsers|(user|group|serviceAccount|domain|deleted|project(Owner|Editor|Viewer)):.+|principal(Set)?:\/\/.+)$/;
const ROLE = /^(roles|projects\/[^/]+\/roles|organizations\/[^/]+\/roles)\/[A-Za-z0-9_.]+$/;

function malformedGrant(type: string, state: Values): Problem | undefined {
  if (!/^google_.*_iam_(member|binding)$/.test(type)) return undefined;
  const member = ['member', 'members'].flatMap((argument) => texts(state, argument)).find((each) => !PRINCIPAL.test(each));
  if (member) return { argument: 'member', problem: `${JSON.stringify(member)} has no kind, such as serviceAccount:` };
  const role = texts(state, 'role').find((each) => !ROLE.test(each));
  return role ? { argument: 'role', problem: `${JSON.stringify(role)} is not a role, such as roles/logging.logWriter` } : undefined;
}

function missingImage(type: string, state: Values, cloud: Cloud): Problem | undefined {
  const argument = BOOT_IMAGES[type];
  const problem =
    argument &&
    texts(state, argument)
      .map((image) => imageProblem(image, cloud))
      .find(Boolean);
  return problem ? { argument, problem } : undefined;
}

function missingReference(type: string, state: Values, site: Site, cloud: Cloud): Problem | undefined {
  for (const { argument, types } of REFERENCES[type] ?? []) {
    const value = texts(state, argument).find((each) => !refersTo(each, types, site, cloud));
    if (value) return { argument, problem: `${JSON.stringify(value)} was not found: the cloud has no such ${types.join(' or ')}` };
  }
  return undefined;
}

function missingAccount(state: Values, site: Site, cloud: Cloud): Problem | undefined {
  if (site.provider !== 'google') return undefined;
  const project = typeof state.project === 'string' ? state.project : String(site.config.project ?? '');
  for (const argument of ACCOUNT_ARGUMENTS) {
    const problem = accountsIn(texts(state, argument))
      .map((email) => accountProblem(email, project, cloud))
      .find(Boolean);
    if (problem) return { argument, problem };
  }
  return undefined;
}

/** Non-empty text at a dotted path, through all lists. */
function texts(state: Values, argument: string): string[] {
  return allAt(state, argument.split('.'))
    .flat()
    .filter((value): value is string => typeof value === 'string' && value !== '');
}
