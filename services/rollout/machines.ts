import * as z from 'zod';
import type { Clock } from '../runtime/clock';
import { GoogleError, type GoogleRest } from '../runtime/google/rest';
import { inWords, isHealthy, managed } from './managed-instance';

const group = z.object({
  fingerprint: z.string().optional(),
  targetSize: z.number().default(0),
  versions: z.array(z.object({ instanceTemplate: z.string().optional(), name: z.string().optional() })).default([]),
  status: z.object({ isStable: z.boolean().default(false), versionTarget: z.object({ isReached: z.boolean().default(false) }).optional() }).optional(),
});

const listed = z.object({ managedInstances: z.array(managed).default([]) });

const operation = z.object({
  name: z.string(),
  status: z.string(),
  error: z.object({ errors: z.array(z.object({ code: z.string().default(''), message: z.string().default('') })).default([]) }).optional(),
});

/** A group of one machine, as it is now. */
export interface MachineState {
  /** What was rolled out to it; undefined when that was Terraform's doing. */
  readonly release: string | undefined;
  /** It has what it should have, and its health check says that it is well. */
  readonly well: boolean;
  /** In words, for whoever waits. */
  readonly says: string;
  /** Why it is no group that can be rolled out to. */
  readonly unfit: string | undefined;
}

/** An operation has so long; it takes seconds. */
const OPERATION_SECONDS = 300;
/** Times that somebody else may change the group between our look at it and our change. */
const LOST_RACES = 5;

/** The managed instance groups of one zone. */
export class Machines {
  constructor(
    private readonly rest: GoogleRest,
    /** `projects/P/zones/Z`. */
    private readonly zone: string,
    private readonly clock: Clock,
    /** Between two looks at an operation. @default 2 */
    private readonly lookSeconds = 2,
  ) {}

  /** Undefined when there is no such group. */
  async stateOf(name: string): Promise<MachineState | undefined> {
    const found = await this.rest.find('GET', this.group(name));
    if (found === undefined) return undefined;
    const { versions, status, targetSize } = group.parse(found);
    const { managedInstances } = listed.parse(await this.rest.ask('POST', `${this.group(name)}/listManagedInstances`));
    const [version] = versions;
    const settled = status?.isStable === true && status.versionTarget?.isReached === true;
    // a group says for a moment after a change that it is stable and has reached it: the machine's own version does not
    const isOf = ({ version: its }: z.output<typeof managed>) =>
      its?.name === version?.name && plain(its?.instanceTemplate) === plain(version?.instanceTemplate);
    return {
      release: version?.name || undefined,
      well: settled && managedInstances.length === 1 && managedInstances.every((each) => isOf(each) && isHealthy(each)),
      says: managedInstances.map((each) => inWords(each, isOf(each))).join('; ') || 'it has no machine',
      unfit: unfit(name, targetSize, versions),
    };
  }

  /** Begins to replace the machine by a new one of the same template, and returns when the group knows. The release is stamped on the group; false: it was before. */
  async replace(name: string, release: string): Promise<boolean> {
    for (let lost = 0; ; lost += 1) {
      const { versions, fingerprint } = group.parse(await this.rest.ask('GET', this.group(name)));
      const [version] = versions;
      if (version?.name === release) return lost > 0; // a try of ours whose answer was lost
      try {
        const begun = await this.rest.ask('PATCH', this.group(name), {
          // refused when the group is another meanwhile: Terraform's new template must not be put back
          fingerprint,
          versions: [{ instanceTemplate: version?.instanceTemplate, name: release }],
          // one of each at any time: two bots of one token disturb each other
          updatePolicy: { type: 'PROACTIVE', minimalAction: 'REPLACE', maxSurge: { fixed: 0 }, maxUnavailable: { fixed: 1 } },
        });
        await this.finished(begun);
        return true;
      } catch (error) {
        if (!(error instanceof GoogleError && error.status === 412 && lost < LOST_RACES)) throw error;
      }
    }
  }

  /** Until the operation is done the group shows what it was, and somebody who looks thinks that all is well. It does not wait for the machine. */
  private async finished(begun: unknown): Promise<void> {
    const end = this.clock.now() + OPERATION_SECONDS * 1000;
    let { name, status, error } = operation.parse(begun);
    while (status !== 'DONE') {
      if (this.clock.now() > end) throw new GoogleError(200, 'TIMEOUT', `the operation ${name} is still ${status} after ${OPERATION_SECONDS} seconds`);
      await this.clock.sleep(this.lookSeconds * 1000);
      ({ name, status, error } = operation.parse(await this.rest.ask('GET', `/${this.zone}/operations/${name}`)));
    }
    const [failed] = error?.errors ?? [];
    if (failed) throw new GoogleError(200, failed.code, failed.message);
  }

  private group(name: string): string {
    return `/${this.zone}/instanceGroupManagers/${name}`;
  }
}

/** A template's link from `projects/` on: host and `?uniqueId=...` depend on who set it, and on which of two answers it stands in. */
const plain = (link: string | undefined): string | undefined => link?.replace(/^.*?(?=projects\/)/, '').replace(/\?.*$/, '');

function unfit(name: string, targetSize: number, versions: z.output<typeof group>['versions']): string | undefined {
  if (versions.length !== 1 || !versions[0]?.instanceTemplate)
    return `${name} has ${versions.length} versions, not one with a template: was it made or changed by hand?`;
  if (targetSize !== 1) return `${name} has ${targetSize} machines, not one: somebody has resized it. Resize it to 1.`;
  return undefined;
}
