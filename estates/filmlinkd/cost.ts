import type { FilmlinkdConfig } from '../../config/filmlinkd';
import { PRICES } from '../../config/prices';
import type { CostEstimate } from '../../constructs/core/cost';
import { MONTH_HOURS } from '../../services/contracts/task-cost';

/** GB of a machine's disk. */
const DISK_GB = 10;

/** What is there all month, in both environments; beside it what static addresses would cost instead of NAT. */
export function filmlinkdCost({ shared: { region }, dev, prod }: FilmlinkdConfig): CostEstimate {
  const machines = Object.entries({ dev, prod }).flatMap(([environment, config]) =>
    Object.entries(config.machines).map(([name, { machineType }]) => {
      const machine = PRICES.machineHour[region]?.[machineType];
      const disk = PRICES.balancedGbMonth[region];
      const monthly = machine === undefined || disk === undefined ? undefined : machine * MONTH_HOURS + DISK_GB * disk;
      return { what: `${environment}: ${name}, ${machineType} and ${DISK_GB} GB`, monthly };
    }),
  );
  return {
    items: [...machines, { what: `Cloud NAT for ${machines.length} machines`, monthly: PRICES.natMachineHour * MONTH_HOURS * machines.length }],
    beside: [{ what: `instead of NAT: an address for each of ${machines.length} machines`, monthly: PRICES.addressHour * MONTH_HOURS * machines.length }],
    notCounted: 'messages, Firestore, secrets, images, builds, logs, backups (small at this size), traffic, and NAT by the GB',
  };
}
