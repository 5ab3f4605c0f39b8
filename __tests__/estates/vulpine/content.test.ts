import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mergePatch } from '../../../config/merge';
import { vulpineSchema, vulpineValues } from '../../../config/vulpine';
import { vulpine } from '../../../estates/vulpine';
import { BUCKET_PREFIXES, SITE_PATHS } from '../../../estates/vulpine/content/behaviours';
import { Edge } from '../../support/edge';
import { ROOT } from '../../support/repository';
import { onlyResource, parse, resourcesOf, synthEstate } from '../../support/synth';

const variant = (name: string) => JSON.parse(readFileSync(join(ROOT, `estates/vulpine/variants/${name}.json`), 'utf8')).vulpine as object;
const CONTENT = 'vulpine-content-prod';
const stacks = synthEstate('vulpine');
const content = stacks.get(CONTENT);
const two = synthEstate('vulpine', variant('two-instances'));
const europe = synthEstate('vulpine', variant('files-in-europe'));
const edge = () => new Edge(content, 'files.vulpine.club');

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string[];
  readonly Resource: string[];
  readonly Condition?: unknown;
}
const statements = (policy: unknown) => (JSON.parse(policy as string) as { Statement: Statement[] }).Statement;

describe('a path', () => {
  test.each([
    ['/packs/js/application-1a2b.js', 'site'],
    ['/packs/media/fonts/roboto-regular.woff2', 'site'],
    ['/avatars/original/missing.png', 'site'],
    ['/headers/original/missing.png', 'site'],
    ['/emoji/1f98a.svg', 'site'],
    ['/sounds/boop.mp3', 'site'],
    ['/ocr/lang-data/eng.traineddata.gz', 'site'],
    ['/inert.css', 'site'],
    ['/web-push-icon_expand.png', 'site'],
    ['/oops.png', 'site'],
    ['/accounts/avatars/000/000/001/original/a.png', 'bucket'],
    ['/accounts/headers/000/000/001/original/a.png', 'bucket'],
    ['/cache/accounts/avatars/000/000/002/original/a.png', 'bucket'],
    ['/cache/preview_cards/images/000/000/001/original/a.png', 'bucket'],
    ['/custom_emojis/images/000/000/001/original/fox.png', 'bucket'],
    ['/media_attachments/files/1/original/x.png', 'bucket'],
    ['/media_attachments/files/1/original/packs/x.png', 'bucket'],
    ['/site_uploads/files/000/000/001/original/thumbnail.png', 'bucket'],
    ['/backups/dumps/000/000/001/original/archive.zip', 'nobody'],
    ['/imports/data/000/000/001/original/follows.csv', 'nobody'],
    ['/', 'nobody'],
    ['/avatars', 'nobody'],
    ['/@alice', 'nobody'],
    ['/api/v1/timelines/public', 'nobody'],
    ['/auth/sign_in', 'nobody'],
    ['/AVATARS/original/missing.png', 'nobody'],
  ])('%s is served from: %s', (path, owner) => {
    expect(edge().ownerOf(path)).toBe(owner);
  });

  test('every row of both tables is used, and no folder of the bucket is behind one of the site', () => {
    const all = edge();
    for (const path of Object.keys(SITE_PATHS)) expect([path, all.behaviourOf(path.replace('*', 'x')).path_pattern]).toEqual([path, path]);
    for (const [prefix, { isPublic }] of Object.entries(BUCKET_PREFIXES)) {
      expect([prefix, all.ownerOf(`/${prefix}x`)]).toEqual([prefix, isPublic ? 'bucket' : 'nobody']);
      expect(all.behaviourOf(`/${prefix}x`).path_pattern).toBeUndefined();
    }
  });
});

describe('the first outage: pages of another origin', () => {
  const page = { origin: 'https://vulpine.club' };
  const PATHS = ['/packs/media/fonts/roboto-regular.woff2', '/avatars/original/missing.png', '/media_attachments/files/1/original/x.png'];
  const all = edge().behaviours;

  test.each(all.map((behaviour) => [behaviour.path_pattern ?? 'the default', behaviour] as const))(
    '%s: Origin reaches the origin and parts what is kept; OPTIONS is allowed and kept; TLS only, compressed',
    (_, behaviour) => {
      expect([...edge().keyHeaders(behaviour)].sort()).toEqual(['access-control-request-headers', 'access-control-request-method', 'origin']);
      expect([...behaviour.allowed_methods].sort()).toEqual(['GET', 'HEAD', 'OPTIONS']);
      expect([...behaviour.cached_methods].sort()).toEqual(['GET', 'HEAD', 'OPTIONS']);
      expect(behaviour).toMatchObject({ viewer_protocol_policy: 'redirect-to-https', compress: true });
    },
  );

  test.each(PATHS)('%s may be read by a page after somebody else has read it', (path) => {
    const cloud = edge();
    expect(cloud.ask('GET', path).headers).not.toHaveProperty('access-control-allow-origin');
    expect(cloud.ask('GET', path, page)).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': '*' } });
  });

  test('of the bucket that holds already by what S3 answers and what is kept, whatever CloudFront adds', () => {
    const cloud = edge();
    const path = '/media_attachments/files/1/original/x.png';
    expect(cloud.ask('GET', path, {}, false)).toEqual({ status: 200, headers: {} });
    expect(cloud.ask('GET', path, page, false)).toEqual({ status: 200, headers: { 'access-control-allow-origin': '*' } });
    expect(cloud.size).toBe(2);
  });

  test.each(PATHS)('%s: what a browser asks first is answered, for any page', (path) => {
    const asked = { ...page, 'access-control-request-method': 'GET', 'access-control-request-headers': 'range' };
    const { status, headers } = edge().ask('OPTIONS', path, asked);
    expect(status).toBeGreaterThanOrEqual(200);
    expect(status).toBeLessThan(300);
    expect(headers).toMatchObject({ 'access-control-allow-origin': '*' });
  });

  test('what is not there may be read too: a page shows that, and not an error of its own', () => {
    expect(edge().ask('GET', '/media_attachments/', page).headers).toMatchObject({ 'access-control-allow-origin': '*' });
  });
});

describe('the second outage: placeholders', () => {
  test.each(['/avatars/original/missing.png', '/headers/original/missing.png'])('%s is the web server’s, by a behaviour of its own', (path) => {
    expect(edge().behaviourOf(path).path_pattern).toMatch(/^\/(avatars|headers)\/\*$/);
    expect(edge().ask('GET', path).status).toBe(200);
  });
});

describe('the distribution', () => {
  test('speaks modern TLS, HTTP/3 and IPv6, reads S3 as itself and the web server over TLS', () => {
    const distribution = onlyResource(content, 'aws_cloudfront_distribution');
    expect(distribution).toMatchObject({
      aliases: ['files.vulpine.club'],
      http_version: 'http2and3',
      is_ipv6_enabled: true,
      viewer_certificate: { minimum_protocol_version: 'TLSv1.2_2021', ssl_support_method: 'sni-only' },
    });
    const [bucket, site] = distribution.origin as Record<string, unknown>[];
    expect(bucket).toMatchObject({ origin_access_control_id: expect.stringMatching(/^\$\{aws_cloudfront_origin_access_control\./) });
    expect(site).toMatchObject({
      domain_name: 'vulpine.club',
      custom_origin_config: { origin_protocol_policy: 'https-only', origin_ssl_protocols: ['TLSv1.2'] },
    });
    expect(onlyResource(content, 'aws_cloudfront_origin_access_control')).toMatchObject({ signing_behavior: 'always', signing_protocol: 'sigv4' });
  });

  test('keeps what files say, without cookies and queries', () => {
    expect(onlyResource(content, 'aws_cloudfront_cache_policy')).toMatchObject({
      min_ttl: 0,
      max_ttl: 31_536_000,
      parameters_in_cache_key_and_forwarded_to_origin: {
        cookies_config: { cookie_behavior: 'none' },
        query_strings_config: { query_string_behavior: 'none' },
        enable_accept_encoding_brotli: true,
        enable_accept_encoding_gzip: true,
      },
    });
  });

  test('what people have uploaded runs nothing; a script of the program does', () => {
    const uploads = edge().ask('GET', '/media_attachments/files/1/original/x.svg').headers;
    expect(uploads['content-security-policy']).toMatch(/default-src 'none'.*; sandbox$/);
    expect(uploads['x-content-type-options']).toBe('nosniff');
    const own = edge().ask('GET', '/packs/js/x.js').headers;
    expect(own).not.toHaveProperty('content-security-policy');
    expect(own['x-content-type-options']).toBe('nosniff');
  });

  test("its certificate is Amazon's of us-east-1, proved in the zone, which admits Amazon", () => {
    expect(parse(content).provider?.aws).toHaveLength(1);
    expect(onlyResource(content, 'aws_acm_certificate')).not.toHaveProperty('provider');
    const elsewhere = europe.get(CONTENT);
    expect(onlyResource(elsewhere, 'aws_acm_certificate')).toMatchObject({ domain_name: 'media.vulpine.club', provider: 'aws.us-east-1' });
    expect(parse(elsewhere).provider?.aws).toEqual([
      expect.objectContaining({ region: 'eu-central-1', allowed_account_ids: ['123456789012'] }),
      expect.objectContaining({ region: 'us-east-1', alias: 'us-east-1', allowed_account_ids: ['123456789012'] }),
    ]);
    const records = resourcesOf(content, 'linode_domain_record');
    expect(records.map(({ record_type: type }) => type)).toEqual(['CNAME', 'CNAME']);
    expect(records.map(({ name }) => name)).toEqual([expect.stringMatching(/^\$\{trimsuffix\(.*resource_record_name, "\.vulpine\.club\."\)\}$/), 'files']);
    expect(onlyResource(content, 'aws_acm_certificate_validation').depends_on).toEqual(['linode_domain_record.vulpine-certificate-proof']);
    const admitted = resourcesOf(stacks.get('vulpine-host-prod'), 'linode_domain_record').filter(({ record_type: type }) => type === 'CAA');
    expect(admitted.map(({ target }) => target).sort()).toEqual(['amazon.com', 'letsencrypt.org']);
  });
});

describe('the bucket', () => {
  test('is nobody’s but the distribution’s and the user’s, keeps deleted files for a week, and drops abandoned uploads', () => {
    const [tls, read, ...more] = statements(onlyResource(content, 'aws_s3_bucket_policy').policy);
    expect(more).toEqual([]);
    expect(tls).toMatchObject({ Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    expect(read).toMatchObject({
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Action: ['s3:GetObject'],
      Condition: { StringEquals: { 'aws:SourceArn': expect.stringMatching(/^\$\{aws_cloudfront_distribution\..*\.arn\}$/) } },
    });
    expect(onlyResource(content, 'aws_s3_bucket_lifecycle_configuration').rule).toEqual([
      expect.objectContaining({
        noncurrent_version_expiration: [{ noncurrent_days: 7 }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
        expiration: [{ expired_object_delete_marker: true }],
      }),
    ]);
    expect(onlyResource(content, 'aws_s3_bucket_ownership_controls').rule).toEqual({ object_ownership: 'BucketOwnerEnforced' });
    expect(onlyResource(content, 'aws_s3_bucket')).toMatchObject({ bucket: 'vulpine-example-vulpine-media', lifecycle: { prevent_destroy: true } });
  });

  test('Mastodon’s user may do there what Mastodon does, and nothing elsewhere; its key is made by hand', () => {
    const allowed = statements(onlyResource(content, 'aws_iam_user_policy').policy);
    expect(allowed.map(({ Effect, Action, Resource }) => [Effect, Action, Resource])).toEqual([
      ['Allow', ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'], ['arn:aws:s3:::vulpine-example-vulpine-media/*']],
      ['Allow', ['s3:ListBucket', 's3:GetBucketLocation'], ['arn:aws:s3:::vulpine-example-vulpine-media']],
    ]);
    const { name } = onlyResource(content, 'aws_iam_user');
    expect(parse(content).resource).not.toHaveProperty('aws_iam_access_key');
    const needs = vulpine.needs?.(vulpineSchema.parse(mergePatch(vulpineValues, variant('two-instances')))) ?? [];
    const from = needs.flatMap((need) => (need.kind === 'secret' && need.name.endsWith('/AWS_ACCESS_KEY_ID') ? [need.from] : []));
    expect(from).toEqual([
      `aws iam create-access-key --user-name=${name} prints it`,
      'aws iam create-access-key --user-name=vulpine-corsac-uploader prints it',
    ]);
  });
});

test('a login at AWS is needed, of the account that is named', () => {
  const account = (override: object) => vulpine.needs?.(vulpineSchema.parse(mergePatch(vulpineValues, override))).filter(({ kind }) => kind === 'aws-account');
  expect(account({})).toEqual([{ kind: 'aws-account', environment: 'shared', region: 'us-east-1' }]);
  expect(account(variant('files-in-europe'))).toEqual([{ kind: 'aws-account', environment: 'shared', region: 'eu-central-1', accountId: '123456789012' }]);
});

describe('Mastodon', () => {
  const variables = (container: string, from = stacks) => {
    const found = resourcesOf(from.get('vulpine-containers-prod'), 'docker_container').find(({ name }) => name === container) as { env?: string[] } | undefined;
    return Object.fromEntries((found?.env ?? []).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  };

  test.each(['vulpine-web-1', 'vulpine-web-2', 'vulpine-sidekiq-4'])('%s puts files into the bucket and names them by the host', (container) => {
    expect(variables(container)).toMatchObject({
      LOCAL_DOMAIN: 'vulpine.club',
      S3_ENABLED: 'true',
      S3_BUCKET: onlyResource(content, 'aws_s3_bucket').bucket,
      S3_REGION: 'us-east-1',
      S3_PROTOCOL: 'https',
      S3_HOSTNAME: 's3.us-east-1.amazonaws.com',
      S3_ALIAS_HOST: 'files.vulpine.club',
      S3_PERMISSION: '',
      CDN_HOST: 'https://files.vulpine.club',
    });
  });

  test.each(['vulpine-streaming-1', 'vulpine-db-1', 'vulpine-es-1', 'nginx'])('%s has nothing to do with files', (container) => {
    expect(Object.keys(variables(container)).filter((name) => /^(S3|CDN|AWS)_/.test(name))).toEqual([]);
  });

  test('reads no state of the content stack: a name will do', () => {
    expect(stacks.get('vulpine-containers-prod')).not.toContain(CONTENT);
  });

  test('in another region, under another name', () => {
    expect(variables('vulpine-web-1', europe)).toMatchObject({
      S3_BUCKET: 'vulpine-europe-vulpine-media',
      S3_REGION: 'eu-central-1',
      S3_HOSTNAME: 's3.eu-central-1.amazonaws.com',
      CDN_HOST: 'https://media.vulpine.club',
    });
  });

  test('instances share how files are kept, and no bucket, user, name or certificate', () => {
    const both = two.get(CONTENT);
    for (const type of ['aws_s3_bucket', 'aws_iam_user', 'aws_acm_certificate', 'aws_cloudfront_distribution']) expect(resourcesOf(both, type)).toHaveLength(2);
    for (const type of ['aws_cloudfront_cache_policy', 'aws_cloudfront_function']) expect(resourcesOf(both, type)).toHaveLength(1);
    expect(variables('corsac-web-1', two)).toMatchObject({ S3_BUCKET: 'vulpine-example-corsac-media', S3_ALIAS_HOST: 'files.corsac.example.org' });
    const corsac = new Edge(both, 'files.corsac.example.org');
    expect(corsac.ownerOf('/accounts/x')).toBe('bucket');
    const [, site] = resourcesOf(both, 'aws_cloudfront_distribution').map(({ origin }) => (origin as { domain_name: string }[])[1]?.domain_name);
    expect(site).toBe('corsac.example.org');
  });
});

describe('config', () => {
  const problems = (override: object) =>
    vulpineSchema.safeParse(mergePatch(vulpineValues, override)).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

  test.each([
    [{ shared: { content: { region: 'us-east' } } }, 'shared.content.region: not an AWS region, such as us-east-1'],
    [{ shared: { content: { accountId: '1234' } } }, 'shared.content.accountId: not an account id: twelve digits'],
    [{ shared: { content: { bucketSuffix: 'Club' } } }, 'shared.content.bucketSuffix: must be 1 to 28 lower-case letters'],
    [{ prod: { content: { priceClass: 'cheap' } } }, 'prod.content.priceClass: must be one of PriceClass_100'],
    [{ prod: { instances: { vulpine: { filesHost: 'files.example.org' } } } }, 'prod.instances: has a filesHost outside the zones of the estate'],
    [{ prod: { instances: { vulpine: { filesHost: 'vulpine.club' } } } }, 'prod.instances: has a filesHost'],
    [{ prod: { instances: { vulpine: { filesHost: 'smithwicks.vulpine.club' } } } }, 'prod.instances: has a filesHost that is the name of something else'],
    [
      { prod: { instances: { corsac: { domain: 'corsac.example.org', filesHost: 'files.vulpine.club' } } } },
      'prod.instances: has a filesHost that is the name of something else',
    ],
    [{ prod: { instances: { vulpine: { filesHost: `${'a'.repeat(55)}.vulpine.club` } } } }, 'prod.instances: has a filesHost of more than 64 characters'],
  ])('%j is refused: %s', (override, message) => {
    expect(problems(override).join('\n')).toContain(message);
  });

  test('several are told at once', () => {
    expect(problems({ shared: { contact: 'nobody' }, prod: { instances: { vulpine: { filesHost: 'files.example.org' } } } })).toHaveLength(2);
  });
});
