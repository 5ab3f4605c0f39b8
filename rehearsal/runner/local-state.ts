import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

interface StateBlock {
  readonly backend: string;
  readonly config: Readonly<Record<string, unknown>>;
}

interface StackJson {
  readonly terraform?: { readonly backend?: Readonly<Record<string, unknown>>; readonly cloud?: unknown };
  readonly data?: { readonly terraform_remote_state?: Readonly<Record<string, StateBlock>> };
}

/** As {@link LocalBackend} of an estate has it, from a stack's folder. */
const fileOf = (stack: string) => `../../../.state/${stack}.tfstate`;

/**
 * Takes a synthesized stack's state, and what it reads of others', to local files: what is deployed here does not exist, and must never meet
 * the state of what does. The stack is checked for where its state really is, which is why its config is not changed for that.
 */
export function keepStateHere(folder: string): void {
  const file = join(folder, 'cdk.tf.json');
  const json = JSON.parse(readFileSync(file, 'utf8')) as StackJson;
  writeFileSync(file, JSON.stringify(withLocalState(json, basename(folder)), null, 2));
}

export function withLocalState(json: StackJson, stack: string): StackJson {
  const { cloud, backend = {}, ...terraform } = json.terraform ?? {};
  const isKnown = cloud !== undefined || 'gcs' in backend || 's3' in backend;
  const states = json.data?.terraform_remote_state;
  return {
    ...json,
    ...(isKnown && { terraform: { ...terraform, backend: { local: { path: fileOf(stack) } } } }),
    ...(states && {
      data: { ...json.data, terraform_remote_state: Object.fromEntries(Object.entries(states).map(([name, block]) => [name, localBlock(block)])) },
    }),
  };
}

function localBlock(block: StateBlock): StateBlock {
  const stack = stackOf(block);
  return stack === undefined ? block : { ...block, backend: 'local', config: { path: fileOf(stack) } };
}

/** Whose state it is, by the name that our backends give it; undefined of a local one, or one that is not ours. */
function stackOf({ backend, config }: StateBlock): string | undefined {
  switch (backend) {
    case 's3':
      return lastOf(config.key)?.replace(/\.tfstate$/, '');
    case 'gcs':
      return lastOf(config.prefix);
    case 'remote':
      return (config.workspaces as { readonly name?: string } | undefined)?.name;
    default:
      return undefined;
  }
}

const lastOf = (path: unknown) => (typeof path === 'string' ? basename(path) : undefined);
