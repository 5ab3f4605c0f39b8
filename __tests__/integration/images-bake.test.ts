import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BakedImage } from '../../packer/images/families';
import { Workshop } from '../support/workshop';

const IN_USE: BakedImage[] = ['debian11-python3', 'docker-worker', 'moshi-srv'];
const bake = ['bake', '--yes'];

afterEach(() => Workshop.close());

describe('a run', () => {
  test('bakes every image that is in use, each after its base and from it, others side by side', async () => {
    const workshop = new Workshop();
    const { code, output } = await workshop.run(bake);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/\n3 images\. /) });

    const builds = workshop.lines('order').filter((line) => line.includes(' build '));
    expect(builds.slice(0, 2).sort()).toEqual(['start build debian11-python3', 'start build docker-worker']);
    expect(builds.indexOf('end build debian11-python3')).toBeLessThan(builds.indexOf('start build moshi-srv'));

    const { image } = workshop.state()['debian11-python3'] ?? {};
    const [call] = workshop.lines('calls').filter((line) => line.startsWith('build') && line.endsWith('moshi-srv'));
    expect(call).toMatch(/^build -var version=\d{8}-\d{6} -var commit=\w[\w-]* -var parent=\S+ \/\S+\/\.cache\/images\/moshi-srv$/);
    expect(call).toContain(`-var parent=${image} `);
  });

  test('says what it does and what came of it, without a terminal too', async () => {
    const { output } = await new Workshop().run(bake);
    expect(output).toMatch(/^ {2}moshi-srv +family moshi-srv +project moshi-3 +after debian11-python3$/m);
    expect(output).toContain('moshi-srv: Creating instance...');
    expect(output).toMatch(/^moshi-srv +baked +\d\.\d s +moshi-srv-\d{8}-\d{6}$/m);
  });

  test('that went well is not gone on with: the next one bakes everything anew', async () => {
    const workshop = new Workshop();
    await workshop.bake(IN_USE);
    workshop.forget();
    await workshop.bake(IN_USE);
    expect(workshop.calledFor('build').sort()).toEqual(IN_USE);
  });

  test('of one image leaves the others alone; its base is the newest of the family', async () => {
    const workshop = new Workshop();
    expect((await workshop.run([...bake, '--image', 'moshi-srv'])).code).toBe(0);
    expect(workshop.calledFor('build')).toEqual(['moshi-srv']);
    expect(workshop.lines('calls').join('\n')).not.toContain('parent=');
  });

  test('gives an image the version that is given by hand: a pinned name can be baked again', async () => {
    const workshop = new Workshop();
    await workshop.bake(['moshi-srv'], { env: { PKR_VAR_version: '0-1-0' } });
    expect(workshop.lines('calls').filter((line) => line.startsWith('build'))).toEqual([expect.stringMatching(/^build -var version=0-1-0 /)]);
  });

  test('of the base that the config chooses', async () => {
    const workshop = new Workshop();
    workshop.write('estates.json', JSON.stringify({ images: { moshiBase: 'debian12-python3' } }));
    expect((await workshop.run(bake)).code).toBe(0);
    expect(workshop.calledFor('build').sort()).toEqual(['debian12-python3', 'docker-worker', 'moshi-srv']);
  });
});

describe('one that fails', () => {
  test('does not keep independent ones from being baked; the exit code and the summary say which', async () => {
    const workshop = new Workshop();
    workshop.trouble('fail-docker-worker');
    const { code, output } = await workshop.run(bake);
    expect(code).toBe(1);
    expect(output).toMatch(/^docker-worker +failed .*packer build: exit code 3$/m);
    expect(output).toContain('  Error: quota exceeded\n  all of it: .cache/images/docker-worker.log\n');
    expect(readFileSync(join(workshop.root, '.cache/images/docker-worker.log'), 'utf8')).toContain('quota exceeded');
    expect(output).toContain('2 of 3 images. Mend what is named above');
    expect(workshop.calledFor('build').sort()).toEqual(IN_USE);
  });

  test('is baked by the next run, and nothing else is', async () => {
    const workshop = new Workshop();
    workshop.trouble('fail-moshi-srv');
    await workshop.run(bake);
    const { image } = workshop.state()['debian11-python3'] ?? {};
    workshop.mend('fail-moshi-srv');
    workshop.forget();
    const { code, output } = await workshop.run(bake);
    expect(code).toBe(0);
    expect(workshop.calledFor('build')).toEqual(['moshi-srv']);
    expect(workshop.lines('calls').join('\n')).toContain(`-var parent=${image} `);
    expect(output).toContain(`kept: ${image}`);
    workshop.forget();
    await workshop.run(bake);
    expect(workshop.calledFor('build').sort()).toEqual(IN_USE); // the run that went on is a finished one
  });

  test('takes those with it that start from it', async () => {
    const workshop = new Workshop();
    workshop.trouble('fail-debian11-python3');
    expect(await workshop.bake(IN_USE)).toContainEqual({ name: 'moshi-srv', outcome: 'not started', text: 'needs debian11-python3' });
    workshop.mend('fail-debian11-python3');
    workshop.forget();
    await workshop.bake(IN_USE);
    expect(workshop.calledFor('build')).toEqual(['debian11-python3', 'moshi-srv']);
  });

  test('is one without an image, whatever its exit code', async () => {
    const workshop = new Workshop();
    workshop.trouble('empty-docker-worker');
    expect(await workshop.bake(['docker-worker'])).toMatchObject([{ outcome: 'failed', text: expect.stringContaining('its manifest names no image') }]);
  });

  test('is one whose manifest is of an earlier bake, or cannot be read; the others are baked', async () => {
    const workshop = new Workshop();
    workshop.write('.cache/images/docker-worker/manifest.json', '{ "builds": [{ "artifact_id": "old", "packer_run_uuid": "1" }], "last_run_uuid": "1" }');
    workshop.trouble('empty-docker-worker', 'half-debian12-python3');
    expect(await workshop.bake(['docker-worker', 'debian12-python3', 'debian11-python3'])).toMatchObject([
      { name: 'docker-worker', outcome: 'failed', text: expect.stringContaining('names no image') },
      { name: 'debian12-python3', outcome: 'failed', text: expect.stringMatching(/debian12-python3\/manifest\.json cannot be read: /) },
      { name: 'debian11-python3', outcome: 'baked', text: expect.stringMatching(/^debian11-python3-\d{8}-\d{6}$/) },
    ]);
  });

  test('is one that cannot be recorded: the summary still says it', async () => {
    const workshop = new Workshop();
    const state = workshop.record;
    state.record = () => {
      throw new Error('ENOSPC: no space left on device');
    };
    expect(await workshop.bake(['docker-worker'], { state })).toMatchObject([{ outcome: 'failed', text: 'ENOSPC: no space left on device' }]);
  });

  test.each(['init', 'validate'])('is refused by %s before the first machine starts', async (command) => {
    const workshop = new Workshop();
    workshop.trouble(`${command}-moshi-srv`);
    const said = [`Error: ${command} refuses moshi-srv`];
    expect(await workshop.bake(IN_USE)).toContainEqual(expect.objectContaining({ name: 'moshi-srv', outcome: 'failed', said }));
    expect(workshop.calledFor('build')).toEqual([]);
  });
});

describe('what an unfinished run has baked', () => {
  const unfinished = async () => {
    const workshop = new Workshop();
    workshop.trouble('fail-moshi-srv');
    await workshop.bake(IN_USE);
    workshop.mend('fail-moshi-srv');
    workshop.forget();
    return workshop;
  };

  test('is baked again when it would be another image now, and those that start from it too', async () => {
    const workshop = await unfinished();
    workshop.write('estates.json', JSON.stringify({ images: { debian: { 11: { name: 'debian-11-bullseye-v20990101' } } } }));
    await workshop.run(bake);
    expect(workshop.calledFor('build')).toEqual(['debian11-python3', 'moshi-srv']);
  });

  test('is baked again when its base has become another image since', async () => {
    const workshop = new Workshop();
    workshop.trouble('fail-docker-worker');
    await workshop.bake(IN_USE);
    const { 'debian11-python3': base, ...others } = workshop.state();
    writeFileSync(join(workshop.root, '.state/images.json'), JSON.stringify({ ...others, 'debian11-python3': { ...base, image: 'python3-another' } }));
    workshop.forget();
    await workshop.bake(IN_USE);
    expect(workshop.calledFor('build').sort()).toEqual(['docker-worker', 'moshi-srv']);
  });

  test('is baked again when its base was baked by another run since', async () => {
    const workshop = new Workshop();
    workshop.trouble('fail-docker-worker');
    await workshop.bake(['docker-worker', 'moshi-srv']);
    workshop.forget();
    expect(await workshop.bake(['docker-worker', 'moshi-srv'])).toContainEqual(expect.objectContaining({ name: 'moshi-srv', outcome: 'kept' }));
    await workshop.bake(['debian11-python3']);
    expect(await workshop.bake(['moshi-srv'])).toMatchObject([{ name: 'moshi-srv', outcome: 'baked' }]);
  });

  test('is baked again when a value given by hand is another', async () => {
    const workshop = await unfinished();
    await workshop.bake(IN_USE, { env: { PKR_VAR_zone: 'us-central1-f' } });
    expect(workshop.calledFor('build').sort()).toEqual(IN_USE);
  });

  test('is baked again when asked, and of others the record stays: make bake does not undo a run of make images', async () => {
    const workshop = await unfinished();
    const before = workshop.state();
    expect((await workshop.run(['bake', '--fresh', '--dry-run'])).output).not.toContain('kept');
    expect(workshop.state()).toEqual(before);
    await workshop.run([...bake, '--fresh', '--image', 'debian11-python3']);
    expect(workshop.calledFor('build')).toEqual(['debian11-python3']);
    expect(workshop.state()['docker-worker']).toEqual(before['docker-worker']);
  });

  test('is baked again after a day', async () => {
    const workshop = await unfinished();
    const old = new Date(Date.now() - 25 * 3600_000).toISOString();
    const aged = Object.fromEntries(Object.entries(workshop.state()).map(([name, baked]) => [name, { ...baked, bakedAt: old }]));
    writeFileSync(join(workshop.root, '.state/images.json'), JSON.stringify(aged));
    await workshop.bake(IN_USE);
    expect(workshop.calledFor('build').sort()).toEqual(IN_USE);
  });

  test('is forgotten when the record of it is spoilt', async () => {
    const workshop = await unfinished();
    writeFileSync(join(workshop.root, '.state/images.json'), '{"debian11-');
    await workshop.bake(IN_USE);
    expect(workshop.calledFor('build').sort()).toEqual(IN_USE);
  });
});

describe('nothing is started', () => {
  test('by a dry run, which says what would be', async () => {
    const workshop = new Workshop();
    const { code, output } = await workshop.run(['bake', '--dry-run']);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('moshi-srv') });
    expect(workshop.lines('calls')).toEqual([]);
    expect(existsSync(join(workshop.root, '.state'))).toBe(false);
  });

  test.each<[string, string[], Record<string, string>, string]>([
    ['when nobody is there to say yes', ['bake', '--fresh'], {}, 'pass --yes'],
    [
      'for an image that there is not',
      ['bake', '--yes', '--image', 'moshi'],
      {},
      'no image moshi; there is debian11-python3, debian12-python3, moshi-srv, docker-worker',
    ],
    ['without Packer', ['bake', '--yes'], { PATH: '/nonexistent' }, 'packer is not on PATH: install Packer'],
    ['for no image at all', ['bake', '--yes', '--image', ','], {}, 'IMAGE= (--image) names none; there is debian11-python3'],
    ['for a word that means nothing', ['toast'], {}, 'expected bake, validate or hcl'],
    ['with a config that is not usable', ['bake', '--yes'], { ESTATES_CONFIG: 'wrong.json' }, 'images.ts is not usable, 2 problems'],
  ])('%s', async (_, args, env, message) => {
    const workshop = new Workshop();
    workshop.write('wrong.json', JSON.stringify({ images: { moshiBase: 'debian10', debian: { 11: { name: 'Debian 11' } } } }));
    const { code, output } = await workshop.run(args, env);
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining(message) });
    expect(workshop.lines('calls')).toEqual([]);
    expect(existsSync(join(workshop.root, '.state/images.json'))).toBe(false); // what is unfinished stays so
  });

  test('by a dry run of images-hcl, which does not ask to commit', async () => {
    const workshop = new Workshop();
    const { code, output } = await workshop.run(['hcl', '--dry-run']);
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/Would write packer\/generated\/moshi-srv\n[\s\S]*\nNothing was changed \(dry run\)\.\n$/),
    });
    expect(existsSync(join(workshop.root, 'packer'))).toBe(false);
  });

  test('--help names every target', async () => {
    const { code, output } = await new Workshop().run(['--help']);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/make images .*make images-validate .*make images-hcl /s) });
  });
});
