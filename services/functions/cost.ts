import type * as z from 'zod';
import type { createWorkerEnvironment } from '../contracts/functions';
import type { ResolvedTask } from '../contracts/task';

export type Prices = z.output<typeof createWorkerEnvironment>['PRICES'];

const HOURS_OF_A_MONTH = 730;

/** US dollars for machine and disk from start to end, to a hundredth of a cent. null: the table has no price for the machine or its disk. */
export function costOf(prices: Prices, run: ResolvedTask, start: Date, end: Date): number | null {
  const machineHour = prices.machineHour[run.provisioning === 'spot' ? `spot:${run.machineType}` : run.machineType];
  if (machineHour === undefined || prices.diskGbMonth === null) return null;
  const hours = Math.max(0, end.getTime() - start.getTime()) / 3_600_000;
  return Number((hours * (machineHour + (run.diskGb * prices.diskGbMonth) / HOURS_OF_A_MONTH)).toFixed(4));
}
