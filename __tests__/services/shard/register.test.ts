import { DEFINITIONS } from '../../../services/shard/commands/definitions';
import { register } from '../../../services/shard/commands/register';

type Registered = Record<string, unknown> & { readonly name: string };

/** Discord's memory of an application's commands: it adds fields of its own, and leaves out what is false. */
function discord() {
  const there = new Map<string, Registered[]>();
  const writes: string[] = [];
  const rest = {
    get: async (route: string) => there.get(route) ?? [],
    put: async (route: string, { body }: { body: unknown }) => {
      writes.push(route);
      const commands = JSON.parse(JSON.stringify(body)) as Registered[];
      there.set(
        route,
        commands.map((command, index) => ({
          dm_permission: true,
          nsfw: false,
          name_localizations: null,
          contexts: null,
          integration_types: [0],
          default_member_permissions: null,
          ...command,
          id: String(index),
          version: '7',
          ...(command.options !== undefined && {
            options: (command.options as Registered[]).map(({ required, ...option }) => ({ ...option, ...(required === true && { required }) })),
          }),
        })),
      );
    },
  };
  return { there, writes, rest };
}

const GLOBAL = '/applications/42/commands';
const GUILD = '/applications/42/guilds/7/commands';

test('everything is new, and then the same: nothing is written twice', async () => {
  const { rest, writes, there } = discord();
  const first = await register({ rest, applicationId: '42' });
  expect(first.map(({ change }) => change)).toEqual(DEFINITIONS.map(() => 'new'));
  const second = await register({ rest, applicationId: '42' });
  expect(second.map(({ change }) => change)).toEqual(DEFINITIONS.map(() => 'same'));
  expect(writes).toEqual([GLOBAL]);
  const commands = there.get(GLOBAL) ?? [];
  expect(commands.every(({ contexts, integration_types }) => String(contexts) === '0' && String(integration_types) === '0')).toBe(true);
  expect(commands.filter((command) => command.default_member_permissions === '32').map(({ name }) => name)).toEqual(['follow', 'unfollow']);
});

test('a server has its own, which say nothing of where they may be called', async () => {
  const { rest, writes, there } = discord();
  await register({ rest, applicationId: '42', guildId: '7' });
  expect(writes).toEqual([GUILD]);
  expect(there.get(GUILD)?.every(({ contexts }) => contexts === null)).toBe(true);
  expect((await register({ rest, applicationId: '42', guildId: '7' })).every(({ change }) => change === 'same')).toBe(true);
});

test('a dry run says what would be done, and writes nothing', async () => {
  const { rest, writes } = discord();
  expect((await register({ rest, applicationId: '42', dryRun: true })).every(({ change }) => change === 'new')).toBe(true);
  expect(writes).toEqual([]);
});

test.each([
  ['description', { description: 'Another' }],
  ['options', { options: [] }],
  ['permissions', { default_member_permissions: null }],
  ['places', { contexts: [0, 1] }],
])('changed %s are written again', async (_, change) => {
  const { rest, writes, there } = discord();
  await register({ rest, applicationId: '42' });
  there.set(
    GLOBAL,
    (there.get(GLOBAL) ?? []).map((command) => (command.name === 'follow' ? { ...command, ...change } : command)),
  );
  const changes = await register({ rest, applicationId: '42' });
  expect(changes.filter((item) => item.change !== 'same')).toEqual([{ command: 'follow', change: 'changed' }]);
  expect(writes).toHaveLength(2);
});

test('what we do not know is removed', async () => {
  const { rest, there } = discord();
  await register({ rest, applicationId: '42' });
  there.get(GLOBAL)?.push({ name: 'patreon', type: 1, description: 'old' }, { name: 'film', type: 3, description: '' });
  const changes = await register({ rest, applicationId: '42' });
  expect(changes.filter(({ change }) => change === 'removed').map(({ command }) => command)).toEqual(['patreon', 'film']);
  expect(there.get(GLOBAL)?.map(({ name }) => name)).toEqual(DEFINITIONS.map(({ name }) => name));
});

test('names, descriptions and options are as Discord takes them', () => {
  for (const { name, description, ...more } of DEFINITIONS) {
    const options = 'options' in more ? more.options : [];
    for (const item of [{ name, description }, ...options]) {
      expect(item.name).toMatch(/^[-_a-z]{1,32}$/);
      expect(item.description.length).toBeLessThanOrEqual(100);
    }
    const isRequired = options.map((option) => 'required' in option);
    expect(isRequired).toEqual([...isRequired].sort((a, b) => Number(b) - Number(a))); // required ones come first
  }
});
