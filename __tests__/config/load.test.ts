import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { images } from '../../config/images';
import { loadConfig } from '../../config/load';
import type { MoshiConfig } from '../../config/moshi';
import { SECTION_NAMES } from '../../config/sections';
import { allEstates, estates } from '../../estates/index';
import { configProblem } from '../support/config-problem';

/** Loads with `override` as the file that ESTATES_CONFIG names. */
function load(override: unknown, env: Record<string, string> = {}): MoshiConfig {
  const root = mkdtempSync(join(tmpdir(), 'config-'));
  writeFileSync(join(root, 'mine.json'), typeof override === 'string' ? override : JSON.stringify(override));
  return loadConfig(estates, { env: { ESTATES_CONFIG: 'mine.json', ...env }, root }).estates.moshi as MoshiConfig;
}

const problem = (override: unknown) => configProblem(() => load(override));

test('the names that an override file may have are those of the estates, and images', () => {
  expect(SECTION_NAMES).toEqual([...allEstates, images].map(({ name }) => name).sort());
});

test('a misspelt estate is a problem also for who needs only one section', () => {
  const root = mkdtempSync(join(tmpdir(), 'config-'));
  const write = (override: object) => writeFileSync(join(root, 'estates.json'), JSON.stringify(override));
  write({ moshi: { shared: { project: 'theirs' } } });
  expect(() => loadConfig([images], { env: {}, root })).not.toThrow();
  write({ mosh: { shared: { project: 'theirs' } } });
  expect(() => loadConfig([images], { env: {}, root })).toThrow(/mosh +not an estate; there is docker-worker, .*moshi/);
});

test('without an override file the committed values are complete', () => {
  const { estates: values } = loadConfig(estates, { env: {}, root: tmpdir() });
  expect(values.moshi).toMatchObject({ shared: { project: 'moshi-3', backend: { type: 'local' } }, prod: { protection: 'on' } });
});

test('estates.json in the root is the default override file', () => {
  const root = mkdtempSync(join(tmpdir(), 'config-'));
  writeFileSync(join(root, 'estates.json'), JSON.stringify({ moshi: { shared: { project: 'other-project' } } }));
  expect(loadConfig(estates, { env: {}, root }).estates.moshi).toMatchObject({ shared: { project: 'other-project', region: 'us-central1' } });
});

test('an override names only what differs', () => {
  const config = load({ moshi: { prod: { server: { machineType: 'e2-small' } } } });
  expect(config.prod.server).toMatchObject({ machineType: 'e2-small', host: 'prod', subnet: '10.1.2.0/24' });
});

test('null removes a value: an image by name instead of by family', () => {
  expect(load({ moshi: { dev: { server: { image: { family: null, name: 'moshi-srv-1' } } } } }).dev.server.image).toEqual({ name: 'moshi-srv-1' });
});

test('every problem is listed at once, with path, value and what was expected', () => {
  const message = problem({
    moshi: {
      shared: { project: 'X', zoen: 'us-central1-a', region: null },
      prod: { server: { subnet: '10.1.2.0/33' }, websiteHosts: ['@', 'www', 'not a host'] },
      dev: { protection: 'yes' },
    },
    mochi: {},
  });
  expect(message).toMatch(/config\/moshi\.ts is not usable, 6 problems:/);
  expect(message).toMatch(/shared\.project +"X" +not a project id: 6 to 30/);
  expect(message).toMatch(/shared\.zoen +not a known key; the defaults have .*zone/);
  expect(message).toMatch(/shared\.region +missing; expected a GCP region, such as us-central1/);
  expect(message).toMatch(/prod\.server\.subnet +"10\.1\.2\.0\/33" +not a CIDR block: the prefix length is 0 to 32/);
  expect(message).toMatch(/prod\.websiteHosts\[2\] +"not a host" +not a host below the domain/);
  expect(message).toMatch(/dev\.protection +"yes" +must be "on" or "off"/);
  expect(message).toMatch(/mochi +not an estate; there is docker-worker, .*moshi/);
  expect(message).toMatch(/Nothing was written\. Values come from config\/moshi\.ts and mine\.json \(the override file; ESTATES_CONFIG names another\)\.$/);
});

const record = (values: object) => ({ shared: { dnsRecords: { r: { name: 'mail', ...values } } } });

test.each([
  ['a zone outside the region', { shared: { region: 'europe-west1' } }, 'shared.zone', 'not a zone of shared.region: set both'],
  ['a host that both environments claim', { prod: { server: { host: 'dev' } } }, 'prod  ', 'dev has one of these hosts too'],
  ['a network address with host bits', { dev: { server: { subnet: '10.1.3.7/24' } } }, 'dev.server.subnet', 'bits beyond /24 are set'],
  ['a CIDR block with a letter', { dev: { server: { subnet: '10.1.x.0/24' } } }, 'dev.server.subnet', 'it looks like 10.1.2.0/24'],
  ['an octet over 255', { dev: { server: { subnet: '10.256.0.0/24' } } }, 'dev.server.subnet', 'each part is 0 to 255'],
  ['a domain without a dot', { shared: { domain: 'chatmoshi' } }, 'shared.domain', 'not a domain name: it has no dot'],
  ['a domain with a capital', { shared: { domain: 'Chat.example' } }, 'shared.domain', 'its part "Chat" must be'],
  ['a backend without a type', { shared: { backend: { bucket: 'state' } } }, 'shared.backend', 'must have a "type"'],
  ['both ways to name an image', { dev: { server: { image: { name: 'moshi-srv-1' } } } }, 'dev.server.image', 'must name a family or an image, not both'],
  ['an image of another family', { dev: { server: { image: { family: 'debian' } } } }, 'dev.server.image.family', 'must be "moshi-srv"'],
  ['a website host that is the server host', { prod: { server: { host: 'www' } } }, 'prod.websiteHosts', 'holds a host twice, or the server host'],
  ['a host named twice', { dev: { websiteHosts: ['a', 'a'] } }, 'dev.websiteHosts', 'holds a host twice'],
  [
    'a CNAME without its final dot',
    record({ type: 'CNAME', values: ['mail.example.org'] }),
    'shared.dnsRecords.r.values[0]',
    'must be a full name that ends in a dot',
  ],
  ['a mail record without a priority', record({ type: 'MX', values: ['mail.example.org.'] }), 'shared.dnsRecords.r.values[0]', 'must be a priority'],
  ['an address that is none', record({ type: 'A', values: ['1.2.3'] }), 'shared.dnsRecords.r.values[0]', 'must be an IPv4 address'],
  ['text without quotes', record({ type: 'TXT', values: ['v=spf1 -all'] }), 'shared.dnsRecords.r.values[0]', 'must be text in double quotes'],
  ['the domain as a CNAME', record({ name: '@', type: 'CNAME', values: ['example.org.'] }), 'shared.dnsRecords.r.type', 'cannot be a CNAME'],
  ['a record that the stacks make', record({ name: 'www', type: 'A', values: ['192.0.2.1'] }), 'shared.dnsRecords', 'that the stacks make a record for'],
  ['a key with a blank', { shared: { dnsRecords: { 'A B': {} } } }, 'shared.dnsRecords.A B', 'a record key is lower-case'],
  ['a repository with a quote', { shared: { github: { repository: "a/b' || true || '" } } }, 'shared.github.repository', 'not a GitHub repository'],
  ['a list in place of an estate', [], '(the whole estate)', 'must be an object'],
  ['a zone of a region with a longer name', { shared: { zone: 'us-central10-a' } }, 'shared.zone', 'not a zone of shared.region'],
  ['a subnet of one machine', { dev: { server: { subnet: '10.1.3.0/32' } } }, 'dev.server.subnet', 'not a range for a subnet'],
  ['the whole Internet as a subnet', { dev: { server: { subnet: '0.0.0.0/0' } } }, 'dev.server.subnet', 'not a range for a subnet'],
  ['a leading zero', { dev: { server: { subnet: '10.1.03.0/24' } } }, 'dev.server.subnet', 'leading zeros'],
  ['a branch that git refuses', { shared: { github: { branch: 'a..b' } } }, 'shared.github.branch', 'not a branch name'],
  ['no estate at all', null, '(the whole estate)', 'must be an object'],
  ['a cdktf token', record({ type: 'TXT', values: ['"${TfToken[TOKEN.5]}"'] }), 'shared.dnsRecords.r.values[0]', 'must not look like a cdktf token'],
  [
    'two records of one name and type',
    { shared: { dnsRecords: { a: { name: 'x', type: 'A', values: ['192.0.2.1'] }, b: { name: 'x', type: 'A', values: ['192.0.2.2'] } } } },
    'shared.dnsRecords',
    'holds two records',
  ],
  ['half a gigabyte', { dev: { server: { diskGb: 10.5 } } }, 'dev.server.diskGb', 'must be a whole number of GB'],
])('%s is refused', (_, moshi, path, expected) => {
  const message = problem({ moshi });
  expect(message).toContain(path);
  expect(message).toContain(expected);
});

test('a check across fields does not wait for the others to be right', () => {
  const message = problem({ moshi: { shared: { project: 'X', region: 'europe-west1' }, dev: { server: { host: 'www' } } } });
  for (const expected of ['not a project id', 'not a zone of shared.region', 'dev has one of these hosts too']) expect(message).toContain(expected);
});

test('a file that is missing, not JSON, or not an object says which file', () => {
  expect(() => loadConfig(estates, { env: { ESTATES_CONFIG: 'nowhere.json' }, root: tmpdir() })).toThrow(/^nowhere\.json \(ESTATES_CONFIG\) cannot be read/);
  expect(problem('{')).toMatch(/^mine\.json is not JSON/);
  expect(problem('[]')).toMatch(/^mine\.json must hold an object/);
});

test('a byte order mark is no reason to refuse a file', () => {
  expect(load(`\uFEFF${JSON.stringify({ moshi: { shared: { project: 'their-project' } } })}`).shared.project).toBe('their-project');
});

test('an organization that cannot be one is refused before it reaches the JSON', () => {
  expect(() => load({}, { TF_CLOUD_ORGANIZATION: 'a${b}' })).toThrow(/the environment is not usable[\s\S]*TF_CLOUD_ORGANIZATION +"a\$\{b\}"/);
});

test('the config is frozen to its depths', () => {
  const config = load({});
  expect(() => Object.assign(config.prod.server, { host: 'x' })).toThrow(/read only/);
});

test("Terraform Cloud is chosen by Terraform's own variables", () => {
  const read = (env: Record<string, string>) => loadConfig(estates, { env, root: tmpdir() }).terraformCloud;
  expect(read({})).toBeUndefined();
  expect(read({ TF_CLOUD_ORGANIZATION: 'acme' })).toEqual({ organization: 'acme' });
  expect(read({ TF_CLOUD_ORGANIZATION: 'acme', TF_CLOUD_HOSTNAME: 'tfe.example' })).toEqual({ organization: 'acme', hostname: 'tfe.example' });
});
