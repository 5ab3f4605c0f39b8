import type { Construct } from 'constructs';
import { TerraformFederation } from '../../constructs/aws/terraform-federation';
import { TerraformRoles } from '../../constructs/aws/terraform-roles';
import { EstateStack, type Published } from '../../constructs/core/estate-stack';
import { PHASES, type Phase } from '../../constructs/core/terraform-run';
import type { TrustProps } from './trust-gcp';

/** Who may plan and who may apply the stacks in one account at AWS. Applied by a person: a run that could change it would admit itself. */
export class TerraformCloudAws extends EstateStack {
  private readonly arns = new Map<string, Readonly<Record<Phase, Published>>>();

  constructor(scope: Construct, id: string, props: TrustProps) {
    super(scope, id, props);
    const { organization, hostname, of } = props;
    const federation = new TerraformFederation(this, 'federation', hostname);
    for (const stack of of) {
      const name = stack.node.id;
      const roles = new TerraformRoles(this, name, { of: stack, federation, run: { organization, project: stack.estate, workspace: name } });
      const [plan, apply] = PHASES.map((phase) => this.publish(`${phase}_${name}`.replaceAll('-', '_'), roles.arn(phase), `The role of ${phase} of ${name}`));
      this.arns.set(name, { plan, apply } as Readonly<Record<Phase, Published>>);
    }
  }

  admits(stack: EstateStack): boolean {
    return this.arns.has(stack.node.id);
  }

  /** The role of one phase of a stack's runs. */
  arn(stack: EstateStack, phase: Phase): Published {
    const arns = this.arns.get(stack.node.id);
    if (!arns) throw new Error(`${this.node.path}: has no roles for ${stack.node.id}`);
    return arns[phase];
  }
}
