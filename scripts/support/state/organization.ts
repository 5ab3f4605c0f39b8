import type { TerraformCloud } from '../../../config/load';
import { UsageError } from '../../../rehearsal/runner/failure';
import { tokenFor } from './token';

const PUBLIC_HOST = 'app.terraform.io';

interface Organization {
  readonly attributes?: { readonly permissions?: Readonly<Record<string, boolean>> };
}

/** Asks Terraform Cloud whether it knows the organization and the login. Returns the names of `workspaces` that are not there yet, and may be made. */
export async function checkOrganization(cloud: TerraformCloud, workspaces: readonly string[], env: NodeJS.ProcessEnv): Promise<string[]> {
  const { absent, mayMake } = await askOrganization(cloud, workspaces, env);
  if (absent.length > 0 && !mayMake)
    throw new UsageError(
      `You may not make workspaces in ${cloud.organization}, and these are not there: ${absent.join(', ')}. Ask an owner for "Manage all workspaces", or to deploy the estate terraform-cloud.`,
    );
  return absent;
}

/** Which of the workspaces are not there, and whether whoever asks may make them. Makes none: `terraform init` would. */
export async function askOrganization(
  { organization, hostname = PUBLIC_HOST }: TerraformCloud,
  workspaces: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly absent: string[]; readonly mayMake: boolean }> {
  const token = tokenFor(hostname, env);
  const login = hostname === PUBLIC_HOST ? 'terraform login' : `terraform login ${hostname}`;
  if (token === undefined) throw new UsageError(`There is no token for ${hostname}. Get one: ${login}`);

  const ask = async (path: string) => {
    const response = await fetch(`https://${hostname}/api/v2/organizations/${organization}${path}`, { headers: { authorization: `Bearer ${token}` } }).catch(
      (error: Error & { cause?: Error }) => {
        throw new UsageError(`${hostname} does not answer: ${error.cause?.message ?? error.message}`);
      },
    );
    if (response.status === 401) throw new UsageError(`${hostname} does not accept your token (any more). Get a new one: ${login}`);
    if (response.status !== 200 && response.status !== 404) throw new UsageError(`${hostname} answers with ${response.status}. Try again later.`);
    return response;
  };

  const found = await ask('');
  if (found.status === 404) {
    throw new UsageError(
      `${hostname} knows no organization ${organization}, or your token may not see it. Make it at https://${hostname}/app/organizations/new, or ask its owner to invite you.`,
    );
  }
  const absent: string[] = [];
  for (const name of workspaces) if ((await ask(`/workspaces/${name}`)).status === 404) absent.push(name);
  const { data } = (await found.json()) as { data?: Organization };
  return { absent, mayMake: data?.attributes?.permissions?.['can-create-workspace'] === true };
}
