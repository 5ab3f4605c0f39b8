/** What a machine of a group does once it runs, by what its containers start. */
export type Behaviour = 'well' | 'ill' | { readonly diesAfterSeconds: number };

interface Machine {
  readonly name: string;
  readonly version: Version;
  /** Epoch ms from which it runs; before that it is made. */
  readonly runsAt: number;
}
export interface Version {
  readonly instanceTemplate: string;
  readonly name?: string;
}

export interface FakeGroupOptions {
  readonly name: string;
  readonly images: readonly string[];
  readonly now: () => number;
  /** Digests that the environment's tag has on the machine's images at a time. */
  readonly imagesAt: (images: readonly string[], at: number) => readonly string[];
  readonly behaves: (digests: readonly string[], group: string) => Behaviour;
}

/** After the operation the group says for so long that nothing is to do: its status is written later than itself. */
const STALE_MS = 25_000;
const DELETING_MS = 5000;
const CREATING_MS = 6000;
/** From the start of the machine to the first answer of its health check. */
export const UNKNOWN_MS = 12_000;

const ADDRESS = 'https://www.googleapis.com/compute/v1/projects/p/zones/us-central1-a';

/** A managed instance group of one machine, as time passes. */
export class FakeGroup {
  targetSize = 1;
  versions: readonly Version[];
  fingerprint = 1;
  /** Every machine there ever was, with what it starts. */
  readonly machines: Machine[] = [];
  private changedAt = Number.NEGATIVE_INFINITY;

  constructor(readonly options: FakeGroupOptions) {
    this.versions = [{ instanceTemplate: template(`${options.name}-1`) }];
    this.machines.push({ name: `${options.name}-0000`, version: this.versions[0] as Version, runsAt: options.now() - 3_600_000 });
  }

  /** What an operation does at its end: another version is another machine. */
  change(versions: readonly Version[]): void {
    this.fingerprint += 1;
    versions = versions.map((version) => ({ ...version, instanceTemplate: version.instanceTemplate.replace(/\?uniqueId=\d+$/, '') }));
    const isAnother = JSON.stringify(versions[0]) !== JSON.stringify(this.versions[0]);
    this.versions = versions;
    if (!isAnother) return;
    this.changedAt = this.options.now();
    const name = `${this.options.name}-${String(this.machines.length).padStart(4, '0')}`;
    this.machines.push({ name, version: versions[0] as Version, runsAt: this.changedAt + STALE_MS + DELETING_MS + CREATING_MS });
  }

  /** As Terraform does: the stamp stays. */
  giveTemplate(name: string): void {
    this.change(this.versions.map((version) => ({ ...version, instanceTemplate: template(name) })));
  }

  /** What the machine of now started. */
  get runs(): readonly string[] {
    return this.startedBy(this.machines.at(-1) as Machine);
  }

  get isWell(): boolean {
    const [machine] = this.shownMachines();
    return machine?.currentAction === 'NONE' && machine.instanceHealth?.[0]?.detailedHealthState === 'HEALTHY' && this.age >= STALE_MS;
  }

  shown() {
    const isReached = this.age < STALE_MS || this.age >= STALE_MS + DELETING_MS + CREATING_MS;
    const isStable = this.age < STALE_MS || this.shownMachines().every(({ currentAction }) => currentAction === 'NONE');
    return {
      kind: 'compute#instanceGroupManager',
      name: this.options.name,
      fingerprint: fingerprint(this.fingerprint),
      targetSize: this.targetSize,
      versions: this.versions.map((version) => ({
        ...version,
        instanceTemplate: `${version.instanceTemplate}?uniqueId=71`,
        targetSize: { calculated: this.targetSize },
      })),
      status: { isStable, versionTarget: { isReached } },
    };
  }

  shownMachines() {
    return Array.from({ length: this.targetSize }, () => this.shownMachine());
  }

  private get age(): number {
    return this.options.now() - this.changedAt;
  }

  private shownMachine() {
    const machine = this.machines.at(-1) as Machine;
    const before = this.machines.at(-2) ?? machine;
    if (this.age < STALE_MS) return this.described(before, 'NONE', this.healthOf(before));
    if (this.age < STALE_MS + DELETING_MS) return this.described(before, 'DELETING', this.healthOf(before), machine.version);
    if (this.age < STALE_MS + DELETING_MS + CREATING_MS) return this.described(machine, 'CREATING');
    const health = this.healthOf(machine);
    return this.described(machine, health === 'HEALTHY' ? 'NONE' : 'VERIFYING', health);
  }

  private described({ name, version }: Machine, currentAction: string, health?: string, becomes = version) {
    return {
      instance: `${ADDRESS}/instances/${name}`,
      currentAction,
      version: becomes,
      ...(health && {
        instanceHealth: [{ healthCheck: 'https://www.googleapis.com/compute/v1/projects/p/global/healthChecks/hc', detailedHealthState: health }],
      }),
    };
  }

  private healthOf(machine: Machine): string {
    const age = this.options.now() - machine.runsAt;
    if (age < UNKNOWN_MS) return 'UNKNOWN';
    const behaviour = this.options.behaves(this.startedBy(machine), this.options.name);
    if (typeof behaviour === 'object') return age < UNKNOWN_MS + behaviour.diesAfterSeconds * 1000 ? 'HEALTHY' : 'UNHEALTHY';
    return behaviour === 'well' ? 'HEALTHY' : 'UNHEALTHY';
  }

  private startedBy({ runsAt }: Machine): readonly string[] {
    return this.options.imagesAt(this.options.images, runsAt);
  }
}

export const fingerprint = (count: number): string => Buffer.from(`print-${count}`).toString('base64');
const template = (name: string): string => `https://www.googleapis.com/compute/v1/projects/p/global/instanceTemplates/${name}`;
