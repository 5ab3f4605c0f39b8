import { strings } from './blocks';
import type { Rule } from './rule';
import { federatedTrust } from './statements';

export const federationRestricted: Rule = {
  id: 'aws-federation-restricted',
  why: 'without both conditions every customer of the identity provider assumes the role, and a pattern admits who is called alike',
  check: ({ type, config }) => {
    if (type !== 'aws_iam_role') return undefined;
    const isOpen = federatedTrust(config).some((conditions) => {
      const equals = Object.entries(conditions.StringEquals ?? {}).filter(([, value]) => strings(value).length > 0);
      return ['aud', 'sub'].some((claim) => !equals.some(([key]) => key.endsWith(`:${claim}`)));
    });
    return isOpen ? "add StringEquals of the provider's aud and sub: one audience, one subject, no pattern" : undefined;
  },
};

export const AWS_TRUST: readonly Rule[] = [federationRestricted];
