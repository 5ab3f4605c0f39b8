import type { Goal } from '../frame';
import type { Comparison } from './comparison';
import type { Growth } from './growth';

/** Ours against cdktf's template and against the floor. */
export function comparisonGoals({ ours, template, floor }: Comparison): Goal[] {
  const speed = template.seconds / ours.seconds;
  const memory = template.peakMb / ours.peakMb;
  const overFloor = ours.seconds / floor.seconds;
  return [
    { text: `at least 15 times faster than the template: ${speed.toFixed(1)} times`, met: speed >= 15 },
    { text: `at most 1/10 of the template's memory: 1/${memory.toFixed(1)}`, met: memory >= 10 },
    { text: `at most 2 times the floor: ${overFloor.toFixed(2)} times`, met: overFloor <= 2 },
  ];
}

/** Cost per resource must not grow with the number of resources. */
export function growthGoals(sizes: readonly Growth[]): Goal[] {
  const [small, large] = [1_000, 20_000].map((resources) => sizes.find((size) => size.resources === resources && size.stacks > 1));
  if (!small || !large) throw new Error('growth was not measured at 1,000 and 20,000 resources');
  const ratio = large.msPerResource / small.msPerResource;
  return [{ text: `a resource among 20,000 costs at most 1.5 times one among 1,000: ${ratio.toFixed(2)} times`, met: ratio <= 1.5 }];
}
