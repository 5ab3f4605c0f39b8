import type { Egf2Environment } from '../../config/egf2';
import { minHealthyPercentage } from '../../constructs/aws/refresh';
import { stackName } from '../../constructs/core/naming';
import type { ServiceName } from '../../services/contracts/egf2-services';
import { checkStep } from './machines/services';
import { FOLDER, shellQuoted } from './machines/steps';
import { groupName, SUBSYSTEMS_GROUP, unitName } from './names';

/** What restarts a service, for the command that does it: plain data in, plain data out. */

/** Small mode: one machine for all services, never a second. */
export const SUBSYSTEMS_SIZE = { min: 1, max: 1 } as const;

/** Stack that makes the machines. */
export const SERVICES_STACK = stackName('egf2', 'services', 'prod');

/** Machines that are replaced by new ones. */
export interface Replaceable {
  /** What of it people know. */
  readonly label: string;
  /** Their Auto Scaling group. */
  readonly group: string;
  /** Percent of them that stay in service meanwhile. */
  readonly minHealthyPercentage: number;
}

/** A service's own machines, in scalable and big data mode. */
export function machinesOf(service: ServiceName, { services }: Pick<Egf2Environment, 'services'>): Replaceable {
  return { label: service, group: groupName(service), minHealthyPercentage: minHealthyPercentage(services[service]) };
}

/** The machine of all services, in small mode. */
export const SHARED_MACHINE: Replaceable = {
  label: 'all services',
  group: SUBSYSTEMS_GROUP,
  minHealthyPercentage: minHealthyPercentage(SUBSYSTEMS_SIZE),
};

export { unitName };

/** Seconds that a restarted service has on the shared machine until it answers. */
const WAIT_SECONDS = 300;

/**
 * What restarts one service on the shared machine, as root, and ends in the service's own test. Its launcher reads its document
 * anew. Two at a time would see each other's restarts as failures: the second waits for the first.
 */
export function restartScript(service: ServiceName): string[] {
  const { script, environment = {} } = checkStep(service);
  const given = Object.entries({ ...environment, WAIT_SECONDS: `${WAIT_SECONDS}` }).map(([name, value]) => `${name}=${shellQuoted(value)}`);
  return [
    'set -eu',
    'exec 9>/run/egf2-restart.lock',
    `flock --wait ${2 * WAIT_SECONDS} 9 || { echo 'another restart does not end' >&2; exit 1; }`,
    `systemctl restart ${unitName(service)}`,
    `${given.join(' ')} ${FOLDER}/${script}.sh`,
  ];
}
