import type { StateBucketNeed } from '../../../constructs/core/need';
import type { Answer, Tool } from '../tool';
import type { Lack } from './bucket';

type GoogleNeed = Extract<StateBucketNeed, { readonly type: 'gcs' }>;

/** As gcloud describes it. */
interface Described {
  readonly versioning_enabled?: boolean | null;
  readonly uniform_bucket_level_access?: boolean | null;
  /** `enforced`, or `inherited` from an organization that may change its mind. */
  readonly public_access_prevention?: string | null;
  readonly soft_delete_policy?: { readonly retentionDurationSeconds?: string | number } | null;
}

/** Days that a deleted object can be brought back: Google's own default, which somebody may have turned off. */
const UNDELETE_DAYS = 7;

interface Fact {
  readonly lacks: string;
  readonly mends: string;
  readonly flag: string;
  readonly holds: (bucket: Described) => boolean;
}

/** Terraform locks with an object beside the state: that takes no setting. */
const FACTS: readonly Fact[] = [
  {
    lacks: 'it can be opened to the public',
    mends: 'let nobody open it to the public',
    flag: '--public-access-prevention',
    holds: ({ public_access_prevention: prevention }) => prevention === 'enforced',
  },
  {
    lacks: 'objects have access lists of their own',
    mends: 'let grants on the bucket say alone who may do what',
    flag: '--uniform-bucket-level-access',
    holds: ({ uniform_bucket_level_access: uniform }) => uniform === true,
  },
  { lacks: 'old versions are not kept', mends: 'keep old versions', flag: '--versioning', holds: ({ versioning_enabled: versioning }) => versioning === true },
  {
    lacks: 'what is deleted is gone at once',
    mends: `keep what is deleted for ${UNDELETE_DAYS} days`,
    flag: `--soft-delete-duration=${UNDELETE_DAYS}d`,
    holds: ({ soft_delete_policy: policy }) => Number(policy?.retentionDurationSeconds ?? 0) >= UNDELETE_DAYS * 86400,
  },
];

export function googleLacks(need: GoogleNeed, gcloud: Pick<Tool, 'ask'>): Answer<readonly Lack[]> {
  const found = gcloud.ask<Described>('storage', 'buckets', 'describe', `gs://${need.bucket}`, '--format=json');
  if (found.is !== 'there') return found;
  return { is: 'there', value: FACTS.filter(({ holds }) => !holds(found.value ?? {})).map((fact) => lackOf(need, fact)) };
}

/** Making one and making it right are two commands: `create` cannot keep versions. */
export function createGoogle(need: GoogleNeed): { readonly create: Pick<Lack, 'mends' | 'args'>; readonly after: readonly Lack[] } {
  const { bucket, project, location } = need;
  const isLater = ({ flag }: Fact) => flag === '--versioning';
  const flags = FACTS.filter((fact) => !isLater(fact)).map(({ flag }) => flag);
  return {
    create: {
      mends: `make it, private, in ${location}`,
      args: ['storage', 'buckets', 'create', `gs://${bucket}`, `--project=${project}`, `--location=${location}`, ...flags],
    },
    after: FACTS.filter(isLater).map((fact) => lackOf(need, fact)),
  };
}

function lackOf({ bucket }: GoogleNeed, { lacks, mends, flag }: Fact): Lack {
  return { lacks, mends, args: ['storage', 'buckets', 'update', `gs://${bucket}`, flag] };
}
