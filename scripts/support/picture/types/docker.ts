import { type Arguments, argument, type Flow, type Mention, type Treatment } from '../treatment';

/**
 * In an internal network, who has a name there is called by those who have none. From the one that leads out comes what was published;
 * the others are in it for the way out.
 */
function inNetwork({ at, by, target }: Mention): Flow {
  if (target.type !== 'docker_network') return target.type.startsWith('docker_') ? 'to' : 'none';
  const attachment = argument(by, at.replace(/\.name$/, '')) as Arguments;
  if (isExternal(target.config)) return by.ports === undefined ? 'out' : 'back';
  return attachment.aliases === undefined ? 'to' : 'back';
}

const isExternal = ({ internal }: Arguments) => internal !== true;

export const DOCKER: Readonly<Record<string, Treatment>> = {
  docker_container: { shown: 'compute', what: 'container', flow: inNetwork },
  docker_image: { leftOut: 'a container is called as what it runs' },
  docker_network: { shown: 'entry', what: 'network', flow: () => 'back' },
  docker_volume: { shown: 'storage', what: 'volume' },
};
