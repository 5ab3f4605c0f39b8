import { ComputeSecurityPolicy } from '@cdktf/provider-google/lib/compute-security-policy';
import { Construct } from 'constructs';

export interface RateLimitProps {
  readonly name: string;
  /** Requests that one address may make in `perSeconds`. */
  readonly requests: number;
  readonly perSeconds: number;
  /** Seconds for which an address that makes more is answered 429. */
  readonly banSeconds: number;
}

/** A Cloud Armor policy that bans addresses which ask too often. */
export class RateLimit extends Construct {
  /** For a backend service's `security_policy`. */
  readonly id: string;

  constructor(scope: Construct, id: string, { name, requests, perSeconds, banSeconds }: RateLimitProps) {
    super(scope, id);
    const everybody = { versionedExpr: 'SRC_IPS_V1', config: { srcIpRanges: ['*'] } };
    this.id = new ComputeSecurityPolicy(this, 'resource', {
      name,
      description: `Bans an address for ${banSeconds} s after ${requests} requests in ${perSeconds} s`,
      rule: [
        {
          action: 'rate_based_ban',
          priority: 1000,
          description: 'rate limit',
          match: everybody,
          rateLimitOptions: {
            conformAction: 'allow',
            exceedAction: 'deny(429)',
            enforceOnKey: 'IP',
            rateLimitThreshold: { count: requests, intervalSec: perSeconds },
            banDurationSec: banSeconds,
          },
        },
        { action: 'allow', priority: 2147483647, description: 'default rule', match: everybody },
      ],
    }).id;
  }
}
