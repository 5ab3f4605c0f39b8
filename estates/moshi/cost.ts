import type { MoshiConfig } from '../../config/moshi';
import { PRICES } from '../../config/prices';
import type { CostEstimate } from '../../constructs/core/cost';
import { MONTH_HOURS } from '../../services/contracts/task-cost';

/** What is there all month, in both environments. */
export function moshiCost({ shared: { region }, dev, prod }: MoshiConfig): CostEstimate {
  const servers = Object.entries({ dev, prod }).map(([environment, { server }]) => {
    const machine = PRICES.machineHour[region]?.[server.machineType];
    const disk = PRICES.balancedGbMonth[region];
    return {
      what: `${environment}: ${server.machineType}, ${server.diskGb} GB and its address`,
      monthly: machine === undefined || disk === undefined ? undefined : (machine + PRICES.addressHour) * MONTH_HOURS + server.diskGb * disk,
    };
  });
  return {
    items: [
      ...servers,
      { what: 'load balancers: 4 forwarding rules, up to 5 have one price', monthly: PRICES.forwardingRulesHour * MONTH_HOURS },
      { what: 'DNS zone', monthly: PRICES.dnsZoneMonth },
    ],
    notCounted: 'traffic, the load balancers by the GB, Firestore, storage, logs, sign-ins; speech and translation, which the server calls',
  };
}
