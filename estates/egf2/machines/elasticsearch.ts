import type { MachineFile } from '../../../constructs/core/cloud-config';

export interface ElasticsearchOptions {
  readonly role: 'data' | 'client';
  /** This node's name in the cluster. */
  readonly name: string;
  /** DNS names of the data nodes. */
  readonly members: readonly string[];
  readonly region: string;
  /** Tag of the data nodes, by which EC2 knows them. */
  readonly clusterTag: { readonly key: string; readonly value: string };
  /** Where a data node keeps its data. */
  readonly data?: string;
}

/**
 * elasticsearch.yml. The nodes of a cluster find each other through EC2, which knows new addresses too: names are resolved
 * once, at the start. The names stand there all the same, so that a cluster forms when EC2's API does not answer.
 */
export function elasticsearchYml({ role, name, members, region, clusterTag, data = '/var/lib/elasticsearch' }: ElasticsearchOptions): MachineFile {
  const majority = Math.floor(members.length / 2) + 1;
  const lines = [
    `cluster.name: ${JSON.stringify(clusterTag.value)}`,
    `node.name: ${JSON.stringify(name)}`,
    `node.master: ${role === 'data'}`,
    `node.data: ${role === 'data'}`,
    `path.data: ${JSON.stringify(data)}`,
    // a client node answers its own machine only; its cluster connects back to it all the same
    `network.host: [${role === 'data' ? '_local_, _site_' : '_site_'}]`,
    ...(role === 'data' ? [] : ['http.host: _local_']),
    `discovery.zen.minimum_master_nodes: ${majority}`,
    'discovery.zen.ping.multicast.enabled: false',
    `discovery.zen.ping.unicast.hosts: ${JSON.stringify(members)}`,
    ...(members.length > 1
      ? [
          'discovery.type: ec2',
          `cloud.aws.ec2.endpoint: ${ec2Of(region)}`,
          'discovery.ec2.host_type: private_ip',
          `discovery.ec2.tag.${clusterTag.key}: ${JSON.stringify(clusterTag.value)}`,
        ]
      : []),
    // a restart of all nodes must not copy every shard before the last one is back
    `gateway.recover_after_data_nodes: ${majority}`,
    `gateway.expected_data_nodes: ${members.length}`,
    'action.destructive_requires_name: true',
    'script.inline: false',
    'script.indexed: false',
  ];
  return { path: '/etc/egf2/elasticsearch/elasticsearch.yml', content: `${lines.join('\n')}\n` };
}

/** The plugin is of 2017 and refuses the name of a region that is newer; an address it takes as it is, and signs for it. */
function ec2Of(region: string): string {
  return `ec2.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
