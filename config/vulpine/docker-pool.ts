import { BlockList } from 'node:net';

/** Where Docker takes addresses for networks that say none. Its own choice goes up to 172.31.0.0/16 and into 192.168.0.0/16, where others are. */
export const DOCKER_POOL = '172.24.0.0/14';
/** Of each network. */
export const DOCKER_NETWORK_BITS = 24;

/** Whether two IPv4 networks have an address in common. */
export function overlap(one: string, other: string): boolean {
  return networkOf(one).check(firstOf(other)) || networkOf(other).check(firstOf(one));
}

const firstOf = (range: string) => range.split('/')[0] as string;

function networkOf(range: string): BlockList {
  const list = new BlockList();
  list.addSubnet(firstOf(range), Number(range.split('/')[1]));
  return list;
}
