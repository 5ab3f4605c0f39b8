import { type Block, blocks, isReference, strings, valueAt } from './blocks';
import type { Rule, Synthesized } from './rule';
import { allowedPrincipals } from './statements';

const DISTRIBUTION = 'aws_cloudfront_distribution';

const behaviours = (config: Block): Block[] => [...blocks(config, 'default_cache_behavior'), ...blocks(config, 'ordered_cache_behavior')];
const pathOf = ({ path_pattern = 'the default' }: Block): string => String(path_pattern);

export const edgeTlsOnly: Rule = {
  id: 'aws-edge-tls-only',
  why: 'what is read in plain text is read, and changed, by whoever is between',
  check: ({ type, config }) => {
    if (type !== DISTRIBUTION) return undefined;
    const open = behaviours(config).find(({ viewer_protocol_policy: policy }) => policy === 'allow-all');
    if (open) return `set viewer_protocol_policy = 'redirect-to-https' for ${pathOf(open)}`;
    const plain = blocks(config, 'origin').find((origin) =>
      blocks(origin, 'custom_origin_config').some(
        ({ origin_protocol_policy: policy, origin_ssl_protocols: versions }) =>
          (policy !== 'https-only' && !isReference(policy)) || strings(versions).some((version) => /^(SSLv3|TLSv1(\.1)?)$/.test(version)),
      ),
    );
    return plain && `set origin_protocol_policy = 'https-only' and origin_ssl_protocols = ['TLSv1.2'] for origin ${plain.origin_id}`;
  },
};

/** A bucket's name in DNS, or a reference to it. */
const OF_S3 = /(^|\.)s3[.-]([a-z0-9-]+\.)*amazonaws\.com$|\$\{aws_s3_bucket\./;

export const edgeOriginPrivate: Rule = {
  id: 'aws-edge-origin-private',
  why: 'a bucket that CloudFront reads as anybody is a bucket that anybody reads',
  check: ({ type, config }) => {
    if (type !== DISTRIBUTION) return undefined;
    const open = blocks(config, 'origin').find(({ domain_name, origin_access_control_id: id }) => OF_S3.test(String(domain_name)) && !id);
    return open && `give origin ${open.origin_id} an origin_access_control_id, and the bucket a policy that names the distribution`;
  },
};

/** What a policy's condition must name for CloudFront to read for one distribution only. */
const ONE_DISTRIBUTION = /^aws:SourceArn$/i;

export const edgeOneDistribution: Rule = {
  id: 'aws-edge-one-distribution',
  why: "without a condition any account's distribution reads the bucket",
  check: ({ type, config }) => {
    if (type !== 'aws_s3_bucket_policy') return undefined;
    const open = allowedPrincipals(config).find(
      ({ services, conditions }) => services.includes('cloudfront.amazonaws.com') && !conditions.some((key) => ONE_DISTRIBUTION.test(key)),
    );
    return open && "add the condition StringEquals aws:SourceArn with the distribution's ARN to the statement that allows cloudfront.amazonaws.com";
  },
};

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html */
const CERTIFICATE_REGION = 'us-east-1';

/** The region of the provider that makes a resource: `provider = aws.<alias>`, or the one without alias. */
function regionOf({ config }: Synthesized, stack: readonly Synthesized[]): unknown {
  const alias = /^aws\.(.+)$/.exec(String(config.provider ?? ''))?.[1];
  return stack.find((other) => other.type === 'provider.aws' && other.config.alias === alias)?.config.region;
}

export const edgeCertificateRegion: Rule = {
  id: 'aws-edge-certificate-region',
  why: 'CloudFront takes certificates from one region only, and says so in the middle of a deploy',
  check: ({ type, config }, _context, stack) => {
    if (type !== DISTRIBUTION) return undefined;
    const arn = String(valueAt(config, 'viewer_certificate.acm_certificate_arn') ?? '');
    const maker = stack.find(({ type: other, address }) => other.startsWith('aws_acm_certificate') && arn.startsWith(`\${${address}.`));
    const region = maker && regionOf(maker, stack);
    return maker && region !== CERTIFICATE_REGION && !isReference(region)
      ? `make its certificate with a provider in ${CERTIFICATE_REGION}, not in ${region}`
      : undefined;
  },
};

export const noAccessKeys: Rule = {
  id: 'aws-no-access-keys',
  why: 'Terraform keeps the key in its state, and whoever reads that is the user',
  check: ({ type }) => (type === 'aws_iam_access_key' ? 'take it out, and make the key by hand: aws iam create-access-key' : undefined),
};

export const AWS_EDGE: readonly Rule[] = [edgeTlsOnly, edgeOriginPrivate, edgeOneDistribution, edgeCertificateRegion, noAccessKeys];
