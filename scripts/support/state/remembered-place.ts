import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../../rehearsal/runner/failure';
import type { Stack } from '../../../rehearsal/runner/stack';

/** What `terraform init` writes down of the place that it was for. */
interface Remembered {
  readonly type: string;
  readonly config: unknown;
}

/** The stack's folder may remember any place, and Terraform would ask what to do, or ask there. */
export function forgetPlace(stack: Stack): void {
  rmSync(memoryOf(stack), { force: true });
}

/** Whether Terraform asks for the state where the config says, without being initialized again. */
export function isInitialized(stack: Stack): boolean {
  return existsSync(memoryOf(stack)) && otherPlace(stack) === undefined;
}

/** The place that the stack's folder was initialized for, where the config names another one now. */
function otherPlace(stack: Stack): Remembered | undefined {
  const file = memoryOf(stack);
  if (!existsSync(file)) return undefined;
  const { backend: found } = JSON.parse(readFileSync(file, 'utf8')) as { backend?: Remembered };
  const { backend = {}, cloud } = JSON.parse(stack.place) as { backend?: Readonly<Record<string, unknown>>; cloud?: unknown };
  const [[type, config] = ['local', {}]] = cloud === undefined ? Object.entries(backend) : [['cloud', cloud]];
  return found && !(found.type === type && says(found.config, config)) ? found : undefined;
}

/**
 * Before Terraform is initialized: it refuses a folder that remembers another place. One on this machine is forgotten, since states here are
 * guarded by themselves ({@link refuseUnsafeStates}); a shared one may still hold what is deployed, and from the new one it would be made again.
 * @throws UsageError naming the stacks and their places
 */
export function forgetLocalPlaces(stacks: Iterable<Stack>): void {
  const shared: string[] = [];
  for (const stack of stacks) {
    const other = otherPlace(stack);
    if (!other) continue;
    if (other.type === 'local') forgetPlace(stack);
    else shared.push(`\n  ${stack.name}   ${shown(other)}`);
  }
  if (shared.length === 0) return;
  throw new UsageError(
    `The state of these was elsewhere when Terraform was last here, and the config names another place now:${shared.join('')}\n` +
      'Move what is deployed first: "From one shared place to another" in docs/runbooks/moving-state.md. When it is moved, or nothing was ever deployed\n' +
      'from there: make clean, which lets the folders forget, and the same command again. Nothing was changed.',
  );
}

/** It holds no state, only where that is. */
function memoryOf({ folder }: Stack): string {
  return join(folder, '.terraform/terraform.tfstate');
}

/** Whether all that is wanted was found so: what Terraform adds by itself does not count. */
function says(found: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return found === wanted;
  return Object.entries(wanted).every(([key, value]) => says(Object(found)[key], value));
}

function shown({ type, config }: Remembered): string {
  const { bucket, prefix, key, organization, workspaces } = Object(config) as Record<string, string | { readonly name?: string } | undefined>;
  const parts = [bucket, prefix, key, organization, Object(workspaces).name].filter((part) => typeof part === 'string');
  return [type, ...parts].join('/');
}
