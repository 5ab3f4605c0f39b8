import * as z from 'zod';
import type { GoogleRest } from '../runtime/google/rest';

const version = z.object({ instanceTemplate: z.string().optional(), name: z.string().optional() });

const group = z.object({
  versions: z.array(version).default([]),
  status: z.object({ isStable: z.boolean().default(false), versionTarget: z.object({ isReached: z.boolean().default(false) }).optional() }).optional(),
});

const listed = z.object({
  managedInstances: z
    .array(
      z.object({
        instance: z.string().default(''),
        currentAction: z.string().default('NONE'),
        instanceHealth: z.array(z.object({ detailedHealthState: z.string().default('UNKNOWN') })).default([]),
        lastAttempt: z
          .object({ errors: z.object({ errors: z.array(z.object({ code: z.string().default(''), message: z.string().default('') })).default([]) }).optional() })
          .optional(),
      }),
    )
    .default([]),
});

/** A group of one machine, as it is now. */
export interface MachineState {
  /** What was rolled out to it; undefined when that was Terraform's doing. */
  readonly release: string | undefined;
  /** It has what it should have, and its health check says that it is well. */
  readonly well: boolean;
  /** In words, for whoever waits. */
  readonly says: string;
}

/** The managed instance groups of one zone. */
export class Machines {
  constructor(
    private readonly rest: GoogleRest,
    /** `projects/P/zones/Z`. */
    private readonly zone: string,
  ) {}

  /** Undefined when there is no such group. */
  async stateOf(name: string): Promise<MachineState | undefined> {
    const found = await this.rest.find('GET', this.group(name));
    if (found === undefined) return undefined;
    const { versions, status } = group.parse(found);
    const { managedInstances } = listed.parse(await this.rest.ask('POST', `${this.group(name)}/listManagedInstances`));
    const settled = status?.isStable === true && status.versionTarget?.isReached === true;
    const healthy =
      managedInstances.length > 0 && managedInstances.every(({ currentAction, instanceHealth }) => currentAction === 'NONE' && isHealthy(instanceHealth));
    return { release: versions[0]?.name || undefined, well: settled && healthy, says: managedInstances.map(inWords).join('; ') || 'it has no machine' };
  }

  /** Begins to replace the machine by a new one of the same template. The release is stamped on the group. */
  async replace(name: string, release: string): Promise<void> {
    const { versions } = group.parse(await this.rest.ask('GET', this.group(name)));
    const instanceTemplate = versions[0]?.instanceTemplate;
    if (!instanceTemplate) throw new Error(`${name} has no template: was it made by hand?`);
    await this.rest.ask('PATCH', this.group(name), {
      versions: [{ instanceTemplate, name: release }],
      // one of each at any time: two bots of one token disturb each other
      updatePolicy: { type: 'PROACTIVE', minimalAction: 'REPLACE', maxSurge: { fixed: 0 }, maxUnavailable: { fixed: 1 } },
    });
  }

  private group(name: string): string {
    return `/${this.zone}/instanceGroupManagers/${name}`;
  }
}

type Instance = z.output<typeof listed>['managedInstances'][number];

function isHealthy(health: Instance['instanceHealth']): boolean {
  return health.length > 0 && health.every(({ detailedHealthState }) => detailedHealthState === 'HEALTHY');
}

function inWords({ instance, currentAction, instanceHealth, lastAttempt }: Instance): string {
  const health = instanceHealth.map(({ detailedHealthState }) => detailedHealthState.toLowerCase()).join(', ') || 'health not known yet';
  const errors = lastAttempt?.errors?.errors.map(({ code, message }) => `${code}: ${message}`) ?? [];
  const action = currentAction === 'NONE' ? [] : [currentAction.toLowerCase()];
  return [instance.replace(/^.*\//, '') || 'a machine', ...action, health, ...errors].join(', ');
}
