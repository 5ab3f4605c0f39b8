import { Variable } from '@cdktf/provider-tfe/lib/variable';
import { VariableSet as TfeVariableSet } from '@cdktf/provider-tfe/lib/variable-set';
import { WorkspaceVariableSet } from '@cdktf/provider-tfe/lib/workspace-variable-set';
import { Construct } from 'constructs';
import type { Workspace } from './workspace';

export interface VariableSetProps {
  /** Unique in the organization. */
  readonly name: string;
  readonly purpose: string;
}

/** Environment variables that the runs of several workspaces have. Never those of a whole organization. */
export class VariableSet extends Construct {
  private readonly set: TfeVariableSet;

  constructor(scope: Construct, id: string, { name, purpose }: VariableSetProps) {
    super(scope, id);
    this.set = new TfeVariableSet(this, 'resource', { name, description: purpose, global: false });
  }

  setVariable(key: string, value: string, description: string): void {
    new Variable(this, key, { variableSetId: this.set.id, category: 'env', key, value, description });
  }

  /** `value` is a reference to a sensitive variable. Terraform hands it over and keeps it in no state; Terraform Cloud shows it to nobody. */
  setSecret(key: string, value: string, description: string): void {
    new Variable(this, key, { variableSetId: this.set.id, category: 'env', key, valueWo: value, sensitive: true, description });
  }

  applyTo(workspace: Workspace): void {
    new WorkspaceVariableSet(this, workspace.name, { variableSetId: this.set.id, workspaceId: workspace.workspaceId });
  }
}
