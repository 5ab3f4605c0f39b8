import type { StateBucketNeed } from '../../../constructs/core/need';
import { UsageError } from '../../../rehearsal/runner/failure';
import type { EstateNeeds } from '../chosen-needs';
import type { Step } from '../steps';
import type { Tool } from '../tool';
import { bucketSteps, type Lack, surveyBucket, viewerOf } from './bucket';

/** The buckets that the chosen estates keep their states in, each once. */
export function bucketsOf(chosen: readonly EstateNeeds[]): StateBucketNeed[] {
  const all = chosen.flatMap(({ needs }) => needs.filter((need): need is StateBucketNeed => need.kind === 'state-bucket'));
  return [...new Map(all.map((need) => [`${need.type} ${need.bucket}`, need])).values()];
}

/** What is missing before a state may lie in these buckets. */
export function placeSteps(buckets: readonly StateBucketNeed[], tools: { readonly gcloud: Tool; readonly aws: Tool }): Step[] {
  return buckets.flatMap((need) => bucketSteps(need, lacksOf(need, tools), tools));
}

/** Undefined where there is no bucket yet. */
function lacksOf(need: StateBucketNeed, tools: { readonly gcloud: Tool; readonly aws: Tool }): readonly Lack[] | undefined {
  const found = surveyBucket(need, tools);
  switch (found.is) {
    case 'there':
      return found.value ?? [];
    case 'absent':
      return undefined;
    case 'off':
      throw new UsageError(`The API ${found.api} is off. Turn it on: gcloud services enable ${found.api}`);
    case 'refused': {
      const { role, on } = viewerOf(need);
      throw new UsageError(`You may not look at the bucket ${need.bucket}: it takes ${role} on ${on}, or the name is somebody else's already.`);
    }
  }
}
