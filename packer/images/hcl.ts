import { basename } from 'node:path';
import { type Attributes, type Block, block } from '../hcl/body';
import { call, ref, type Template, template } from '../hcl/value';
import { type BakedImage, FAMILIES } from './families';
import type { Recipe, Settings, Step, Variable } from './spec';
import { SPECS } from './specs';

/** Minutes of bake are minutes of a machine: what hangs is given up. */
const STEP_TIMEOUT = '45m';

/** The plugin that bakes on Google Compute Engine. */
const PLUGIN = { source: 'github.com/hashicorp/googlecompute', version: '>= 1.1.6, < 2.0.0' };

/** An image's HCL, block by block. It expects its scripts in `scripts/` and its files in `files/` beside it. */
export function imageBlocks(name: BakedImage, settings: Settings): Block[] {
  const recipe = SPECS[name].recipe(settings);
  return [
    block('packer', [], { required_version: '>= 1.12.0' }, [block('required_plugins', [], { googlecompute: PLUGIN })]),
    ...variablesOf(recipe).map(({ name, description, default: value }) => block('variable', name, { type: ref('string'), description, default: value })),
    block('locals', [], {
      version: call('coalesce', ref('var.version'), call('formatdate', 'YYYYMMDD-hhmmss', call('timestamp'))),
      parent: 'baked' in recipe.source ? call('coalesce', ref('var.parent'), FAMILIES[recipe.source.baked]) : ref('var.parent'),
    }),
    source(name, recipe, settings),
    build(name, recipe),
  ];
}

function variablesOf({ project, zone, source, variables = [] }: Recipe): readonly (Omit<Variable, 'default'> & { readonly default: string | null })[] {
  return [
    { name: 'project', description: 'Project that the image is baked and kept in', default: project },
    { name: 'zone', description: 'Zone of the machine that it is baked on', default: zone },
    'baked' in source
      ? { name: 'parent', description: `Image that it starts from; null is the newest of family ${FAMILIES[source.baked]}`, default: null }
      : { name: 'parent', description: 'Image that it starts from', default: source.name },
    { name: 'version', description: "Last part of the image's name; null is the time", default: null },
    { name: 'commit', description: 'Commit of this repository that it is made from', default: 'unknown' },
    ...variables,
  ];
}

function source(name: BakedImage, { source: from, diskGb, serviceAccount }: Recipe, { images }: Settings): Block {
  const { family, description } = SPECS[name];
  return block('source', ['googlecompute', 'image'], {
    project_id: ref('var.project'),
    zone: ref('var.zone'),
    machine_type: images.machineType,
    network: images.network,
    disk_size: diskGb,
    disk_type: 'pd-ssd',
    labels: { bakes: name }, // what an interrupted bake leaves behind can be found by it
    metadata: { 'block-project-ssh-keys': 'TRUE', 'enable-oslogin': 'FALSE' }, // Packer brings a key of its own
    ssh_username: 'packer',
    ...(serviceAccount === undefined
      ? { disable_default_service_account: true }
      : { service_account_email: serviceAccount, scopes: ['https://www.googleapis.com/auth/cloud-platform'] }),
    ...('baked' in from
      ? { source_image: ref('var.parent'), source_image_family: FAMILIES[from.baked], source_image_project_id: [ref('var.project')] }
      : { source_image: ref('var.parent'), source_image_project_id: [from.project] }),
    image_name: template`${family}-${ref('local.version')}`,
    image_family: family,
    image_description: description,
    image_labels: { commit: ref('var.commit'), image: name, parent: ref('local.parent') },
  });
}

function build(name: BakedImage, { files = [], built = [], steps }: Recipe): Block {
  const upload = (list: readonly string[], more: Attributes = {}) =>
    list.length === 0 ? [] : [block('provisioner', 'file', { sources: list.map((file) => beside('files', file)), destination: '/tmp/', ...more })];
  const manifest = block('post-processor', 'manifest', {
    output: template`${ref('path.root')}/manifest.json`,
    strip_path: true,
    custom_data: { commit: ref('var.commit'), family: FAMILIES[name], parent: ref('build.SourceImageName') },
  });
  return block('build', [], { sources: ['source.googlecompute.image'] }, [
    ...upload(files),
    ...upload(built, { generated: true }), // `generated`: Packer looks for them when it bakes, not when it validates
    ...steps.map(shell),
    manifest,
  ]);
}

function shell({ script, environment = {} }: Step): Block {
  const variables = Object.entries(environment).map(([key, value]) => template`${key}=${value}`);
  return block('provisioner', 'shell', {
    script: beside('scripts', script),
    ...(variables.length > 0 && { environment_vars: variables }),
    execute_command: "sudo env {{ .Vars }} bash '{{ .Path }}'",
    timeout: STEP_TIMEOUT,
  });
}

/** A file of the image's own folder. */
function beside(folder: 'files' | 'scripts', file: string): Template {
  return template`${ref('path.root')}/${folder}/${basename(file)}`;
}
