import { createHash } from 'node:crypto';
import { UsageError } from './failure';
import type { Stack } from './stack';

/** `TF_VAR_` variables for what a stack would ask its user for, such as secrets: stand-ins, the same in every run. Those that are set in `env` stay. */
export function standIns(stack: Stack, env: NodeJS.ProcessEnv): Record<string, string> {
  const unset = [...stack.requiredVariables].filter(([name]) => env[`TF_VAR_${name}`] === undefined);
  return Object.fromEntries(
    unset.map(([name, type]) => {
      const value = standIn(name, type.replace(/\s/g, ''));
      if (value === undefined)
        throw new UsageError(`${stack.name}: no stand-in for variable '${name}' of type ${type}; set TF_VAR_${name} to an example value`);
      return [`TF_VAR_${name}`, typeof value === 'string' ? value : JSON.stringify(value)];
    }),
  );
}

function standIn(name: string, type: string): unknown {
  switch (type) {
    case 'string':
    case 'any':
      // of an image that nobody has looked up
      return name.startsWith('digest_') ? `sha256:${createHash('sha256').update(name).digest('hex')}` : `rehearsal-${name}`;
    case 'number':
      return 1;
    case 'bool':
      return true;
  }
  const [, collection, element] = /^(list|set|map)\((.*)\)$/.exec(type) ?? [];
  const value = element && standIn(name, element);
  if (value === undefined) return undefined;
  return collection === 'map' ? { rehearsal: value } : [value];
}
