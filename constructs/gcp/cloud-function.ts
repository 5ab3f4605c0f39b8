import { CloudRunServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-service-iam-member';
import { Cloudfunctions2Function } from '@cdktf/provider-google/lib/cloudfunctions2-function';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import type { FunctionSource } from './function-source';
import { googleOf } from './provider';
import type { Secret } from './secret';
import type { ServiceIdentity } from './service-identity';

/** Texts by name, as a contract's environment schema takes them. */
type Variables = Readonly<Record<string, string | undefined>>;

export interface CloudFunctionProps<Environment extends object> {
  readonly name: string;
  /** What it does; shown in the console. */
  readonly purpose: string;
  readonly source: FunctionSource;
  /** The exported function. */
  readonly entryPoint: string;
  /** What it runs as. */
  readonly identity: ServiceIdentity;
  /** Its contract's environment: a variable that is left out does not compile. */
  readonly environment: Environment;
  /** Variables whose values stay in Secret Manager. @default none */
  readonly secrets?: Readonly<Record<string, Secret>>;
  /** Who reaches it: `internal` is this project's network, Pub/Sub and Scheduler. `all` is the Internet, for callers that IAM admits. @default 'internal' */
  readonly ingress?: 'internal' | 'all';
  /** Seconds that a call may take. @default 60 */
  readonly timeoutSeconds?: number;
  /** Instances at the same time, at most. @default 3 */
  readonly maxInstances?: number;
}

/** An HTTP function, 2nd generation. Nobody may call it until granted. */
export class CloudFunction<Environment extends object = Variables> extends Construct {
  readonly name: string;
  readonly timeoutSeconds: number;
  /** Its address, as a reference. */
  readonly uri: string;
  private readonly resource: Cloudfunctions2Function;

  constructor(scope: Construct, id: string, props: CloudFunctionProps<Environment>) {
    super(scope, id);
    const { name, purpose, source, entryPoint, identity, environment, secrets = {}, ingress = 'internal', timeoutSeconds = 60, maxInstances = 3 } = props;
    const { project, region } = googleOf(this);
    for (const secret of Object.values(secrets)) secret.grantRead(identity);
    this.name = name;
    this.timeoutSeconds = timeoutSeconds;
    this.resource = new Cloudfunctions2Function(this, 'resource', {
      name,
      location: region,
      description: purpose,
      buildConfig: {
        runtime: 'nodejs22',
        entryPoint,
        serviceAccount: source.builder.id,
        dockerRepository: source.images.idSeenFrom(this),
        source: { storageSource: source.archive },
      },
      serviceConfig: {
        serviceAccountEmail: identity.email,
        environmentVariables: { ...(environment as Record<string, string>) },
        secretEnvironmentVariables: Object.entries(secrets).map(([key, secret]) => ({ key, projectId: project, secret: secret.name, version: 'latest' })),
        availableMemory: '512Mi',
        timeoutSeconds,
        maxInstanceCount: maxInstances,
        ingressSettings: ingress === 'all' ? 'ALLOW_ALL' : 'ALLOW_INTERNAL_ONLY',
        allTrafficOnLatestRevision: true,
      },
      dependsOn: [...identity.grants, ...source.builder.grants],
    });
    this.uri = this.resource.serviceConfig.uri;
  }

  /** Lets an account call it; Google checks the token before the function starts. */
  grantInvoke(to: ServiceIdentity): CloudRunServiceIamMember {
    return this.invoker(to, `invoke-${this.name}`, to.member);
  }

  /** Lets somebody outside call it: `user:`, `group:` or `serviceAccount:` and the address. */
  grantInvokeTo(member: string): void {
    this.invoker(this, `invoked-by-${member.replaceAll(/[^a-zA-Z0-9-]+/g, '-')}`, member);
  }

  /** Lets everybody call it. The function must find out itself who calls; the reason says how. */
  allowUnauthenticated(reason: string): void {
    EstateStack.of(this).suppress('gcp-no-public-member', this.invoker(this, 'invoked-by-everybody', 'allUsers'), reason);
  }

  private invoker(scope: Construct, id: string, member: string): CloudRunServiceIamMember {
    return new CloudRunServiceIamMember(scope, id, {
      location: googleOf(this).region,
      service: this.resource.name, // the Cloud Run service of a 2nd generation function is called as the function
      role: 'roles/run.invoker',
      member,
    });
  }
}
