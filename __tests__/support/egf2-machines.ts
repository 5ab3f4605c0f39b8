import { parse } from 'yaml';
import { type DataNodeOptions, dataNodeUserData } from '../../estates/egf2/machines/data-node';
import { type ServiceMachineOptions, serviceUserData } from '../../estates/egf2/machines/service';
import { type SubsystemsOptions, subsystemsUserData } from '../../estates/egf2/machines/subsystems';
import { SERVICE_NAMES, type ServiceName } from '../../services/contracts/egf2-services';

export const MEMBERS = ['data-1.egf2.internal', 'data-2.egf2.internal', 'data-3.egf2.internal'];
const [FIRST = ''] = MEMBERS;

const launcher = { bucket: 'egf2-example-config', region: 'eu-north-1', launcherSha256: 'a'.repeat(64) };
const clusterTag = { key: 'egf2-cluster', value: 'egf2-prod' };
const source = (name: ServiceName) => ({ repository: `https://github.com/EGF2/${name}.git`, commit: 'b'.repeat(40) });

export const dataNode = (options: Partial<DataNodeOptions> = {}) =>
  dataNodeUserData({ name: FIRST, members: MEMBERS, region: 'eu-north-1', clusterTag, device: '/dev/sdf', ...options });

export const serviceMachine = (service: ServiceName, options: Partial<ServiceMachineOptions> = {}) =>
  serviceUserData({ ...launcher, service, source: source(service), ...options });

export const subsystems = (options: Partial<SubsystemsOptions> = {}) =>
  subsystemsUserData({
    ...launcher,
    services: Object.fromEntries(SERVICE_NAMES.map((name) => [name, { source: source(name) }])) as SubsystemsOptions['services'],
    members: MEMBERS,
    clusterTag,
    swapMb: 2048,
    ...options,
  });

/** Every kind of machine, by what it is. */
export const MACHINES: Readonly<Record<string, () => string>> = {
  'a single data node': () => dataNode({ members: [FIRST] }),
  'the master of a cluster': () => dataNode(),
  'a member of a cluster': () => dataNode({ name: MEMBERS[2] as string }),
  subsystems: () => subsystems(),
  'subsystems with TLS': () => subsystems({ nginx: { tls: { certificate: '/etc/egf2/tls.pem', key: '/etc/egf2/tls.key' } }, members: [FIRST] }),
  ...Object.fromEntries(SERVICE_NAMES.map((name) => [`the service ${name}`, () => serviceMachine(name, { swapMb: 1024 })])),
};

/** What cloud-init writes, by path. */
export function filesOf(userData: string): Map<string, string> {
  const { write_files } = parse(userData) as { write_files: { path: string; content: string }[] };
  return new Map(write_files.map(({ path, content }) => [path, content]));
}

/** The steps of a machine, as run.sh reads them. */
export function stepsOf(userData: string): string[] {
  const text = filesOf(userData).get('/opt/egf2-machine/steps.sh') ?? '';
  return text.split('\n').filter((line) => line.startsWith('step '));
}
