import type { VulpineConfig } from '../../../config/vulpine';
import type { ContainerTable } from '../containers/spec';
import type { NginxOptions } from './options';

/** nginx's options where it runs beside the instances' containers, or what stands in for them: their aliases in the internal networks, and their ports. */
export function nginxFor(
  table: ContainerTable,
  { instances, certificates }: Pick<VulpineConfig['prod'], 'instances' | 'certificates'>,
  clientAddress: NginxOptions['clientAddress'] = 'direct',
): NginxOptions {
  const upstream = (of: 'web' | 'streaming', instance: string) => {
    const [alias] = table[of].networks.internal_network?.aliases ?? [];
    const [port] = table[of].listensOn ?? [];
    if (alias === undefined || port === undefined) throw new Error(`nginx cannot find ${of}: give it listensOn, and an alias in internal_network`);
    return { name: `${instance}_${alias}`, port };
  };
  return {
    instances: Object.fromEntries(
      Object.entries(instances).map(([name, { domain }]) => [name, { domain, web: upstream('web', name), streaming: upstream('streaming', name) }]),
    ),
    clientAddress,
    challenge: certificates.challenge,
  };
}
