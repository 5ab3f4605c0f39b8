import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { recordedProviders, SCHEMA_FOLDER } from '../rehearsal/provider/recorded';
import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';

const HELP = `Records the schemas of real providers for the rehearsal, in rehearsal/schemas/. Needs network (or a provider mirror) and Terraform.

  make schemas                                   all again, in the versions they are recorded in
  npx tsx scripts/record-schemas.ts google@6.50.0 hashicorp/random@3.7.2
                                                 these, in these versions; a new provider with its namespace

  --dry-run   say which, and record nothing`;

interface Wanted {
  readonly name: string;
  /** For example `hashicorp/google`. */
  readonly source: string;
  readonly version: string;
}

command(
  HELP,
  ({ positionals, dryRun }) => {
    const recorded = recordedProviders().map(({ name, address, version }): Wanted => ({ name, source: address.slice(address.indexOf('/') + 1), version }));
    const wanted = positionals.length > 0 ? positionals.map((text) => parse(text, recorded)) : recorded;
    for (const each of wanted) {
      const { name, source, version } = each;
      const file = `${name}-${version}.json.gz`;
      if (dryRun) {
        console.log(`Would record ${source} ${version} in rehearsal/schemas/${file}`);
        continue;
      }
      const bytes = gzipSync(JSON.stringify(stripped(schemaOf(each))), { level: 9 });
      for (const old of readdirSync(SCHEMA_FOLDER).filter((other) => other.replace(/-[\d.]+\.json\.gz$/, '') === name)) rmSync(join(SCHEMA_FOLDER, old));
      writeFileSync(join(SCHEMA_FOLDER, file), bytes);
      console.log(`${source} ${version}: rehearsal/schemas/${file}, ${Math.ceil(bytes.length / 1024)} kB`);
    }
    if (!dryRun) console.log('Next: make test, which finds rows of the rehearsal tables that the new schemas no longer have.');
    return 0;
  },
  {},
  { positionals: true },
);

function parse(text: string, recorded: readonly Wanted[]): Wanted {
  const [, namespace, name = '', version = ''] = /^(?:([\w-]+)\/)?([\w-]+)@([\d.]+)$/.exec(text) ?? [];
  const known = recorded.find((each) => each.name === name);
  if (!name || (!namespace && !known))
    throw new UsageError(`${text}: expected <provider>@<version> of ${recorded.map((each) => each.name).join(', ')}, or <namespace>/<provider>@<version>`);
  return { name, source: namespace ? `${namespace}/${name}` : (known as Wanted).source, version };
}

/** What the real provider says, through Terraform in a scratch folder. */
function schemaOf({ name, source, version }: Wanted): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'schemas-'));
  const { TF_REATTACH_PROVIDERS: _, ...env } = process.env;
  const terraform = (...args: string[]) => execFileSync('terraform', args, { cwd: folder, env, maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: { [name]: { source, version } } } }));
    terraform('init', '-input=false', '-no-color');
    return JSON.parse(terraform('providers', 'schema', '-json').toString());
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: Buffer };
    if (code === 'ENOENT') throw new UsageError('terraform is not on PATH: install Terraform 1.11 or newer');
    throw new UsageError(`Terraform cannot get ${source} ${version}; nothing was recorded for it.\n${stderr?.toString().trim()}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without documentation, functions and identities, which the rehearsal does not use. An attribute called `description` is an object and stays. */
function stripped(schema: unknown): unknown {
  const unused = new Set(['functions', 'ephemeral_resource_schemas', 'resource_identity_schemas']);
  return JSON.parse(
    JSON.stringify(schema, (key, value) => (unused.has(key) || (/^description(_kind)?$/.test(key) && typeof value === 'string') ? undefined : value)),
  );
}
