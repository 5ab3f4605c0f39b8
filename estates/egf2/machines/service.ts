import * as z from 'zod';
import { checked, launcherOptions, serviceName, serviceOptions, versions } from './fields';
import { checkStep, firstSteps, installStep, launcherSteps, unit } from './services';
import { userData } from './steps';

const options = launcherOptions.extend({
  service: serviceName,
  ...serviceOptions.shape,
  /** MB of swap, for instance types with 1 GB. @default none */
  swapMb: z.int('must be whole megabytes').min(64, 'must be 64 or more').max(65_536, 'must be 65536 or less').optional(),
  versions,
});

export type ServiceMachineOptions = z.input<typeof options>;

/** A machine of a group that runs one service. When it cannot be set up it shuts down, and its group starts another one. */
export function serviceUserData(given: ServiceMachineOptions): string {
  const { service, swapMb, versions, ...rest } = checked(`service ${given.service}`, options, given);
  return userData({
    onFailure: 'shutdown',
    files: [unit(service, rest, rest)],
    steps: [
      ...firstSteps(rest.region, versions),
      ...(swapMb === undefined ? [] : [{ script: 'make-swap' as const, environment: { SWAP_MB: `${swapMb}` } }]),
      ...launcherSteps(rest, versions),
      installStep(service, rest),
      checkStep(service),
    ],
  });
}
