import { DataGoogleProject } from '@cdktf/provider-google/lib/data-google-project';
import type { IConstruct } from 'constructs';
import { EstateStack } from '../core/estate-stack';

/** Google's own accounts that act for a service in our project, by what stands between @ and .iam.gserviceaccount.com. */
export type ServiceAgent = 'gcp-sa-pubsub' | 'gcp-sa-cloudscheduler';

const PROJECT = 'project';

/**
 * The service agent as a member for grants. Its address holds the project's number, which is looked up: Terraform's resource
 * that would make the agent (`google_project_service_identity`) is in google-beta only. The agent exists once its API is enabled.
 */
export function serviceAgent(scope: IConstruct, agent: ServiceAgent): string {
  const stack = EstateStack.of(scope);
  const project = (stack.node.tryFindChild(PROJECT) as DataGoogleProject | undefined) ?? new DataGoogleProject(stack, PROJECT, {});
  return `serviceAccount:service-${project.number}@${agent}.iam.gserviceaccount.com`;
}
