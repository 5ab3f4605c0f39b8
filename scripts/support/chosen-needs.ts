import type { Estate } from '../../constructs/core/estate';
import type { Need } from '../../constructs/core/need';
import { UsageError } from '../../rehearsal/runner/failure';
import { load } from './config';
import { environmentsOf } from './environments';
import { noEstate } from './no-estate';

export interface EstateNeeds {
  readonly estate: string;
  readonly needs: readonly Need[];
}

/**
 * The needs of the chosen estate, or of all of them; with `environment`, those of the others are left out and the shared ones stay.
 * Where Terraform Cloud keeps the state, no bucket does.
 */
export function chosenNeeds(
  estates: readonly Estate[],
  { estate: name, environment }: { readonly estate?: string | undefined; readonly environment?: string | undefined },
): EstateNeeds[] {
  const chosen = estates.filter((estate) => name === undefined || estate.name === name);
  if (chosen.length === 0)
    throw noEstate(
      name,
      estates.map((estate) => estate.name),
    );
  const { estates: config, terraformCloud } = load(estates);
  const all = chosen.map(({ name: estate, needs }) => ({
    estate,
    needs: (needs?.(config[estate]) ?? []).filter(({ kind }) => kind !== 'state-bucket' || !terraformCloud),
  }));
  if (environment === undefined) return all;
  const environments = environmentsOf(all.flatMap(({ needs }) => needs));
  if (!environments.some((one) => one === environment)) {
    throw new UsageError(`${name ?? 'No estate'} has ${name ? 'no' : 'an'} environment ${environment}; there is ${environments.join(', ') || 'none'}`);
  }
  return all.map(({ estate, needs }) => ({ estate, needs: needs.filter((need) => need.environment === 'shared' || need.environment === environment) }));
}
