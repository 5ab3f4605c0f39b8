import { UsageError } from '../../rehearsal/runner/failure';
import { gcloud } from './tool';

/** A build in Cloud Build, as far as it is looked at. */
export interface Build {
  readonly id: string;
  readonly status?: string;
  readonly statusDetail?: string;
  readonly failureInfo?: { readonly detail?: string };
  readonly logUrl?: string;
  readonly steps?: readonly { readonly id?: string; readonly status?: string }[];
}

const GOES_ON = new Set(['STATUS_UNKNOWN', 'PENDING', 'QUEUED', 'WORKING']);

export function hasEnded({ status = 'STATUS_UNKNOWN' }: Build): boolean {
  return !GOES_ON.has(status);
}

/** Cloud Build in one region, through gcloud. */
export class CloudBuilds {
  private readonly place: readonly string[];

  constructor(project: string, region: string) {
    this.place = [`--region=${region}`, `--project=${project}`, '--format=json'];
  }

  hasTrigger(name: string): boolean {
    return gcloud.read('builds', 'triggers', 'describe', name, ...this.place) !== undefined;
  }

  /** Starts a build. */
  run(trigger: string): Build {
    // the answer is the operation, which holds the build
    const text = gcloud.write(['builds', 'triggers', 'run', trigger, ...this.place]);
    const build = (JSON.parse(text) as { metadata?: { build?: Build } }).metadata?.build;
    if (!build?.id)
      throw new UsageError(`gcloud started ${trigger}, and did not say which build that is: gcloud builds list ${this.place.slice(0, 2).join(' ')}`);
    return build;
  }

  describe(id: string): Build {
    const build = gcloud.read<Build>('builds', 'describe', id, ...this.place);
    if (!build) throw new UsageError(`There is no build ${id} any more`);
    return build;
  }
}
