import { UsageError } from '../../../rehearsal/runner/failure';
import { SERVICE_NAMES, type ServiceName } from '../../../services/contracts/egf2-services';

/** The services that are named, in words or with commas, or `all`. Nobody restarts everything by a word that was forgotten. @throws UsageError with the nine */
export function chosenServices(text: string | boolean | undefined): readonly ServiceName[] {
  const names = String(text ?? '')
    .split(/[\s,]+/)
    .filter(Boolean);
  if (names.join() === 'all') return SERVICE_NAMES;
  const unknown = names.filter((name) => !SERVICE_NAMES.some((service) => service === name));
  if (names.length === 0 || unknown.length > 0)
    throw new UsageError(`SERVICE: ${names.length === 0 ? 'names none' : `${unknown.join(', ')} is none`}. The nine are ${SERVICE_NAMES.join(', ')}; or all`);
  return SERVICE_NAMES.filter((service) => names.includes(service));
}

/** egf2 has one environment. */
export function onlyProd(name: string | boolean | undefined): 'prod' {
  if (name === undefined || name === 'prod') return 'prod';
  throw new UsageError(`ENV: egf2 has prod only, not "${name}"`);
}
