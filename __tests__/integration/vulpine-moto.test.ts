import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { mergePatch } from '../../config/merge';
import { vulpine } from '../../estates/vulpine/index';
import { Cloud } from '../../rehearsal/cloud/cloud';
import { type ProviderServer, serveProviders } from '../../rehearsal/provider/server';
import { onlyPrevented, preventedIn } from '../../rehearsal/runner/plan';
import { AwsProvider } from '../support/aws-provider';
import { CloudFrontFront } from '../support/cloudfront-front';
import { inSteps } from '../support/in-steps';
import { MotoEstate } from '../support/moto-estate';
import { type Difference, differences } from '../support/plan-differences';
import { describeReal } from '../support/real';

const [HOST, CONTENT] = ['vulpine-host-prod', 'vulpine-content-prod'] as const;
/**
 * moto's account, and admins whom Terraform need not ask for. In one region: the tests' AWS provider is one process, which has one
 * configuration at a time; the second one that files elsewhere need is rehearsed (variants/files-in-europe.json).
 */
const VALUES = {
  shared: { content: { accountId: '123456789012' } },
  prod: { admins: { sshKeys: [`ssh-ed25519 ${'A'.repeat(43)}= me`] } },
};

const isEmpty = (value: unknown) => value === '' || isDeepStrictEqual(value, []);

/** What moto forgets of a distribution, or makes up: the second plan wants to tell it again. That it was told, the first step says. */
const MOTO_GAPS: readonly (Pick<Difference, 'attribute'> & { readonly reason: string; readonly is: (before: unknown, after: unknown) => boolean })[] = [
  { attribute: 'origin.origin_access_control_id', reason: 'GetDistribution does not return it', is: isEmpty },
  { attribute: 'ordered_cache_behavior.function_association', reason: 'GetDistribution does not return it', is: isEmpty },
  ...['default', 'ordered'].map((kind) => ({
    attribute: `${kind}_cache_behavior.forwarded_values`,
    reason: 'GetDistribution returns the block, with nothing forwarded, beside a cache policy',
    is: (_: unknown, after: unknown) => isEmpty(after),
  })),
  {
    attribute: 'viewer_certificate.cloudfront_default_certificate',
    reason: 'GetDistribution says true beside a certificate',
    is: (before, after) => before === true && after === null,
  },
];

const isGap = ({ action, type, attribute, before, after }: Difference) =>
  action === 'update' && type === 'aws_cloudfront_distribution' && MOTO_GAPS.some((gap) => gap.attribute === attribute && gap.is(before, after));

describeReal(['terraform', 'terraform-provider-aws', 'moto_server'], "vulpine's files on the real AWS provider", () => {
  let estate: MotoEstate;
  let linode: ProviderServer;
  let front: CloudFrontFront;
  let fresh: Readonly<Record<string, string>>;
  /** What the account has, with what is asked of nobody but this estate. */
  const inventory = async () => ({
    ...(await estate.moto.inventory()),
    users: await estate.moto.ask('iam', 'Action=ListUsers&Version=2010-05-08'),
    distributions: await estate.moto.ask('cloudfront', '/2020-05-31/distribution'),
  });
  const step = inSteps(900_000);

  beforeAll(async () => {
    linode = await serveProviders({ cloud: Cloud.open(), socketFolder: mkdtempSync(join(tmpdir(), 'l-')), providers: ['linode'] });
    estate = await MotoEstate.start(vulpine, await AwsProvider.program());
    front = await CloudFrontFront.before(estate.moto.calmEndpoint);
    estate.with({ attached: linode.env.TF_REATTACH_PROVIDERS as string, endpoints: { cloudfront: front.endpoint } });
    fresh = await inventory();
  }, 900_000);
  afterAll(async () => {
    await estate?.stop();
    await Promise.all([front?.close(), linode?.close()]);
  });

  step('applies; CloudFront is told of what keeps the bucket private and of what answers browsers', async () => {
    estate.synthesize(VALUES);
    await estate.apply(HOST);
    await estate.apply(CONTENT);
    const [told, ...more] = front.distributions;
    expect(more).toEqual([]);
    const count = (pattern: RegExp) => told?.match(pattern)?.length;
    expect(count(/<OriginAccessControlId>E?\w+<\/OriginAccessControlId>/g)).toBe(1);
    expect(count(/<FunctionARN>arn:aws:cloudfront::123456789012:function\/vulpine-preflight<\/FunctionARN>/g)).toBe(13);
    expect(count(/<CachePolicyId>[\w-]{36}<\/CachePolicyId>/g)).toBe(14);
    expect(count(/<ResponseHeadersPolicyId>[\w-]{36}<\/ResponseHeadersPolicyId>/g)).toBe(14);
    expect(count(/<CachedMethods><Items><Method>GET<\/Method><Method>HEAD<\/Method><Method>OPTIONS<\/Method><\/Items>/g)).toBe(14);
    expect(told).toContain('<ACMCertificateArn>arn:aws:acm:us-east-1:123456789012:certificate/');
  });

  step('a second plan is empty', async () => {
    for (const stack of [HOST, CONTENT]) expect([stack, differences(await estate.plan(stack)).filter((one) => !isGap(one))]).toEqual([stack, []]);
  });

  step('the bucket is not destroyed while it is protected; without protection nothing is left', async () => {
    const refused = await estate.destroy(CONTENT);
    expect([refused.code, onlyPrevented(refused.stderr)]).toEqual([1, true]);
    expect(preventedIn(refused.stderr)).toEqual([expect.stringMatching(/^aws_s3_bucket\./)]);
    estate.synthesize(mergePatch(VALUES, { prod: { protection: 'off' } }) as object);
    await estate.apply(CONTENT, '-refresh=false');
    expect(await estate.destroy(CONTENT)).toMatchObject({ code: 0, stderr: '' });
    expect(estate.state(CONTENT)).toEqual([]);
    expect(await inventory()).toEqual(fresh);
    expect(front.size).toBe(0);
  });
});
