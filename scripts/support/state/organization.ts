import type { TerraformCloud } from '../../../config/load';
import { UsageError } from '../../../rehearsal/runner/failure';
import { loginTo, PUBLIC_HOST, tokenFor } from './token';

interface Organization {
  readonly attributes?: { readonly permissions?: Readonly<Record<string, boolean>> };
}

/** The answer is no, and somebody can mend it. */
export class Unusable extends UsageError {
  /** @param way out of it, for a person @param mend the command that does it @default a person does */
  constructor(
    readonly remark: string,
    way: string,
    readonly mend = `# ${way}`,
  ) {
    super(`${remark}. ${way}`);
  }
}

/** Asks Terraform Cloud whether it knows the organization and the login. Returns the names of `workspaces` that are not there yet, and may be made. */
export async function checkOrganization(cloud: TerraformCloud, workspaces: readonly string[], env: NodeJS.ProcessEnv): Promise<string[]> {
  const { absent, mayMake } = await askOrganization(cloud, workspaces, env);
  if (absent.length > 0 && !mayMake)
    throw new Unusable(
      `You may not make workspaces in ${cloud.organization}, and these are not there: ${absent.join(', ')}`,
      'Ask an owner for "Manage all workspaces", or to deploy the estate terraform-cloud.',
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
  const login = loginTo(hostname);
  if (token === undefined) throw new Unusable(`There is no token for ${hostname}`, `Get one: ${login}`, login);

  const ask = async (path: string) => {
    const response = await fetch(`https://${hostname}/api/v2/organizations/${organization}${path}`, { headers: { authorization: `Bearer ${token}` } }).catch(
      (error: Error & { cause?: Error }) => {
        throw new UsageError(`${hostname} does not answer: ${error.cause?.message ?? error.message}`);
      },
    );
    if (response.status === 401) throw new Unusable(`${hostname} does not accept your token (any more)`, `Get a new one: ${login}`, login);
    if (response.status !== 200 && response.status !== 404) throw new UsageError(`${hostname} answers with ${response.status}. Try again later.`);
    return response;
  };

  const found = await ask('');
  if (found.status === 404) {
    throw new Unusable(
      `${hostname} knows no organization ${organization}, or your token may not see it`,
      `Make it at https://${hostname}/app/organizations/new, or ask its owner to invite you.`,
    );
  }
  const absent: string[] = [];
  for (const name of workspaces) if ((await ask(`/workspaces/${name}`)).status === 404) absent.push(name);
  const { data } = (await found.json()) as { data?: Organization };
  return { absent, mayMake: data?.attributes?.permissions?.['can-create-workspace'] === true };
}
