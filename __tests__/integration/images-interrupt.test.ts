import { isAlive } from '../../packer/build/lock-file';
import { Workshop } from '../support/workshop';

const bake = ['bake', '--yes'];

afterEach(() => Workshop.close());

test('an interruption lets Packer clean up; the next run bakes only what is missing', async () => {
  const workshop = new Workshop();
  workshop.trouble('hang-moshi-srv', 'hang-docker-worker');
  const { child, ended } = workshop.start(bake);
  await workshop.hanging('moshi-srv', 'docker-worker');
  child.kill('SIGINT');
  const { code, output } = await ended;
  expect(code).toBe(130);
  expect(workshop.has('cleaned-moshi-srv') && workshop.has('cleaned-docker-worker')).toBe(true);
  expect(output).toMatch(/^debian11-python3 +baked/m);
  expect(output).toMatch(/^moshi-srv +interrupted/m);
  expect(output).toContain('1 of 3 images.');

  workshop.mend('hang-moshi-srv', 'hang-docker-worker');
  workshop.forget();
  expect((await workshop.run(bake)).code).toBe(0);
  expect(workshop.calledFor('build').sort()).toEqual(['docker-worker', 'moshi-srv']);
});

test('what has not begun when it is interrupted never begins', async () => {
  const workshop = new Workshop();
  workshop.trouble('hang-debian11-python3', 'hang-docker-worker');
  const { child, ended } = workshop.start(bake);
  await workshop.hanging('debian11-python3', 'docker-worker');
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGHUP'] as const) child.kill(signal); // make and the terminal may both say it
  const { code, output } = await ended;
  expect(code).toBe(130);
  expect(output).toMatch(/^moshi-srv +not started/m);
  expect(workshop.calledFor('build')).not.toContain('moshi-srv');
  expect(workshop.has('cleaned-docker-worker')).toBe(true);
});

test('a second interruption ends a Packer that does not listen', async () => {
  const workshop = new Workshop();
  workshop.trouble('deaf-docker-worker');
  const { child, ended } = workshop.start([...bake, '--image', 'docker-worker']);
  await workshop.hanging('docker-worker');
  child.kill('SIGINT');
  await expect(Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1100, 'still there'))])).resolves.toBe('still there');
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
});

test('a run that is killed outright leaves what it baked on record; nobody bakes beside it, nor beside the Packer that it left', async () => {
  const workshop = new Workshop();
  workshop.trouble('hang-moshi-srv');
  const { child, ended } = workshop.start(bake);
  await workshop.hanging('moshi-srv');
  await until(() => Object.keys(workshop.state()).length === 2);
  expect(await workshop.run(bake)).toEqual({ code: 2, output: expect.stringContaining(`Another bake is under way here, process ${child.pid}`) });

  child.kill('SIGKILL');
  await new Promise((resolve) => child.on('exit', resolve));
  const { code, output } = await workshop.run(bake);
  expect(code).toBe(2);
  const group = Number(/^ {2}moshi-srv: kill -INT -- (-\d+)$/m.exec(output)?.[1]);
  process.kill(group, 'SIGINT');
  await ended;
  await until(() => !isAlive(group));

  workshop.mend('hang-moshi-srv');
  workshop.forget();
  expect((await workshop.run(bake)).code).toBe(0);
  expect(workshop.calledFor('build')).toEqual(['moshi-srv']);
});

test('a reader that goes away ends nothing', async () => {
  const workshop = new Workshop();
  const { child, ended } = workshop.start([...bake, '--image', 'docker-worker']);
  child.stderr?.once('data', () => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  });
  expect((await ended).code).toBe(0);
  expect(workshop.state()).toMatchObject({ 'docker-worker': { open: false } });
});

test('what is interrupted while it is checked goes no further', async () => {
  const workshop = new Workshop();
  const interrupt = new AbortController();
  interrupt.abort();
  expect(await workshop.bake(['docker-worker', 'debian12-python3'], { interrupt: interrupt.signal })).toMatchObject([
    { outcome: 'not started' },
    { outcome: 'not started' },
  ]);
  expect(workshop.lines('calls')).toEqual([]);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}
