import { Project as TfeProject } from '@cdktf/provider-tfe/lib/project';
import { Construct } from 'constructs';

export interface ProjectProps {
  /** Unique in the organization, and part of every token of its runs. */
  readonly name: string;
  readonly purpose: string;
}

/** A folder of workspaces: whom an organization lets see or run them, it lets by project. */
export class Project extends Construct {
  /** Known after it was made. */
  readonly projectId: string;

  constructor(scope: Construct, id: string, { name, purpose }: ProjectProps) {
    super(scope, id);
    this.projectId = new TfeProject(this, 'resource', { name, description: purpose }).id;
  }
}
