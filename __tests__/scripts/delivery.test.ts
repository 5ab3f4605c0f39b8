import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { RecordingTools } from '../support/recording-tools';
import { ROOT } from '../support/repository';

const THEIRS = { images: { moshiBase: 'debian12-python3' }, moshi: { shared: { project: 'their-project', github: { branch: 'trunk', environment: 'live' } } } };

/** A working folder with an override file and a checkout of the service. */
function checkedOut(overrides: object): RecordingTools {
  const tools = new RecordingTools();
  mkdirSync(join(tools.root, 'service/.git'), { recursive: true });
  writeFileSync(join(tools.root, 'estates.json'), JSON.stringify(overrides));
  return tools;
}

function delivered(overrides: object, args: readonly string[] = []) {
  const tools = checkedOut(overrides);
  const run = tools.run('delivery', ['--estate', 'moshi', '--to', 'service', ...args]);
  const read = (file: string) => readFileSync(join(tools.root, 'service/.github', file), 'utf8');
  return { tools, run, read };
}

test("the workflow and the override file go into the service's repository, and the second time nothing changes", () => {
  const { tools, run, read } = delivered(THEIRS);
  expect(run).toMatchObject({ code: 0, output: expect.stringContaining('Wrote service/.github/workflows/moshi.yml') });
  expect(JSON.parse(read('infrastructure.json'))).toEqual({ ...THEIRS, moshi: { shared: { ...THEIRS.moshi.shared, serverSource: '..' } } });
  const workflow = parse(read('workflows/moshi.yml'));
  expect(workflow.on.push.branches).toEqual(['trunk']);
  expect(workflow.jobs['roll-prod'].environment).toBe('live');
  expect(tools.run('delivery', ['--estate', 'moshi', '--to', 'service']).output).toBe('Nothing to write: all is as it should be.\n');
});

test('a branch whose name is a pattern triggers as it is', () => {
  const { read } = delivered({ moshi: { shared: { github: { branch: 'c++/next' } } } });
  const workflow = parse(read('workflows/moshi.yml'));
  expect(workflow.on.push.branches).toEqual(['c\\+\\+/next']);
  expect(workflow.jobs.publish.if).toBe("github.ref == 'refs/heads/c++/next'");
});

test('a dry run writes nothing', () => {
  const { run, read } = delivered(THEIRS, ['--dry-run']);
  expect(run.output).toMatch(/Would write service\/\.github\/workflows\/moshi\.yml\n[\s\S]*\nNothing was changed \(dry run\)\.\n$/);
  expect(() => read('workflows/moshi.yml')).toThrow('ENOENT');
});

test('without TO= what is reviewed is written, from the committed values', () => {
  const tools = checkedOut(THEIRS);
  expect(tools.run('delivery').code).toBe(0);
  for (const file of ['workflows/moshi.yml', 'infrastructure.json']) {
    const generated = join('estates/moshi/delivery/generated/.github', file);
    expect(readFileSync(join(tools.root, generated), 'utf8')).toBe(readFileSync(join(ROOT, generated), 'utf8'));
  }
});

test.each([
  [['--to', '.'], 'TO= needs ESTATE='],
  [['--estate', 'moshi', '--to', 'nowhere'], "nowhere is no checkout of git: clone the service's repository first"],
  [['--estate', 'moon'], 'moon delivers nothing; there is moshi'],
])('%j is refused', (args, says) => {
  expect(new RecordingTools().run('delivery', args)).toMatchObject({ code: 2, output: expect.stringContaining(says) });
});
