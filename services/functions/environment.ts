import { createWorkerEnvironment } from '../contracts/functions';
import { regionOfSubnetwork, regionOfZone } from './resolve-task';

/** The contract, and that the declared tasks can have a machine in the subnetwork at all. */
export const createWorkerSettings = createWorkerEnvironment.superRefine(({ TASKS, SUBNETWORK }, context) => {
  const region = regionOfSubnetwork(SUBNETWORK);
  if (region === undefined) {
    context.addIssue({ code: 'custom', path: ['SUBNETWORK'], message: 'must be projects/P/regions/R/subnetworks/S' });
    return;
  }
  for (const [name, { zone }] of Object.entries(TASKS)) {
    if (regionOfZone(zone) !== region)
      context.addIssue({ code: 'custom', path: ['TASKS', name, 'zone'], message: `must be in ${region}, where SUBNETWORK is` });
  }
});
