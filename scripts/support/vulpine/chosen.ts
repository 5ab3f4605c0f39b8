import { type VulpineConfig, vulpineSchema, vulpineValues } from '../../../config/vulpine';
import { UsageError } from '../../../rehearsal/runner/failure';
import { loadEstates } from '../config';

/** vulpine's values. */
export function vulpineConfig(): VulpineConfig {
  return loadEstates([{ name: 'vulpine', schema: vulpineSchema, values: vulpineValues }]).vulpine as VulpineConfig;
}

/** The instance that a command is about: the only one, or the one that is named. */
export function chosenInstance({ prod }: VulpineConfig, named: string | boolean | undefined): string {
  const all = Object.keys(prod.instances);
  if (named === undefined && all.length === 1) return all[0] as string;
  if (typeof named === 'string' && all.includes(named)) return named;
  throw new UsageError(
    named === undefined
      ? `There are several instances; say INSTANCE=${all.join(' or INSTANCE=')}`
      : `There is no instance ${named}; there is ${all.join(', ')}`,
  );
}
