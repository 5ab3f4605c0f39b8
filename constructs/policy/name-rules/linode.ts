import type { NameRule } from './name-rule';

const LINODE_API = 'https://techdocs.akamai.com/linode-api/reference';

const linodeLabel = (min: number, max: number, source: string): NameRule => ({
  argument: 'label',
  min,
  max,
  pattern: /^(?!.*(?:--|__|\.\.))[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/,
  legal: 'letters, digits, hyphens, underscores and dots (none twice in a row), starting and ending with a letter or digit',
  source,
});

const linodeHyphenated = (max: number, source: string): NameRule => ({
  argument: 'label',
  min: 1,
  max,
  pattern: /^(?!.*--)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/,
  legal: 'letters, digits and single hyphens, starting and ending with a letter or digit',
  source,
});

export const LINODE_NAMES: Readonly<Record<string, NameRule>> = {
  linode_firewall: linodeLabel(3, 32, `${LINODE_API}/post-firewalls`),
  linode_instance: linodeLabel(3, 64, `${LINODE_API}/post-linode-instance`),
  linode_lke_cluster: linodeHyphenated(32, `${LINODE_API}/post-lke-cluster`),
  linode_nodebalancer: linodeLabel(3, 32, `${LINODE_API}/post-node-balancer`),
  linode_object_storage_bucket: {
    argument: 'label',
    min: 3,
    max: 63,
    pattern: /^(?!.*\.\.)[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
    legal: 'lower-case letters, digits, hyphens and single dots, starting and ending with a letter or digit',
    source: `${LINODE_API}/post-object-storage-bucket`,
  },
  linode_volume: {
    argument: 'label',
    min: 1,
    max: 32,
    pattern: /^(?!.*(?:--|__))[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/,
    legal: 'letters, digits, hyphens and underscores (none twice in a row), starting and ending with a letter or digit',
    source: `${LINODE_API}/post-volume`,
  },
  linode_vpc: linodeHyphenated(64, `${LINODE_API}/post-vpc`),
  linode_vpc_subnet: linodeHyphenated(64, `${LINODE_API}/post-vpc-subnet`),
};
