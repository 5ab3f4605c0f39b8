import type { StateBucketNeed } from '../../../constructs/core/need';
import type { Step } from '../steps';
import type { Answer, Tool } from '../tool';
import { amazonLacks, createAmazon } from './amazon-bucket';
import { createGoogle, googleLacks } from './google-bucket';

/** What a bucket must be before a state lies in it, and is not: what the command that mends it does. */
export interface Lack {
  /** As a person would say what is wrong: "old versions are not kept". */
  readonly lacks: string;
  /** What mends it does: "keep old versions". */
  readonly mends: string;
  /** Of gcloud or aws. */
  readonly args: readonly string[];
}

/** Whom buckets are asked of. */
export type Clouds = { readonly [Name in 'gcloud' | 'aws']: Pick<Tool, 'ask'> };

/** What a state's bucket is: the same for whoever asks. There: what is not right about it. */
export function surveyBucket(need: StateBucketNeed, { gcloud, aws }: Clouds): Answer<readonly Lack[]> {
  return need.type === 'gcs' ? googleLacks(need, gcloud) : amazonLacks(need, aws);
}

/** What it takes to look at one. */
export function viewerOf(need: StateBucketNeed): { readonly role: string; readonly on: string } {
  return need.type === 'gcs' ? { role: 'roles/storage.bucketViewer', on: need.project } : { role: 's3:ListBucket', on: need.bucket };
}

/** What is still to be done to it, in order. `lacks`: undefined where there is no bucket yet. */
export function bucketSteps(
  need: StateBucketNeed,
  lacks: readonly Lack[] | undefined,
  { gcloud, aws }: Readonly<Record<'gcloud' | 'aws', Pick<Tool, 'write'>>>,
): Step[] {
  const tool = need.type === 'gcs' ? gcloud : aws;
  const { create, after } = need.type === 'gcs' ? createGoogle(need) : createAmazon(need);
  const step = ({ mends, args }: Pick<Lack, 'mends' | 'args'>): Step => ({ says: `${need.bucket}: ${mends}`, run: () => tool.write(args) });
  return lacks === undefined ? [step(create), ...after.map(step)] : lacks.map(step);
}
