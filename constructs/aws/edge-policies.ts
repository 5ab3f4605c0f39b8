import { CloudfrontCachePolicy } from '@cdktf/provider-aws/lib/cloudfront-cache-policy';
import { CloudfrontFunction } from '@cdktf/provider-aws/lib/cloudfront-function';
import { CloudfrontOriginAccessControl } from '@cdktf/provider-aws/lib/cloudfront-origin-access-control';
import { CloudfrontResponseHeadersPolicy, type CloudfrontResponseHeadersPolicyConfig } from '@cdktf/provider-aws/lib/cloudfront-response-headers-policy';
import { Construct } from 'constructs';

const DAY = 86_400;
const YEAR = 365 * DAY;

/** What a page of another origin may ask, and what it is answered. */
const METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** By these an answer is kept: what was answered to a reader without Origin has no permission in it, and must not be given to one with. */
export const ASKED_BY_BROWSERS = ['Origin', 'Access-Control-Request-Headers', 'Access-Control-Request-Method'] as const;

/** What people have uploaded runs nothing and loads nothing, whatever is in it. */
const HARMLESS = "default-src 'none'; form-action 'none'; sandbox";

/** Answers at the edge what a browser asks before it asks: a program that serves files answers OPTIONS with 404. */
export const PREFLIGHT = `function handler(event) {
  if (event.request.method !== 'OPTIONS') return event.request;
  return {
    statusCode: 204,
    statusDescription: 'No Content',
    headers: {
      'access-control-allow-origin': { value: '*' },
      'access-control-allow-methods': { value: '${METHODS.join(', ')}' },
      'access-control-allow-headers': { value: '*' },
      'access-control-max-age': { value: '${DAY}' },
      'cache-control': { value: 'max-age=${DAY}' },
    },
  };
}
`;

/** What distributions of public files have in common: how answers are kept, and what is said with them. */
export class EdgePolicies extends Construct {
  /** How long and by what answers are kept. */
  readonly cacheId: string;
  /** Headers of what people have uploaded. */
  readonly uploadsHeadersId: string;
  /** Headers of a program's own files. */
  readonly ownHeadersId: string;
  /** {@link PREFLIGHT}. */
  readonly preflightArn: string;
  /** How CloudFront says who it is to S3. */
  readonly accessId: string;

  /** @param stem of all names: unique in the account */
  constructor(scope: Construct, id: string, { stem }: { readonly stem: string }) {
    super(scope, id);
    const none = { cookiesConfig: { cookieBehavior: 'none' }, queryStringsConfig: { queryStringBehavior: 'none' } };
    this.cacheId = new CloudfrontCachePolicy(this, 'cache', {
      name: `${stem}-by-origin`,
      comment: 'As long as the file says, apart for each origin of a page',
      minTtl: 0,
      defaultTtl: DAY,
      maxTtl: YEAR,
      parametersInCacheKeyAndForwardedToOrigin: {
        ...none,
        headersConfig: { headerBehavior: 'whitelist', headers: { items: [...ASKED_BY_BROWSERS] } },
        enableAcceptEncodingBrotli: true,
        enableAcceptEncodingGzip: true,
      },
    }).id;
    const headers = (name: string, comment: string, more: Partial<CloudfrontResponseHeadersPolicyConfig> = {}) =>
      new CloudfrontResponseHeadersPolicy(this, name, {
        name: `${stem}-${name}`,
        comment,
        corsConfig: {
          accessControlAllowCredentials: false,
          accessControlAllowHeaders: { items: ['*'] },
          accessControlAllowMethods: { items: METHODS },
          accessControlAllowOrigins: { items: ['*'] },
          accessControlMaxAgeSec: DAY,
          originOverride: true,
        },
        ...more,
        securityHeadersConfig: {
          contentTypeOptions: { override: true },
          strictTransportSecurity: { accessControlMaxAgeSec: 2 * YEAR, override: true },
          ...more.securityHeadersConfig,
        },
      }).id;
    this.uploadsHeadersId = headers('uploads', 'For every page, and nothing runs', {
      securityHeadersConfig: { contentSecurityPolicy: { contentSecurityPolicy: HARMLESS, override: true } },
    });
    // kept for everybody, so it is about nobody
    this.ownHeadersId = headers('own', 'For every page', { removeHeadersConfig: { items: [{ header: 'Set-Cookie' }] } });
    this.preflightArn = new CloudfrontFunction(this, 'preflight', {
      name: `${stem}-preflight`,
      comment: 'Answers OPTIONS',
      runtime: 'cloudfront-js-2.0',
      code: PREFLIGHT,
      publish: true,
    }).arn;
    this.accessId = new CloudfrontOriginAccessControl(this, 'access', {
      name: `${stem}-s3`,
      description: 'Signs what is asked of S3',
      originAccessControlOriginType: 's3',
      signingBehavior: 'always',
      signingProtocol: 'sigv4',
    }).id;
  }
}
