import { CloudbuildTrigger } from '@cdktf/provider-google/lib/cloudbuild-trigger';
import { Construct } from 'constructs';
import { templateText } from '../core/template-text';
import { googleOf } from './provider';
import type { ServiceIdentity } from './service-identity';

/** A container that runs with the source in its working directory. */
export interface BuildStep {
  readonly id: string;
  /** The container's image. */
  readonly image: string;
  /** Shell text; Cloud Build replaces nothing in it. */
  readonly script: string;
  /** Cloud Build replaces $BUILD_ID and its like in the values. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface BuildTriggerProps {
  readonly name: string;
  /** Shown in the console. */
  readonly description: string;
  /** A repository that is connected to Cloud Build in the estate's region. */
  readonly source: { readonly connection: string; readonly repository: string; readonly branch: string };
  readonly steps: readonly BuildStep[];
  /** Whom the steps act as. */
  readonly identity: ServiceIdentity;
  /** Seconds for all of it. */
  readonly timeoutSeconds: number;
}

/** A build that somebody starts by hand. Its steps are run one after the other, as an account of its own. */
export class BuildTrigger extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: BuildTriggerProps) {
    super(scope, id);
    const { name, description, source, steps, identity, timeoutSeconds } = props;
    const { project, region } = googleOf(this);
    this.name = name;
    new CloudbuildTrigger(this, 'resource', {
      name,
      description,
      location: region,
      // no event: it is started by hand
      sourceToBuild: {
        repository: `projects/${project}/locations/${region}/connections/${source.connection}/repositories/${source.repository}`,
        ref: `refs/heads/${source.branch}`,
        repoType: 'GITHUB',
      },
      serviceAccount: identity.id,
      buildAttribute: {
        step: steps.map(({ id: step, image, script, env = {} }) => ({
          id: step,
          name: image,
          script: templateText(script),
          env: Object.entries(env).map(([key, value]) => `${key}=${templateText(value)}`),
        })),
        timeout: `${timeoutSeconds}s`,
        options: { logging: 'CLOUD_LOGGING_ONLY' }, // an account of one's own has no bucket for logs
      },
      dependsOn: identity.grants,
    });
  }
}
