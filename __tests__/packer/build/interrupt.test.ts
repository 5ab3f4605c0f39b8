import { Workshop } from './workshop';

const bake = ['bake', '--yes'];

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
  child.kill('SIGTERM');
  const { code, output } = await ended;
  expect(code).toBe(130);
  expect(output).toMatch(/^moshi-srv +not started/m);
  expect(workshop.calledFor('build')).not.toContain('moshi-srv');
});

test('a second interruption ends a Packer that does not listen', async () => {
  const workshop = new Workshop();
  workshop.trouble('deaf-docker-worker');
  const { child, ended } = workshop.start([...bake, '--image', 'docker-worker']);
  await workshop.hanging('docker-worker');
  child.kill('SIGINT');
  await expect(Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 500, 'still there'))])).resolves.toBe('still there');
  child.kill('SIGINT');
  expect((await ended).code).toBe(130);
});

test('a run that is killed outright leaves what it baked on record', async () => {
  const workshop = new Workshop();
  workshop.trouble('hang-moshi-srv');
  const { child, ended } = workshop.start(bake);
  await workshop.hanging('moshi-srv');
  child.kill('SIGKILL');
  workshop.mend('hang-moshi-srv');
  await ended;
  workshop.forget();
  expect((await workshop.run(bake)).code).toBe(0);
  expect(workshop.calledFor('build')).toEqual(['moshi-srv']);
});
