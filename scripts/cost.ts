import { PRICES } from '../config/prices';
import type { Cost } from '../constructs/core/cost';
import { COSTS } from '../estates/cost';
import { estates } from '../estates/index';
import { UsageError } from '../rehearsal/runner/failure';
import { type Cell, table } from '../rehearsal/runner/format';
import { command } from './support/command';
import { loadEstates } from './support/config';

const HELP = `What the estates cost a month, by the list prices noted in config/prices.ts. Asks nobody and changes nothing.

  make cost                         every estate
  make cost ESTATE=docker-worker    one

The same without make: npx tsx scripts/cost.ts [--estate NAME]`;

command(
  HELP,
  ({ options }) => {
    const chosen = options.estate === undefined ? estates : estates.filter(({ name }) => name === options.estate);
    if (chosen.length === 0) throw new UsageError(`There is no estate ${options.estate}; there is ${estates.map(({ name }) => name).join(', ')}`);
    const config = loadEstates(estates);
    for (const { name } of chosen) {
      const estimate = COSTS[name]?.(config[name] as never);
      if (!estimate) throw new UsageError(`${name} has no estimate: add it to estates/cost.ts`);
      const { items, beside = [], notCounted } = estimate;
      const total = items.reduce((sum, { monthly = 0 }) => sum + monthly, 0);
      const isWhole = items.every(({ monthly }) => monthly !== undefined);
      const rows = [...items.map(row), row({ what: isWhole ? 'together' : 'together, without what has no price', monthly: total })];
      console.log(`${name}\n${indented(rows)}`);
      if (beside.length > 0) console.log(`  beside it\n${indented(beside.map(row))}`);
      console.log(`  Not counted: ${notCounted}.\n`);
    }
    console.log(`US dollars a month. List prices as noted on ${PRICES.date}, without discounts, free tiers or taxes; sources in config/prices.ts.`);
    return 0;
  },
  { estate: 'value' },
);

function row({ what, monthly, remark = '' }: Cost): Cell[] {
  return [{ text: what }, { text: monthly === undefined ? 'no price noted' : monthly.toFixed(2), right: true }, { text: remark }];
}

function indented(rows: readonly (readonly Cell[])[]): string {
  return table(rows)
    .map((line) => `    ${line}`)
    .join('\n');
}
