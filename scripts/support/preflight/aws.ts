import type { AwsAccountNeed, DelegationNeed } from '../../../constructs/core/need';
import { UsageError } from '../../../rehearsal/runner/failure';
import { deploy, missing, notAllowed, ok, type Verdict, type World } from './finding';

const LOGIN = 'aws configure sso';

export function checkAccount({ accountId, region }: AwsAccountNeed, { aws }: World): Verdict {
  const found = aws.ask<{ Account: string; Arn: string }>('sts', 'get-caller-identity', `--region=${region}`, '--output=json');
  if (found.is !== 'there' || !found.value) return missing('nobody is logged in', LOGIN);
  const { Account: account, Arn: arn } = found.value;
  if (!account || !arn) throw new UsageError('aws sts get-caller-identity answered without an account');
  if (accountId !== undefined && account !== accountId) return missing(`the login is of another account, ${account}`, LOGIN);
  return ok(arn);
}

interface HostedZone {
  readonly Id: string;
  readonly Name: string;
  readonly Config?: { readonly PrivateZone?: boolean };
}

/** What the world says of the zone, and what Route 53 does, or a cloud whose zones have the same servers. */
export function checkDelegation({ domain, stack, region, nameServers: known }: DelegationNeed, { aws, nameServers }: World): Verdict {
  if (known) return compared(domain, known, nameServers);
  const at = [`--region=${region}`, '--output=json']; // Route 53 is everywhere, but aws asks for a region
  // the list starts at the name, and goes on with others
  const listed = aws.ask<{ HostedZones: HostedZone[] }>('route53', 'list-hosted-zones-by-name', `--dns-name=${domain}`, '--max-items=10', ...at);
  if (listed.is !== 'there') return notAllowed('route53:ListHostedZonesByName', 'the account');
  if (!Array.isArray(listed.value?.HostedZones)) throw new UsageError('aws route53 list-hosted-zones-by-name answered without zones');
  const zone = listed.value.HostedZones.find(({ Name, Config }) => Name === `${domain}.` && !Config?.PrivateZone);
  if (!zone) return missing('its stack is not deployed', deploy(stack));
  const got = aws.ask<{ DelegationSet: { NameServers: string[] } }>('route53', 'get-hosted-zone', `--id=${zone.Id.split('/').at(-1)}`, ...at);
  if (got.is !== 'there') return notAllowed('route53:GetHostedZone', domain);
  return compared(domain, got.value?.DelegationSet?.NameServers ?? [], nameServers);
}

function compared(domain: string, servers: readonly string[], nameServers: World['nameServers']): Verdict {
  const own = sorted(servers);
  const seen = sorted(nameServers.get(domain) ?? []);
  if (own.join() === seen.join()) return ok(own.join(' '));
  const says = seen.length === 0 ? 'nobody in the world knows it' : `the world asks ${seen.join(' ')}`;
  return missing(says, `# who holds the parent of ${domain} adds NS records: ${own.join(' ')}`);
}

const sorted = (servers: readonly string[]): string[] => servers.map((server) => server.toLowerCase().replace(/\.$/, '')).sort();
