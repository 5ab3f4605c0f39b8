import { CloudfrontDistribution } from '@cdktf/provider-aws/lib/cloudfront-distribution';
import { Construct } from 'constructs';
import type { Bucket } from './bucket';
import type { EdgeCertificate } from './edge-certificate';
import type { EdgePolicies } from './edge-policies';

export interface DistributionProps {
  /** What is in it; shown in the console. */
  readonly purpose: string;
  readonly certificate: EdgeCertificate;
  readonly policies: EdgePolicies;
  /** Holds what no path of the site is. */
  readonly bucket: Bucket;
  /** Keys that everybody may read begin with one of these. At least one: `accounts/`. */
  readonly publicPrefixes: readonly string[];
  /** A web server with files of its own, and the paths where they are, with CloudFront's wildcards. */
  readonly site: { readonly host: string; readonly paths: readonly string[] };
  /** From which of CloudFront's places it is served, such as PriceClass_100. */
  readonly priceClass: string;
}

const METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** A bucket's public part and a web server's files under one host, for pages of every origin. TLS only, from near its readers. */
export class Distribution extends Construct {
  /** Where the host's record leads. */
  readonly domainName: string;
  /** For who drops what is kept: `aws cloudfront create-invalidation`. */
  readonly distributionId: string;

  constructor(scope: Construct, id: string, props: DistributionProps) {
    super(scope, id);
    const { purpose, certificate, policies, bucket, publicPrefixes, site, priceClass } = props;
    if (publicPrefixes.length === 0) throw new Error(`${this.node.path}: nobody may read anything; name a public prefix`);
    const behaviour = {
      viewerProtocolPolicy: 'redirect-to-https',
      allowedMethods: METHODS,
      cachedMethods: METHODS,
      compress: true,
      cachePolicyId: policies.cacheId,
    };
    const distribution = new CloudfrontDistribution(this, 'resource', {
      enabled: true,
      comment: purpose,
      aliases: [certificate.host],
      httpVersion: 'http2and3',
      isIpv6Enabled: true,
      priceClass,
      origin: [
        { originId: 'bucket', domainName: bucket.domainName, originAccessControlId: policies.accessId },
        {
          originId: 'site',
          domainName: site.host,
          customOriginConfig: { httpPort: 80, httpsPort: 443, originProtocolPolicy: 'https-only', originSslProtocols: ['TLSv1.2'] },
        },
      ],
      defaultCacheBehavior: { ...behaviour, targetOriginId: 'bucket', responseHeadersPolicyId: policies.uploadsHeadersId },
      orderedCacheBehavior: site.paths.map((pathPattern) => ({
        ...behaviour,
        pathPattern,
        targetOriginId: 'site',
        responseHeadersPolicyId: policies.ownHeadersId,
        functionAssociation: [{ eventType: 'viewer-request', functionArn: policies.preflightArn }],
      })),
      restrictions: { geoRestriction: { restrictionType: 'none' } },
      viewerCertificate: { acmCertificateArn: certificate.arn, sslSupportMethod: 'sni-only', minimumProtocolVersion: 'TLSv1.2_2021' },
    });
    this.domainName = distribution.domainName;
    this.distributionId = distribution.id;
    bucket.allow({
      Sid: 'ReadByDistribution',
      Effect: 'Allow',
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Action: ['s3:GetObject'],
      Resource: publicPrefixes.map((prefix) => `${bucket.arn}/${prefix}*`),
      Condition: { StringEquals: { 'aws:SourceArn': distribution.arn } },
    });
  }
}
