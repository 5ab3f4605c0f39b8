import type { ResolvedTask } from '../contracts/task';
import { hourCost, type Prices } from '../contracts/task-cost';

/** US dollars for machine and disk from start to end, to a hundredth of a cent. null: the table has no price for the machine or its disk. */
export function costOf(prices: Prices, run: ResolvedTask, start: Date, end: Date): number | null {
  const hour = hourCost(prices, run);
  const hours = Math.max(0, end.getTime() - start.getTime()) / 3_600_000;
  return hour === null ? null : Number((hours * hour).toFixed(4));
}
