import type { TerraformCloud } from '../../../config/load';
import { UsageError } from '../../../rehearsal/runner/failure';
import { checkOrganization, Unusable } from '../state/organization';
import { type Finding, missing, ok } from './finding';

/** Where TF_CLOUD_ORGANIZATION says that state is kept: nothing is planned or deployed without it. @param workspaces that are going to be there */
export async function lookForOrganization(cloud: TerraformCloud, workspaces: readonly string[], env: NodeJS.ProcessEnv): Promise<Finding> {
  const what = `organization ${cloud.organization}, which keeps the state`;
  try {
    await checkOrganization(cloud, workspaces, env);
    return { what, ...ok() };
  } catch (error) {
    if (error instanceof Unusable) return { what, ...missing(error.remark, error.mend) };
    if (!(error instanceof UsageError)) throw error;
    return { what, state: 'cannot be told', remark: error.message, mend: [] };
  }
}
