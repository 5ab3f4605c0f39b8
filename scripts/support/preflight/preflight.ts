import type { Need } from '../../../constructs/core/need';
import { UsageError } from '../../../rehearsal/runner/failure';
import type { EstateNeeds } from '../chosen-needs';
import { googleAccount, type Tool } from '../tool';
import { type Finding, missing, ok, type World } from './finding';
import { look, nameOf, remembering } from './look';

export interface EstateFinding extends Finding {
  readonly estate: string;
}

export interface Asked extends Pick<World, 'baseOf' | 'git' | 'nameServers'> {
  readonly gcloud: Tool;
  readonly aws: Tool;
  readonly ssh: Tool;
  readonly kubectl: Tool;
  readonly env: NodeJS.ProcessEnv;
}

/** Looks for everything, whatever is missing on the way. */
export function preflight(chosen: readonly EstateNeeds[], { gcloud, aws, ssh, kubectl, env, ...rest }: Asked): EstateFinding[] {
  const world: World = { gcloud: remembering(gcloud), aws: remembering(aws), ssh: remembering(ssh), kubectl: remembering(kubectl), env, ...rest };
  const isAtGoogle = ({ needs }: EstateNeeds) => needs.some((need) => 'project' in need);
  const entrance = chosen.some(isAtGoogle) ? googleLogins(gcloud, env) : [];
  const isOut = entrance.some(({ what, state }) => what === LOGIN && state !== 'ok');
  return chosen.flatMap((one) => {
    const { estate, needs } = one;
    // in another account nothing of it would be found
    const account = needs.find(({ kind }) => kind === 'aws-account');
    const isElsewhere = account !== undefined && look(account, world, estate).state !== 'ok';
    const findings = needs.map((need): Finding => {
      if ((isOut && 'project' in need) || (isElsewhere && isAtAmazon(need))) {
        return { what: nameOf(need), state: 'cannot be told', remark: 'nobody is logged in to look', mend: [] };
      }
      return look(need, world, estate);
    });
    return [...(isAtGoogle(one) ? entrance : []), ...findings].map((finding) => ({ estate, ...finding }));
  });
}

function isAtAmazon(need: Need): boolean {
  return (need.kind === 'delegation' && need.nameServers === undefined) || ('type' in need && (need.type === 'aws' || need.type === 's3'));
}

const LOGIN = "gcloud's login";

/** Other ways in, of which Terraform's Google provider takes the first that it finds. */
const CREDENTIALS = ['GOOGLE_CREDENTIALS', 'GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_OAUTH_ACCESS_TOKEN'];

/** Whoever runs gcloud, and whoever Terraform is at Google. */
export function googleLogins(gcloud: Tool, env: NodeJS.ProcessEnv): Finding[] {
  try {
    const me = googleAccount(gcloud);
    const hasOwn = CREDENTIALS.some((name) => env[name]) || gcloud.succeeds('auth', 'application-default', 'print-access-token');
    return [
      { what: LOGIN, ...ok(me) },
      { what: "Terraform's login at Google", ...(hasOwn ? ok() : missing('there are no application default credentials', 'make auth')) },
    ];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const [remark = ''] = error.message.split('\n');
    return [{ what: LOGIN, ...missing(remark, ...(/make auth/.test(remark) ? ['make auth'] : [])) }];
  }
}
