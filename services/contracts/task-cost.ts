import * as z from 'zod';
import type { ResolvedTask } from './task';

/** Hours that a cloud's month has. */
export const MONTH_HOURS = 730;

/** List prices of one region, US dollars. */
export const prices = z.strictObject({
  /** An hour, by machine type; `spot:<type>` for spot machines, where somebody has noted one: they change daily. */
  machineHour: z.record(z.string(), z.number().positive()),
  /** A GB of the boot disk for a month; null: not noted for this region. */
  diskGbMonth: z.number().positive().nullable(),
});
export type Prices = z.output<typeof prices>;

/** An hour of a task's machine with its disk, US dollars. null: no price is noted of the one or the other. */
export function hourCost(
  { machineHour, diskGbMonth }: Prices,
  { machineType, provisioning, diskGb }: Pick<ResolvedTask, 'machineType' | 'provisioning' | 'diskGb'>,
): number | null {
  const machine = machineHour[provisioning === 'spot' ? `spot:${machineType}` : machineType];
  return machine === undefined || diskGbMonth === null ? null : machine + (diskGb * diskGbMonth) / MONTH_HOURS;
}
