import { TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import type { TerraformCloudConfig } from '../../config/terraform-cloud';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { groupedBy, providersOf, stacksOf } from '../../constructs/core/stack-graph';
import { Project } from '../../constructs/tfe/project';
import { VariableSet } from '../../constructs/tfe/variable-set';
import { type Execution, Workspace } from '../../constructs/tfe/workspace';
import { executionOf } from './execution';
import type { TerraformCloudAws } from './trust-aws';
import type { TerraformCloudGcp } from './trust-gcp';

export type TerraformCloudWorkspacesProps = EstateStackProps &
  Pick<TerraformCloudConfig['shared'], 'terraformVersion' | 'execution' | 'runTriggers' | 'notifications'> & {
    /** By estate. */
    readonly gcp: ReadonlyMap<string, TerraformCloudGcp>;
    readonly aws: readonly TerraformCloudAws[];
  };

/** A project for each estate and a workspace for each stack of the app, this one's too: who reads whose state, what runs after what, and as whom. */
export class TerraformCloudWorkspaces extends EstateStack {
  private readonly workspaces = new Map<EstateStack, Workspace>();

  constructor(scope: Construct, id: string, props: TerraformCloudWorkspacesProps) {
    super(scope, id, props);
    const { terraformVersion, execution } = props;
    for (const [estate, stacks] of groupedBy(stacksOf(this), (stack) => stack.estate)) {
      const project = new Project(this, estate, { name: estate, purpose: `The stacks of ${estate}` });
      for (const of of stacks)
        this.workspaces.set(of, new Workspace(this, of.node.id, { project, of, terraformVersion, execution: this.runsOf(of, execution) }));
    }
    this.admitToGoogle(props.gcp);
    this.admitToAws(props.aws);
    this.admitToLinode();
    this.connect(props.runTriggers);
    this.notify(props.notifications);
  }

  /** This estate's own stacks say who may do what: only a person applies them. */
  private runsOf(stack: EstateStack, patterns: TerraformCloudWorkspacesProps['execution']): Execution {
    return stack.estate === this.estate ? 'local' : executionOf(stack, patterns);
  }

  /** Those whose runs need to be somebody there. */
  private withRunsAt(provider: string): [EstateStack, Workspace][] {
    return [...this.workspaces].filter(([stack, workspace]) => workspace.hasRuns && providersOf(stack).includes(provider));
  }

  /** Whom a run shows its token to is the estate's; the accounts are the workspace's own. */
  private admitToGoogle(trusts: TerraformCloudWorkspacesProps['gcp']): void {
    for (const [estate, trust] of trusts) {
      const set = new VariableSet(this, `google-${estate}`, { name: `google-${estate}`, purpose: `Runs of ${estate} act at Google without a key` });
      set.setVariable('TFC_GCP_PROVIDER_AUTH', 'true', 'Every run gets a token of Google');
      set.setVariable('TFC_GCP_WORKLOAD_PROVIDER_NAME', this.read(trust.providerName), 'Whom it shows its own token to');
      for (const [stack, workspace] of this.withRunsAt('google')) {
        if (stack.estate !== estate) continue;
        set.applyTo(workspace);
        workspace.setVariable('TFC_GCP_PLAN_SERVICE_ACCOUNT_EMAIL', trust.address(stack, 'plan'), 'Looks');
        workspace.setVariable('TFC_GCP_APPLY_SERVICE_ACCOUNT_EMAIL', trust.address(stack, 'apply'), 'Changes');
      }
    }
  }

  private admitToAws(trusts: readonly TerraformCloudAws[]): void {
    if (trusts.length === 0) return;
    const set = new VariableSet(this, 'aws', { name: 'aws', purpose: 'Runs act at AWS without a key' });
    set.setVariable('TFC_AWS_PROVIDER_AUTH', 'true', 'Every run assumes a role');
    for (const [stack, workspace] of this.withRunsAt('aws')) {
      const trust = trusts.find((one) => one.admits(stack));
      if (!trust) throw new Error(`${this.node.path}: no account at AWS admits ${stack.node.id}`);
      set.applyTo(workspace);
      workspace.setVariable('TFC_AWS_PLAN_ROLE_ARN', this.read(trust.arn(stack, 'plan')), 'Looks');
      workspace.setVariable('TFC_AWS_APPLY_ROLE_ARN', this.read(trust.arn(stack, 'apply')), 'Changes');
    }
  }

  /** Linode knows no identities of others: its token is the only key that Terraform Cloud keeps. */
  private admitToLinode(): void {
    const users = this.withRunsAt('linode');
    if (users.length === 0) return;
    const token = new TerraformVariable(this, 'linode_token', {
      type: 'string',
      sensitive: true,
      description: "Linode's API token, for runs of Terraform Cloud",
    });
    const set = new VariableSet(this, 'linode', { name: 'linode', purpose: 'Runs act at Linode' });
    set.setSecret('LINODE_TOKEN', token.stringValue, "Linode's API token");
    for (const [, workspace] of users) set.applyTo(workspace);
  }

  /** Along every edge of the graph, and nowhere else. After everything that reads: those edges count too. */
  private connect(runTriggers: 'on' | 'off'): void {
    for (const [reader, workspace] of this.workspaces) {
      for (const source of reader.readsFrom) {
        const read = this.workspaces.get(source);
        if (!read) throw new Error(`${reader.node.id} reads ${source.node.id}, which has no workspace`);
        read.shareStateWith(workspace);
        if (runTriggers === 'on') workspace.planAfter(read);
      }
    }
  }

  private notify(notifications: TerraformCloudWorkspacesProps['notifications']): void {
    for (const [name, notification] of Object.entries(notifications)) {
      const { type, triggers } = notification;
      const to = type === 'email' ? { users: notification.users } : { url: this.urlOf(name) };
      for (const workspace of this.workspaces.values()) workspace.notify({ name, type, triggers, ...to });
    }
  }

  private urlOf(notification: string): string {
    const description = `Where ${notification} posts: who knows it may post there`;
    return new TerraformVariable(this, `notification_url_${notification}`, { type: 'string', sensitive: true, description }).stringValue;
  }
}
