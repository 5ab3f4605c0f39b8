import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';

const HELP = `Writes the classes of the providers that cdktf.json names in "terraformProviders" to .gen/providers/, as cdktf get does, but from the
schemas in rehearsal/schemas/: without network and Terraform. make does it when a schema or the generator has changed.`;

/** A provider as cdktf.json names it: `linode/linode@3.12.0`. */
const NAMED = /^([\w-]+)\/([\w-]+)@(\d+\.\d+\.\d+)$/;

command(HELP, async () => {
  const { terraformProviders, codeMakerOutput } = JSON.parse(readFileSync('cdktf.json', 'utf8')) as {
    terraformProviders: readonly string[];
    codeMakerOutput: string;
  };
  for (const provider of terraformProviders) await generate(provider, codeMakerOutput);
  return 0;
});

/** All files of a provider take the place of what was there at once: whoever looks meanwhile finds either. */
async function generate(provider: string, out: string): Promise<void> {
  const { code, generator } = await generatorFor(provider);
  mkdirSync(join(out, 'providers'), { recursive: true });
  const scratch = mkdtempSync(join(out, 'new-'));
  try {
    generator();
    await code.save(scratch);
    for (const name of readdirSync(join(scratch, 'providers'))) {
      const made = join(scratch, 'providers', name);
      leaveUnchecked(made);
      rmSync(join(out, 'providers', name), { recursive: true, force: true });
      renameSync(made, join(out, 'providers', name));
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function generatorFor(provider: string) {
  const [, namespace = '', name = '', version = ''] = NAMED.exec(provider) ?? [];
  if (name === '')
    throw new UsageError(`cdktf.json: "terraformProviders" holds ${provider}; expected <namespace>/<provider>@<version>, such as linode/linode@3.12.0`);
  const file = `rehearsal/schemas/${name}-${version}.json.gz`;
  const schema = recorded(file, `${namespace}/${name}@${version}`);
  // Loading the generator starts Terraform to ask its version, and tells HashiCorp when there is none.
  Object.assign(process.env, { TERRAFORM_BINARY_NAME: 'true', CHECKPOINT_DISABLE: '1' });
  const [{ TerraformProviderGenerator }, { CodeMaker }, { ConstructsMakerTarget, Language, TerraformProviderConstraint }] = await Promise.all([
    import('@cdktf/provider-generator/lib/get/generator/provider-generator'),
    import('codemaker'),
    import('@cdktf/commons'),
  ]);
  const code = new CodeMaker();
  const target = ConstructsMakerTarget.from(new TerraformProviderConstraint(provider), Language.TYPESCRIPT);
  const versions = { [`registry.terraform.io/${namespace}/${name}`]: version };
  return { code, generator: () => new TerraformProviderGenerator(code, { ...schema, provider_versions: versions }).generate(target) };
}

function recorded(file: string, provider: string) {
  try {
    return JSON.parse(gunzipSync(readFileSync(file)).toString());
  } catch {
    throw new UsageError(`cdktf.json: ${provider} is not recorded (${file}): npx tsx scripts/record-schemas.ts ${provider}`);
  }
}

/** Its code does not keep our compiler's rules. Its types hold all the same. */
function leaveUnchecked(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && file.endsWith('.ts')) writeFileSync(file, `// @ts-nocheck\n${readFileSync(file, 'utf8')}`);
  }
}
