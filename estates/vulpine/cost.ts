import type { VulpineConfig } from '../../config/vulpine';
import type { CostComparison } from '../../constructs/core/cost';
import { billOf } from './bill';

export function vulpineCost(config: VulpineConfig): CostComparison {
  const { topology } = config.prod;
  const bill = billOf(config);
  const compared = (part: keyof typeof bill) => bill[part].map(({ what, each, amount }) => ({ what, each, amounts: [amount] }));
  return {
    setups: [topology],
    configured: topology,
    lines: compared('fixed'),
    byUse: compared('byUse'),
    notes: ['What is paid by use is what the real bill of 2018 came to, for each instance: estates/vulpine/usage.ts.'],
    notCounted:
      "free tiers (CloudFront's first TB of a month is free), what a Linode sends beyond its transfer pool, the off-site host, mail, old versions in buckets, questions for names",
  };
}
