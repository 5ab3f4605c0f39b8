import { TerraformElement, TerraformResource } from 'cdktf';
import { loadConfig } from '../config/load';
import { estates } from '../estates/index';
import { RepositoryCopy } from './support/repository';
import { parse, testApp } from './support/synth';

/** A newcomer's override file, and what of the original must then be gone. */
const NEWCOMER = {
  moshi: {
    shared: {
      project: 'their-project',
      region: 'europe-west1',
      zone: 'europe-west1-b',
      domain: 'tutor.example',
      github: { repository: 'them/tutor' },
    },
  },
  'docker-worker': { shared: { project: 'their-workers', region: 'europe-west4', zone: 'europe-west4-a' } },
  egf2: { shared: { region: 'eu-west-1', domain: 'graph.example', bucketSuffix: 'theirs' } },
  filmlinkd: { shared: { project: 'their-films', region: 'europe-west3', zone: 'europe-west3-c', source: { repository: 'them/films' } } },
  vulpine: {
    shared: {
      domain: 'fox.example',
      contact: 'us@fox.example',
      content: { region: 'eu-west-3', bucketSuffix: 'theirs' },
      images: { ambassador: 'them/ambassador:1' },
    },
    prod: {
      hosts: { smithwicks: null, ours: { region: 'eu-central', type: 'g6-standard-4' } },
      instances: { vulpine: null, fox: { domain: 'fox.example' } },
    },
  },
};
const ORIGINAL: Readonly<Record<string, readonly string[]>> = {
  // the project is called as the estate, which is everywhere: so where a project would stand
  'docker-worker': ['projects/docker-worker/', '"project": "docker-worker"', '@docker-worker.iam', '/docker-worker/tasks', 'us-west1', 'nam5'],
  egf2: ['us-east-1', 'example.org', 'egf2-example'],
  filmlinkd: ['projects/filmlinkd/', '"project": "filmlinkd"', '@filmlinkd.iam', 'docker.pkg.dev/filmlinkd', 'PROJECT=filmlinkd', 'us-central1', 'jimlind'],
  moshi: ['moshi-3', 'chatmoshi', 'ekalosak', 'us-central1', 'nam5'],
  vulpine: ['vulpine.club', 'vulpineclub', '"us-east"', 'us-east-1', 'vulpine-example', 'smithwicks'],
};
const THEIRS: Readonly<Record<string, readonly string[]>> = {
  'docker-worker': ['their-workers', 'europe-west4-a', 'europe-west4-docker.pkg.dev/their-workers/tasks/import'],
  egf2: ['eu-west-1', 'api.graph.example', 'egf2-theirs-config'],
  filmlinkd: ['their-films', 'europe-west3-c', 'europe-west3-docker.pkg.dev/their-films/filmlinkd', 'them-films'],
  moshi: ['their-project', 'europe-west1-b', 'tutor.example', 'them/tutor', 'eur3'],
  vulpine: ['fox.example', 'them/ambassador', 'eu-central', '"ours"', '/etc/vulpine/fox/database', 'vulpine-theirs-fox-media', 's3.eu-west-3.amazonaws.com'],
};
/** What a cloud prescribes, whoever uses it. */
const PRESCRIBED: readonly string[] = [
  // CloudFront's certificates are there
  '"aws.us-east-1"',
  '"alias": "us-east-1"',
  '"region": "us-east-1"',
  '"aws-us-east-1"',
];

const copy = new RepositoryCopy();

test('what is written is the same, byte for byte, from two clones in different folders', () => {
  const other = new RepositoryCopy();
  expect([copy.synth().code, other.synth().code]).toEqual([0, 0]);
  const [one, two] = [copy.tree('cdktf.out'), other.tree('cdktf.out')];
  expect(one.size).toBeGreaterThan(10);
  expect(two).toEqual(one);
  for (const text of one.values()) {
    expect(text).not.toContain(copy.root);
    const ours = text.replace(/"target": "[^"]*"|"file": "\/usr\/share\/nginx\/[^"]*"|"source": "\/var\/lib\/vulpine\/[^"]*"/g, ''); // in a container, and on its host
    expect(ours).not.toMatch(/"\/(home|root|tmp|usr|var)\//);
    expect(text).not.toMatch(/\b20\d\d-\d\d-\d\dT\d\d:/);
  }
});

test.each(estates.map(({ name }) => name))("a newcomer's override leaves nothing of the original in %s", (estate) => {
  const theirs = new RepositoryCopy();
  theirs.write('estates.json', JSON.stringify(NEWCOMER));
  expect(theirs.synth().code).toBe(0);
  const originals = ORIGINAL[estate] ?? [];
  expect(originals.length).toBeGreaterThan(0);
  // AWS's library in the launcher knows every region
  const written = [...theirs.tree('cdktf.out')].filter(([file]) => !file.endsWith('/launcher.js'));
  const left = written.flatMap(([file, text]) =>
    originals
      .filter((original) => PRESCRIBED.reduce((rest, prescribed) => rest.replaceAll(prescribed, ''), text).includes(original))
      .map((original) => `${original} in ${file}`),
  );
  expect(left).toEqual([]);
  const everything = [...theirs.tree('cdktf.out').values()].join('');
  for (const expected of THEIRS[estate] ?? ['no values expected']) expect(everything).toContain(expected);
});

test('wrong config lists every problem, exits 1 and writes nothing', () => {
  const theirs = new RepositoryCopy();
  theirs.write('estates.json', JSON.stringify({ moshi: { shared: { project: null, color: 'red' }, prod: { server: { subnet: '10.0.0.0/40' } } } }));
  const { code, output } = theirs.synth();
  expect(code).toBe(1);
  expect(output).toContain('config/moshi.ts is not usable, 3 problems:');
  expect(output).toMatch(/shared\.project +missing/);
  expect(output).toMatch(/shared\.color +not a known key/);
  expect(output).toMatch(/prod\.server\.subnet +"10\.0\.0\.0\/40"/);
  expect(output).not.toContain('    at '); // no stack trace
  expect(theirs.tree('cdktf.out').size).toBe(0);
});

test('no stack reads another by a reference that cdktf names itself: renaming a construct would break it', () => {
  for (const [file, text] of copy.tree('cdktf.out')) expect([file, text.includes('cross-stack-')]).toEqual([file, false]);
});

test('on Terraform Cloud only where state is kept and read from differs', () => {
  const local = new Map(copy.tree('cdktf.out'));
  expect(copy.synth({ TF_CLOUD_ORGANIZATION: 'acme' }).code).toBe(0);
  const cloud = copy.tree('cdktf.out');
  expect([...cloud.keys()]).toEqual([...local.keys()]);
  const withoutState = (text: string) => {
    const json = JSON.parse(text);
    for (const key of ['backend', 'cloud']) {
      delete json['//'].metadata[key];
      delete json.terraform[key];
    }
    for (const state of Object.values<Record<string, unknown>>(json.data?.terraform_remote_state ?? {})) {
      for (const key of ['backend', 'config', 'workspace']) delete state[key];
    }
    return json;
  };
  for (const [file, text] of cloud) {
    if (!file.endsWith('cdk.tf.json')) expect(text).toBe(local.get(file));
    else expect(withoutState(text)).toEqual(withoutState(local.get(file) as string));
  }
  expect(parse(cloud.get('stacks/moshi-dns-shared/cdk.tf.json')).terraform.cloud).toEqual({ organization: 'acme', workspaces: { name: 'moshi-dns-shared' } });
});

test('a bucket for state that does not count beside Terraform Cloud is named', () => {
  const both = new RepositoryCopy();
  both.write('estates.json', JSON.stringify({ egf2: { shared: { backend: { type: 's3', bucket: 'our-states', region: 'eu-central-1' } } } }));
  const says = /TF_CLOUD_ORGANIZATION is set: [^\n]* shared\.backend of egf2 does not count\./;
  expect(both.synth({ TF_CLOUD_ORGANIZATION: 'acme' }).output).toMatch(says);
  expect(both.synth().output).not.toMatch(says);
});

test('a stack that is no longer synthesized leaves the output, the others keep what Terraform put there', () => {
  copy.write('cdktf.out/stacks/moshi-gone-dev/cdk.tf.json', '{}');
  copy.write('cdktf.out/stacks/moshi-dns-shared/.terraform/kept', '');
  expect(copy.synth().code).toBe(0);
  const files = [...copy.tree('cdktf.out').keys()];
  expect(files).not.toContain('stacks/moshi-gone-dev/cdk.tf.json');
  expect(files).toContain('stacks/moshi-dns-shared/.terraform/kept');
});

test('no two constructs share an address: cdktf drops one without a word when ids differ only in characters it strips', () => {
  const app = testApp();
  const config = loadConfig(estates, { env: {}, root: '/nonexistent' });
  for (const estate of estates) estate.stacks(app, config.estates[estate.name], {});
  expect(app.validate()).toEqual([]);
  for (const stack of app.node.children) {
    const constructs = stack.node.findAll().filter((node) => TerraformElement.isTerraformElement(node) && TerraformResource.isTerraformResource(node));
    const { resource = {} } = parse(JSON.stringify((stack as unknown as { toTerraform(): object }).toTerraform()));
    expect([stack.node.id, Object.values(resource).flatMap(Object.keys).length]).toEqual([stack.node.id, constructs.length]);
  }
});
