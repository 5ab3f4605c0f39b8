/** A machine, as it was asked for, and its life. */
export interface Machine {
  readonly body: InstanceBody;
  readonly id: string;
  readonly zone: string;
  /** Epoch ms. */
  createdAt: number;
  /** Epoch ms; undefined: it lives. */
  goneAt: number | undefined;
  /** Who deleted it. */
  goneBy: 'request' | 'preemption' | 'maxRunDuration' | undefined;
}

/** What we look at of a body that the discovery document has let pass. */
export interface InstanceBody {
  readonly name: string;
  readonly machineType: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly scheduling?: {
    readonly provisioningModel?: string;
    readonly instanceTerminationAction?: string;
    readonly automaticRestart?: boolean;
    readonly onHostMaintenance?: string;
    readonly maxRunDuration?: { readonly seconds?: string };
  };
  readonly disks?: readonly { readonly boot?: boolean; readonly autoDelete?: boolean; readonly initializeParams?: { readonly diskType?: string } }[];
  readonly networkInterfaces?: readonly { readonly subnetwork?: string; readonly accessConfigs?: readonly object[] }[];
  readonly metadata?: { readonly items?: readonly { readonly key: string; readonly value: string }[] };
}

/** When Google would delete the machine, epoch ms. */
export function endOfTime({ body, createdAt }: Pick<Machine, 'body' | 'createdAt'>): number | undefined {
  const seconds = body.scheduling?.maxRunDuration?.seconds;
  return seconds === undefined ? undefined : createdAt + Number(seconds) * 1000;
}

/** What Google's documentation demands beside the schema. */
export function rules(zone: string, { name, machineType, labels = {}, scheduling = {}, disks = [], networkInterfaces = [] }: InstanceBody): string[] {
  const spot = scheduling.provisioningModel === 'SPOT';
  const demands: readonly [boolean, string][] = [
    [/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name ?? ''), `'${name}' is not an instance's name`],
    [(machineType ?? '').includes(`zones/${zone}/machineTypes/`), 'the machine type is of another zone'],
    [disks.length > 0 && disks[0]?.boot === true, 'the first disk must be a boot disk'],
    [disks.every(({ initializeParams }) => (initializeParams?.diskType ?? `zones/${zone}/`).includes(`zones/${zone}/`)), 'the disk type is of another zone'],
    [networkInterfaces.length > 0, 'at least one network interface is required'],
    [
      networkInterfaces.every(({ subnetwork = '' }) => subnetwork.includes(`regions/${zone.slice(0, zone.lastIndexOf('-'))}/`)),
      'the subnetwork is of another region than the zone',
    ],
    [Object.entries(labels).every(([key, value]) => /^[a-z][a-z0-9_-]{0,62}$/.test(key) && /^[a-z0-9_-]{0,63}$/.test(value)), 'a label is not legal'],
    [scheduling.maxRunDuration === undefined || scheduling.instanceTerminationAction !== undefined, 'maxRunDuration needs instanceTerminationAction'],
    [!spot || (scheduling.automaticRestart !== true && scheduling.onHostMaintenance !== 'MIGRATE'), 'a spot machine neither restarts nor migrates'],
  ];
  return demands.flatMap(([holds, message]) => (holds ? [] : [message]));
}
