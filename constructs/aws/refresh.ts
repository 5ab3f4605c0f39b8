/** Percent of a group's machines that stay in service while its machines are replaced. A group of one machine has none meanwhile. */
export function minHealthyPercentage({ max }: { readonly max: number }): number {
  return max > 1 ? 90 : 0;
}
