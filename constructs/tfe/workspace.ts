import { NotificationConfiguration } from '@cdktf/provider-tfe/lib/notification-configuration';
import { RunTrigger } from '@cdktf/provider-tfe/lib/run-trigger';
import { Variable } from '@cdktf/provider-tfe/lib/variable';
import { Workspace as TfeWorkspace } from '@cdktf/provider-tfe/lib/workspace';
import { WorkspaceSettings } from '@cdktf/provider-tfe/lib/workspace-settings';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import type { Project } from './project';

/** Where the runs of a workspace are: with Terraform Cloud, with whoever types the command, or with agents in a network of yours. */
export type Execution = 'remote' | 'local' | { readonly agentPool: string };

export interface WorkspaceProps {
  readonly project: Project;
  /** The stack whose state it keeps: the workspace has its name and its labels. */
  readonly of: EstateStack;
  /** Exactly this version plans and applies. */
  readonly terraformVersion: string;
  readonly execution: Execution;
}

/** Who is told of what happens to runs. */
export interface NotificationProps {
  /** Shown in the message. */
  readonly name: string;
  readonly type: 'email' | 'slack' | 'generic';
  /** `run:errored` and the like. */
  readonly triggers: readonly string[];
  /** Ids of the users who get mail. @default nobody */
  readonly users?: readonly string[];
  /** A reference to a sensitive variable: who knows the URL may post there. @default none, for mail */
  readonly url?: string;
}

/** The workspace of one stack: its state, who reads it, and its runs. Nothing is applied that nobody has looked at. */
export class Workspace extends Construct {
  readonly name: string;
  /** Known after it was made. */
  readonly workspaceId: string;
  /** Whether Terraform Cloud starts runs of it, here or on agents. */
  readonly hasRuns: boolean;
  private readonly consumers = new Map<string, string>();

  constructor(scope: Construct, id: string, { project, of, terraformVersion, execution }: WorkspaceProps) {
    super(scope, id);
    this.name = of.node.id;
    this.hasRuns = execution !== 'local';
    const workspace = new TfeWorkspace(this, 'resource', {
      name: this.name,
      projectId: project.projectId,
      description: `Stack ${of.labels.stack} of ${of.estate}, ${of.environment}`,
      tags: { ...of.labels },
      terraformVersion,
      autoApply: false,
      queueAllRuns: false, // no repository is connected: a run comes from cdktf deploy, with the stack's folder
      fileTriggersEnabled: false,
      allowDestroyPlan: !of.protected,
      forceDelete: false,
      lifecycle: { preventDestroy: EstateStack.of(this).protected },
    });
    this.workspaceId = workspace.id;
    new WorkspaceSettings(this, 'settings', {
      workspaceId: workspace.id,
      ...(typeof execution === 'string' ? { executionMode: execution } : { executionMode: 'agent', agentPoolId: execution.agentPool }),
      globalRemoteState: false,
      remoteStateConsumerIds: Lazy.listValue({ produce: () => [...this.consumers.values()] }),
    });
  }

  /** Lets the runs of `consumer` read this state, and nobody else's. */
  shareStateWith(consumer: Workspace): void {
    this.consumers.set(consumer.name, consumer.workspaceId);
  }

  /** Plans this one again when `source` was applied. Where one of them has no runs, there is nothing to start, or nobody to start it. */
  planAfter(source: Workspace): void {
    if (!this.hasRuns || !source.hasRuns) return;
    new RunTrigger(this, `after-${source.name}`, { workspaceId: this.workspaceId, sourceableId: source.workspaceId });
  }

  /** An environment variable of its runs. It is no secret: whoever may see the workspace sees it. */
  setVariable(key: string, value: string, description: string): void {
    new Variable(this, key, { workspaceId: this.workspaceId, category: 'env', key, value, description });
  }

  notify({ name, type, triggers, users, url }: NotificationProps): void {
    if (!this.hasRuns) return;
    new NotificationConfiguration(this, `notify-${name}`, {
      workspaceId: this.workspaceId,
      name,
      destinationType: type,
      enabled: true,
      triggers: [...triggers],
      ...(users && { emailUserIds: [...users] }),
      ...(url && { url }),
    });
  }
}
