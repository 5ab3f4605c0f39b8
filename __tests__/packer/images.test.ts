import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@cdktf/hcl2json';
import { loadConfig } from '../../config/load';
import { mergePatch } from '../../config/merge';
import { imageFiles } from '../../packer/build/folder';
import { imageNames, imagesInUse } from '../../packer/build/plan';
import { type BakedImage, FAMILIES } from '../../packer/images/families';
import { SECTIONS, settingsOf } from '../../packer/images/settings';
import type { Settings } from '../../packer/images/spec';
import { SPECS } from '../../packer/images/specs';
import { ROOT } from '../support/repository';

function settings(override: Partial<Record<keyof Settings, object>> = {}): Settings {
  const patched = SECTIONS.map((each) => ({ ...each, values: mergePatch(each.values, override[each.name as keyof Settings] ?? {}) }));
  return settingsOf(loadConfig(patched, { env: {}, root: '/nonexistent' }).estates);
}

const filesOf = (name: BakedImage, override = {}) => imageFiles(name, settings(override), { root: ROOT, withoutBuilt: true });
const hclOf = (name: BakedImage, override = {}) => filesOf(name, override).get(`${name}.pkr.hcl`) as string;

/** The image's HCL as an independent parser reads it. */
async function read(name: BakedImage, override = {}) {
  const { source, build, variable, locals } = await parse(`${name}.pkr.hcl`, hclOf(name, override));
  return { source: source.googlecompute.image[0], build: build[0], variable, locals: locals[0] };
}

test.each(imageNames())('what is committed for %s is what would be generated: make images-hcl', (name) => {
  const folder = join(ROOT, 'packer/generated', name);
  const committed = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((file) => [file, readFileSync(join(folder, file), 'utf8')] as const);
  expect(new Map(committed)).toEqual(filesOf(name));
});

test('nothing else is committed among the generated folders', () => {
  expect(readdirSync(join(ROOT, 'packer/generated')).sort()).toEqual(imageNames().sort());
});

test('no two images take turns at being the newest of a family', () => {
  expect(new Set(Object.values(FAMILIES)).size).toBe(imageNames().length);
});

test('somebody with their own projects and region finds nothing of ours in the HCL', () => {
  const override = {
    moshi: { shared: { project: 'their-project', region: 'europe-west4', zone: 'europe-west4-b' } },
    'docker-worker': { shared: { project: 'their-worker', region: 'europe-west1', zone: 'europe-west1-c' }, prod: { tasks: { import: null } } },
    images: { network: 'builders', machineType: 'n2-standard-2' },
  };
  const text = imageNames()
    .map((name) => hclOf(name, override))
    .join('');
  expect(text).not.toMatch(/moshi-3|us-central1|us-west1|"default"\n|e2-standard-4|project += "docker-worker"/);
  for (const theirs of [
    'their-project',
    'europe-west4-b',
    'https://europe-west4-python.pkg.dev/',
    'their-worker',
    'europe-west1-c',
    'builders',
    'n2-standard-2',
  ]) {
    expect(text).toContain(theirs);
  }
});

test('moshi-srv is baked from the chosen base by the account that may read the registry', async () => {
  const { source, variable, locals } = await read('moshi-srv', { images: { moshiBase: 'debian12-python3' } });
  expect(source).toMatchObject({
    source_image: '${var.parent}',
    source_image_family: 'python3-debian12',
    source_image_project_id: ['${var.project}'],
    service_account_email: 'artifact-reader@${var.project}.iam.gserviceaccount.com',
    scopes: ['https://www.googleapis.com/auth/cloud-platform'],
  });
  expect(variable.parent[0].default).toBeNull();
  expect(locals.parent).toBe('${coalesce(var.parent, "python3-debian12")}');
});

test.each(imageNames().filter((name) => name !== 'moshi-srv'))('%s starts from an image by name, on a machine without an account', async (name) => {
  const { source, variable } = await read(name);
  expect(source).toMatchObject({ source_image: '${var.parent}', source_image_project_id: ['debian-cloud'], disable_default_service_account: true });
  expect(source).not.toHaveProperty('source_image_family');
  expect(variable.parent[0].default).toMatch(/^debian-1[12]-[a-z]+-v\d{8}$/);
});

test('both Python images are one spec, on another release', () => {
  const eleven = hclOf('debian11-python3')
    .replaceAll('debian11', 'debian12')
    .replaceAll('debian-11-bullseye', 'debian-12-bookworm')
    .replaceAll('Debian 11', 'Debian 12');
  expect(eleven.replaceAll('"python3', '"python3-debian12')).toBe(hclOf('debian12-python3'));
});

test.each(imageNames())('%s says in labels and manifest what it was made of', async (name) => {
  const { source, build } = await read(name);
  expect(source).toMatchObject({
    image_name: `${FAMILIES[name]}-\${local.version}`,
    image_family: FAMILIES[name],
    image_labels: { commit: '${var.commit}', image: name, parent: '${local.parent}' },
  });
  expect(build['post-processor'].manifest).toEqual([
    {
      output: '${path.root}/manifest.json',
      strip_path: true,
      custom_data: { commit: '${var.commit}', family: FAMILIES[name], parent: '${build.SourceImageName}' },
    },
  ]);
});

test.each(imageNames())('%s gives each script the variables that it asks for, and no other', (name) => {
  for (const { script, environment = {} } of SPECS[name].recipe(settings()).steps) {
    const text = readFileSync(join(ROOT, 'packer/scripts', script), 'utf8');
    const required = [...text.matchAll(/"\$\{([A-Z][A-Z0-9_]*):\?/g)].map((match) => match[1]);
    expect(Object.keys(environment)).toEqual(expect.arrayContaining(required));
    expect(Object.keys(environment).filter((variable) => !new RegExp(`\\b${variable}\\b`).test(text))).toEqual([]);
  }
});

test('every machine of moshi can start from its image: no disk is smaller', () => {
  const small = { moshi: { dev: { server: { diskGb: 12 } }, prod: { server: { diskGb: 30 } } } };
  for (const name of ['debian11-python3', 'debian12-python3', 'moshi-srv'] as const) expect(SPECS[name].recipe(settings(small)).diskGb).toBe(12);
});

test('the base that moshi does not use is baked only when asked for', () => {
  expect(imagesInUse(settings())).toEqual(['debian11-python3', 'moshi-srv', 'docker-worker']);
  expect(imagesInUse(settings({ images: { moshiBase: 'debian12-python3' } }))).toEqual(['debian12-python3', 'moshi-srv', 'docker-worker']);
});
