import type { Case } from './cases';
import { context } from './cases';

const distribution: Case['good'] = {
  enabled: true,
  origin: [
    { origin_id: 'bucket', domain_name: '${aws_s3_bucket.media.bucket_regional_domain_name}', origin_access_control_id: 'E1' },
    {
      origin_id: 'site',
      domain_name: 'vulpine.club',
      custom_origin_config: { http_port: 80, https_port: 443, origin_protocol_policy: 'https-only', origin_ssl_protocols: ['TLSv1.2'] },
    },
  ],
  default_cache_behavior: { target_origin_id: 'bucket', viewer_protocol_policy: 'redirect-to-https', allowed_methods: ['GET'], cached_methods: ['GET'] },
  ordered_cache_behavior: [
    { path_pattern: '/packs/*', target_origin_id: 'site', viewer_protocol_policy: 'https-only', allowed_methods: ['GET'], cached_methods: ['GET'] },
  ],
  viewer_certificate: {
    acm_certificate_arn: '${aws_acm_certificate.files.arn}',
    ssl_support_method: 'sni-only',
    minimum_protocol_version: 'TLSv1.2_2021',
  },
};

/** Made in the first provider's region, which is the one. */
const certificate = {
  path: 'stack/files/certificate',
  type: 'aws_acm_certificate',
  address: 'aws_acm_certificate.files',
  config: { domain_name: 'files.vulpine.club', validation_method: 'DNS' } as Record<string, unknown>,
};
const elsewhere = {
  path: 'stack/eu',
  type: 'provider.aws',
  config: { alias: 'eu', region: 'eu-central-1', default_tags: [{ tags: { ...context.labels } }] },
};

const read = (condition?: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: ['s3:GetObject'],
        Resource: ['arn:aws:s3:::vulpine-media/*'],
        ...(condition && { Condition: condition }),
      },
    ],
  });

export const edgeCases: readonly Case[] = [
  {
    rule: 'aws-edge-tls-only',
    change: 'a path is served in plain text',
    type: 'aws_cloudfront_distribution',
    good: distribution,
    breakIt: (config) => {
      config.ordered_cache_behavior[0].viewer_protocol_policy = 'allow-all';
    },
    remedy: "set viewer_protocol_policy = 'redirect-to-https' for /packs/*",
  },
  {
    rule: 'aws-edge-tls-only',
    change: 'the web server is asked as the reader asked',
    type: 'aws_cloudfront_distribution',
    good: distribution,
    breakIt: (config) => {
      config.origin[1].custom_origin_config.origin_protocol_policy = 'match-viewer';
    },
    remedy: 'for origin site',
  },
  {
    rule: 'aws-edge-tls-only',
    change: 'the web server may speak TLS 1.0',
    type: 'aws_cloudfront_distribution',
    good: distribution,
    breakIt: (config) => {
      config.origin[1].custom_origin_config.origin_ssl_protocols.push('TLSv1');
    },
    remedy: "origin_ssl_protocols = ['TLSv1.2']",
  },
  {
    rule: 'aws-edge-origin-private',
    change: 'the bucket is read as anybody',
    type: 'aws_cloudfront_distribution',
    good: distribution,
    breakIt: (config) => {
      delete config.origin[0].origin_access_control_id;
    },
    remedy: 'give origin bucket an origin_access_control_id',
  },
  {
    rule: 'aws-edge-origin-private',
    change: 'a bucket is named by its address',
    type: 'aws_cloudfront_distribution',
    good: distribution,
    breakIt: (config) => {
      config.origin.push({ origin_id: 'old', domain_name: 'vulpine-media.s3.eu-central-1.amazonaws.com' });
    },
    remedy: 'give origin old an origin_access_control_id',
  },
  {
    rule: 'aws-edge-one-distribution',
    change: 'the condition is about something else',
    type: 'aws_s3_bucket_policy',
    good: { bucket: 'vulpine-media', policy: read({ StringEquals: { 'AWS:SourceArn': '${aws_cloudfront_distribution.files.arn}' } }) },
    breakIt: (config) => {
      config.policy = read({ Bool: { 'aws:SecureTransport': 'true' } });
    },
    remedy: "with the distribution's ARN",
  },
  {
    rule: 'aws-edge-one-distribution',
    change: 'the condition is gone',
    type: 'aws_s3_bucket_policy',
    good: { bucket: 'vulpine-media', policy: read({ StringEquals: { 'aws:SourceArn': 'arn' } }) },
    breakIt: (config) => {
      config.policy = read();
    },
    remedy: 'add the condition StringEquals aws:SourceArn',
  },
  {
    rule: 'aws-edge-certificate-region',
    change: 'the certificate is made in another region',
    type: 'aws_cloudfront_distribution',
    good: distribution,
    beside: [certificate, elsewhere],
    breakIt: (_, [made]) => {
      Object.assign(made?.config ?? {}, { provider: 'aws.eu' });
    },
    remedy: 'make its certificate with a provider in us-east-1, not in eu-central-1',
  },
  {
    rule: 'aws-no-access-keys',
    change: 'Terraform makes it',
    type: 'aws_iam_user',
    good: { name: 'vulpine-uploader' },
    breakIt: (_, beside) => {
      beside.push({ path: 'stack/subject/resource', type: 'aws_iam_access_key', config: { user: 'vulpine-uploader' } });
    },
    remedy: 'aws iam create-access-key',
  },
];
