import type { VulpineConfig } from '../../../config/vulpine';
import type { Need } from '../../../constructs/core/need';
import { HOST_FOLDER } from '../containers/secrets';
import { hostsWith } from '../multi-server/roles';
import { hostName } from '../names';
import { DNS_TOKEN } from './certificates';

/** What hosts need to get certificates by DNS: nothing, where files prove whose a domain is. */
export function certificateNeeds({ shared, prod }: VulpineConfig, stack: string): Need[] {
  if (prod.certificates.challenge !== 'dns') return [];
  const labels = prod.topology === 'multi-server' ? hostsWith('web', prod.hosts) : Object.keys(prod.hosts);
  return labels.map((label) => ({
    kind: 'secret',
    type: 'host',
    environment: 'prod',
    name: `${label}/${DNS_TOKEN.name}`,
    stack,
    is: "a token of Linode's API with which the host proves whose the domains are",
    from: 'https://cloud.linode.com/profile/tokens makes one: read and write for Domains, nothing else',
    host: hostName(label, shared.domain),
    user: prod.admins.user,
    folder: HOST_FOLDER,
    file: `${DNS_TOKEN.folder}/${DNS_TOKEN.name}`,
  }));
}
