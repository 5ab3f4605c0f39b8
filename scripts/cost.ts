import { AWS_PRICES, LINODE_PRICES, PRICES } from '../config/prices';
import { COSTS } from '../estates/cost';
import { estates } from '../estates/index';
import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';
import { loadEstates } from './support/config';
import { costReport } from './support/cost-report';
import { noEstate } from './support/no-estate';

const HELP = `What the estates cost a month, by the list prices noted in config/prices.ts. Asks nobody and changes nothing.

  make cost                         every estate
  make cost ESTATE=docker-worker    one
  make cost ESTATE=egf2             one, in each of its modes

The same without make: npx tsx scripts/cost.ts [--estate NAME]`;

command(
  HELP,
  ({ options }) => {
    const chosen = options.estate === undefined ? estates : estates.filter(({ name }) => name === options.estate);
    if (chosen.length === 0)
      throw noEstate(
        options.estate,
        estates.map(({ name }) => name),
      );
    const config = loadEstates(estates);
    for (const { name } of chosen) {
      const cost = COSTS[name]?.(config[name] as never);
      if (!cost) throw new UsageError(`${name} has no estimate: add it to estates/cost.ts`);
      console.log(`${costReport(name, cost)}\n`);
    }
    const dates = `${PRICES.date} (Google), ${AWS_PRICES.date} (AWS), ${LINODE_PRICES.date} (Linode)`;
    console.log(`US dollars a month. List prices as noted on ${dates}, without discounts, free tiers or taxes; sources in config/prices.ts.`);
    return 0;
  },
  { estate: 'value' },
);
