/** A plan looks and asks for nothing else; an apply changes. */
export const PHASES = ['plan', 'apply'] as const;
export type Phase = (typeof PHASES)[number];

/** One phase of the runs of one workspace. */
export interface Run {
  readonly organization: string;
  readonly project: string;
  readonly workspace: string;
  readonly phase: Phase;
}

/**
 * What Terraform Cloud writes into the run's token as its subject. Each part has letters, digits, hyphens and underscores only, so that
 * no name of one part can look like two parts. developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens
 */
export function subjectOf({ organization, project, workspace, phase }: Run): string {
  const unusable = [organization, project, workspace].find((part) => !/^[\w-]+$/.test(part));
  if (unusable !== undefined) throw new Error(`'${unusable}' cannot be part of a run's subject: letters, digits, hyphens and underscores only`);
  return `organization:${organization}:project:${project}:workspace:${workspace}:run_phase:${phase}`;
}
