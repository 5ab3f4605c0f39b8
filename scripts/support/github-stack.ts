import { UsageError } from '../../rehearsal/runner/failure';
import { terraform } from './tool';

const STACK = 'moshi-github-shared';

/** What the deployed stack published, by name. */
export function githubOutputs(names: readonly string[]): ReadonlyMap<string, string> {
  const printed = terraform.read<Record<string, { value: string }>>(`-chdir=cdktf.out/stacks/${STACK}`, 'output', '-json') ?? {};
  const missing = names.filter((name) => !printed[name]?.value);
  if (missing.length > 0)
    throw new UsageError(`${STACK} has no output ${missing.join(', ')}: it is not deployed as it is here. Run make deploy STACKS='${STACK}'`);
  return new Map(names.map((name) => [name, (printed[name] as { value: string }).value]));
}
