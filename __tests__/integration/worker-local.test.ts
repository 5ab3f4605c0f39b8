import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DockerEngine } from '../support/docker-engine';
import { describeReal } from '../support/real';
import { type Registry, startRegistry } from '../support/registry';
import { ROOT } from '../support/repository';

describeReal(['dockerd', 'docker-registry', 'busybox'], 'make worker-local', () => {
  const engine = new DockerEngine();
  let registry: Registry;
  let image: string;

  beforeAll(async () => {
    registry = await startRegistry({ isPrivate: false });
    await engine.start();
    image = `${registry.host}/job:1`;
    engine.importBusybox(image);
    engine.docker('push', '--quiet', image);
  });

  afterAll(async () => {
    await engine.stop();
    await registry?.close();
  });

  function make(task: object, ...variables: string[]): { code: number | null; output: string } {
    const config = join(mkdtempSync(join(tmpdir(), 'local-')), 'mine.json');
    writeFileSync(config, JSON.stringify({ 'docker-worker': { prod: { tasks: { import: { image, ...task } } } } }));
    const env = { ...process.env, ESTATES_CONFIG: config, DOCKER_HOST: engine.host };
    const { status, stdout, stderr } = spawnSync('make', ['worker-local', ...variables], { cwd: ROOT, env, encoding: 'utf8' });
    return { code: status, output: stdout + stderr };
  }

  test('runs a declared task: a variable of config is in the container, whatever characters it has', () => {
    const awkward = '$(id) "a" \'b\' `c` \\ ${d} %{e}\nsecond line é';
    const { code, output } = make({ args: ['sh', '-c', 'printf "%s" "$INDEX" | sha256sum'], env: { INDEX: awkward } }, 'TASK=import');
    expect(output).toContain(spawnSync('sha256sum', { input: awkward, encoding: 'utf8' }).stdout.slice(0, 64));
    expect(output).toMatch(/exit code 0\nThe report, as it would be published: \.cache\/worker-local\/local-[\w-]+\/result\.jsonl/);
    expect(code).toBe(0);
    expect(engine.containers()).toEqual([]);
  });

  test('says how a task failed, and fails itself', () => {
    expect(make({ args: ['sh', '-c', 'exit 3'] }, 'TASK=import')).toMatchObject({ code: 2, output: expect.stringContaining('exit code 3') });
    expect(make({ image: `${registry.host}/nothing:1` }, 'TASK=import')).toMatchObject({ code: 2, output: expect.stringContaining('image-not-found: ') });
    expect(make({}, 'TASK=imprt')).toMatchObject({ code: 2, output: expect.stringContaining('There is no task imprt; config has import') });
    expect(make({})).toMatchObject({ code: 2, output: expect.stringContaining('Which task? Name one with TASK=; config has import') });
  });

  test('an image of the own registry is the one that this engine has: nothing is pulled', () => {
    engine.importBusybox('built-here:1');
    expect(make({ image: './built-here:1', args: ['echo', 'from here'] }, 'TASK=import')).toMatchObject({
      code: 0,
      output: expect.stringContaining('"message":"from here"'),
    });
  });

  test('a dry run starts nothing', () => {
    expect(make({ env: { A: 'b' } }, 'TASK=import', 'DRY_RUN=1')).toMatchObject({
      code: 0,
      output: expect.stringContaining('"task_env": "{\\"A\\":\\"b\\"}"'),
    });
    expect(engine.containers()).toEqual([]);
  });
});
