import type { Construct } from 'constructs';
import { EstateStack, type EstateStackProps, type Published } from '../../constructs/core/estate-stack';
import { PHASES, type Phase } from '../../constructs/core/terraform-run';
import { ProjectServices } from '../../constructs/gcp/project-services';
import { TerraformFederation } from '../../constructs/gcp/terraform-federation';
import { TerraformIdentities } from '../../constructs/gcp/terraform-identities';

export interface TrustProps extends EstateStackProps {
  readonly organization: string;
  /** @default the organization's name alone counts */
  readonly organizationId?: string;
  readonly hostname: string;
  /** The stacks whose runs are admitted: of Google, those of one estate. */
  readonly of: readonly EstateStack[];
}

/** What federation asks Google for. */
const APIS = ['cloudresourcemanager', 'iam', 'iamcredentials', 'sts'];

/** Who may plan and who may apply the stacks of one estate at Google. Applied by a person: a run that could change it would admit itself. */
export class TerraformCloudGcp extends EstateStack {
  /** For the workspaces: TFC_GCP_WORKLOAD_PROVIDER_NAME. */
  readonly providerName: Published;
  private readonly identities = new Map<string, TerraformIdentities>();

  constructor(scope: Construct, id: string, props: TrustProps) {
    super(scope, id, props);
    const { organization, organizationId, hostname, of } = props;
    new ProjectServices(this, 'apis', { services: APIS });
    const poolId = id.replace(/^gcp-/, 'tf-'); // 32 characters at most
    const federation = new TerraformFederation(this, 'federation', { poolId, hostname, organization, ...(organizationId && { organizationId }) });
    for (const stack of of) {
      const identities = new TerraformIdentities(this, stack.node.id, stack);
      for (const phase of PHASES) {
        federation.admitTo(identities.identity(phase), { organization, project: stack.estate, workspace: stack.node.id, phase });
      }
      this.identities.set(stack.node.id, identities);
    }
    this.providerName = this.publish('WORKLOAD_PROVIDER_NAME', federation.providerName, "Workspaces' TFC_GCP_WORKLOAD_PROVIDER_NAME");
  }

  /** The account of one phase of a stack's runs. */
  address(stack: EstateStack, phase: Phase): string {
    const identities = this.identities.get(stack.node.id);
    if (!identities) throw new Error(`${this.node.path}: has no identities for ${stack.node.id}`);
    return identities.identity(phase).address;
  }
}
