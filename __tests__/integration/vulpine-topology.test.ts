import { mergePatch } from '../../config/merge';
import several from '../../estates/vulpine/variants/multi-server.json';
import { describeReal } from '../support/real';
import { RepositoryCopy } from '../support/repository';

/** What becomes of what there is, without what is new. */
const touched = (output: string) =>
  [...output.matchAll(/^ {4}(?!created)(\w+) +(\w+\.\S+?)_(?:resource_)?\w{8}\b/gm)].map(([, what, address]) => `${what} ${address}`).sort();

function rehearse(from: object, to: object) {
  const copy = new RepositoryCopy();
  copy.write('from.json', JSON.stringify(from));
  copy.write('to.json', JSON.stringify(to));
  return copy.run('node', ['--import', 'tsx', 'rehearsal/main.ts', '--from', 'from.json', '--estate', 'vulpine'], { ESTATES_CONFIG: 'to.json' });
}

describeReal(['terraform'], "vulpine's topology", () => {
  test('from one host to several: that host stays, with its firewall, its prefix and its name', () => {
    const { code, output } = rehearse({}, several);
    expect(code).toBe(1);
    expect(output).toMatch(/^vulpine-host-prod: \d+ changes$/m);
    expect(touched(output.split('vulpine-containers-prod ')[0] ?? '')).toEqual([
      'changed linode_domain_record.zone-vulpine-club_vulpine-ipv4',
      'changed linode_domain_record.zone-vulpine-club_vulpine-ipv6',
      'changed linode_firewall.firewall-smithwicks',
      'changed linode_instance.smithwicks',
      'destroyed linode_rdns.smithwicks_name-nginx',
      'moved linode_firewall.firewall-smithwicks',
    ]);
    // its volumes are the other stack's that is not any more: the operator hands them over, and nothing else that holds data goes
    expect([...output.matchAll(/^ {2}([\w-]+): (\w+\.[\w-]+?)_resource_\w{8}$/gm)].map(([, stack, address]) => `${stack} ${address}`)).toEqual(
      ['db', 'dumps', 'es', 'media', 'redis'].map((volume) => `vulpine-containers-prod docker_volume.vulpine-volume-${volume}`),
    );
    // as long as the old networks are there the new ones cannot be: the runbook takes them away before; volumes are in nobody's way
    const [, problems = ''] = output.split('vulpine-containers-smithwicks-prod failed in apply:');
    expect([...new Set([...problems.matchAll(/^(docker_\w+)\/ssh:\S+\/(\w+) already\.$/gm)].map(([, type, name]) => `${type} ${name}`))].sort()).toEqual([
      'docker_network vulpine_db_network',
      'docker_network vulpine_redis_network',
    ]);
  });

  test('another web host takes its share, and nothing that holds data goes', () => {
    const third = {
      hosts: { porter: { region: 'us-east', type: 'g6-standard-4', roles: ['web'], vpcAddress: '10.0.0.22' } },
      instances: { vulpine: { containers: { web: { replicas: 3 }, streaming: { replicas: 3 } } } },
    };
    const { code, output } = rehearse(several, mergePatch(several, { vulpine: { prod: third } }) as object);
    expect(touched(output)).toEqual([
      'changed linode_firewall.firewall-beamish',
      'changed linode_firewall.firewall-smithwicks',
      'destroyed docker_container.vulpine-sidekiq-3', // on porter from now on
      'destroyed docker_container.vulpine-sidekiq-4', // on murphys
    ]);
    expect(output).toMatch(/^vulpine-containers-porter-prod +new stack/m);
    expect(output).toContain('Nothing that holds data goes.');
    expect(code).toBe(0);
  });
});
