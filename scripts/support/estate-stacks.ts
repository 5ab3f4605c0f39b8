import { SECTION_NAMES } from '../../config/sections';
import { UsageError } from '../../rehearsal/runner/failure';
import type { Stack } from '../../rehearsal/runner/stack';

/** The estates, by name: to load them would load cdktf. */
export const ESTATES: readonly string[] = SECTION_NAMES.filter((name) => name !== 'images');

/** Why an estate has no stack at all, to be added to a text that says so. @param text its name, or a pattern of its stacks @param names of all stacks */
export function whyAbsent(text: string, names: readonly string[]): string {
  return text.startsWith('terraform-cloud') && !names.some((name) => name.startsWith('terraform-cloud-'))
    ? ': its stacks exist, all of them shared, when terraform-cloud.shared.organization is set'
    : '';
}

/** Those of an estate. @throws UsageError when there is no such estate, or it has none of these stacks */
export function stacksOf(estate: string, stacks: readonly Stack[]): Stack[] {
  if (!ESTATES.includes(estate)) throw new UsageError(`There is no estate ${estate}; there is ${ESTATES.join(', ')}`);
  const own = stacks.filter(({ name }) => name.startsWith(`${estate}-`));
  if (own.length === 0) throw new UsageError(`${estate} has none of the chosen stacks${whyAbsent(estate, [])}`);
  return own;
}
