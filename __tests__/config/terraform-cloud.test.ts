import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, loadConfig } from '../../config/load';
import { mergePatch } from '../../config/merge';
import { type TerraformCloudConfig, terraformCloudSchema, terraformCloudValues } from '../../config/terraform-cloud';
import { ROOT } from '../support/repository';

function load(shared: object): TerraformCloudConfig {
  const values = mergePatch(terraformCloudValues, { shared });
  return loadConfig([{ name: 'terraform-cloud', schema: terraformCloudSchema, values }], { env: {}, root: __dirname }).estates[
    'terraform-cloud'
  ] as TerraformCloudConfig;
}

function problemsOf(shared: object): string {
  try {
    load(shared);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return '';
}

test('without an organization it is complete, and says nothing', () => {
  expect(load({}).shared).toMatchObject({ hostname: 'app.terraform.io', execution: {}, notifications: {}, runTriggers: 'on' });
  expect(load({}).shared).not.toHaveProperty('organization');
});

test.each([
  [{ organization: 'my org' }, 'shared.organization', 'not the name of an organization'],
  [{ organization: 'o:p' }, 'shared.organization', 'not the name of an organization'],
  [{ organization: 'org', organizationId: 'my-org' }, 'shared.organizationId', 'not the id of an organization'],
  [{ organizationId: 'org-abc' }, 'shared.organizationId', 'set shared.organization too'],
  [{ hostname: 'terraform' }, 'shared.hostname', 'it has no dot'],
  [{ terraformVersion: '~> 1.11' }, 'shared.terraformVersion', 'three numbers'],
  [{ execution: { 'moshi-*': 'here' } }, 'shared.execution.moshi-*', 'must be "remote", "local" or'],
  [{ execution: { 'moshi-*': { agentPool: 'mine' } } }, 'shared.execution.moshi-*.agentPool', 'not the id of an agent pool'],
  [{ execution: { 'Moshi_?': 'local' } }, 'shared.execution.Moshi_?', 'a pattern such as'],
  [{ runTriggers: true }, 'shared.runTriggers', 'must be "on" or "off"'],
  [{ notifications: { us: { type: 'pager' } } }, 'shared.notifications.us.type', 'must have a "type"'],
  [{ notifications: { us: { type: 'email', users: [] } } }, 'shared.notifications.us.users', 'must name a user'],
  [{ notifications: { us: { type: 'email', users: ['me@example.org'] } } }, 'shared.notifications.us.users[0]', 'not the id of a user'],
  [{ notifications: { us: { type: 'slack', url: 'https://hooks.slack.com/services/T/B/x' } } }, 'shared.notifications.us.url', 'not a known key'],
  [{ notifications: { us: { type: 'slack', triggers: ['run:broken'] } } }, 'shared.notifications.us.triggers[0]', 'must be one of'],
  [{ notifications: { us: { type: 'slack', triggers: [] } } }, 'shared.notifications.us.triggers', 'must name what to tell of'],
  [{ notifications: { 'our-channel': { type: 'slack' } } }, 'shared.notifications.our-channel', 'lower-case letters, digits and underscores'],
])('%j is refused at %s', (shared, path, message) => {
  const problems = problemsOf(shared);
  expect(problems).toContain(`  ${path} `);
  expect(problems).toContain(message);
  expect(problems).toContain('1 problem:');
});

test.each(['docs/runbooks/terraform-cloud.md', 'estates/terraform-cloud/variants/all-workspaces.json'])(
  'the example of %s is accepted as it stands',
  (file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? text) as { 'terraform-cloud': { shared: object } };
    expect(load(example['terraform-cloud'].shared).shared.organization).toBe('example-org');
  },
);
