import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from '../../rehearsal/runner/process';
import { end, leashed } from './leash';
import { AWS_ENVIRONMENT } from './moto';
import { find } from './real';

/** Nothing of the user's own settings for Terraform and AWS. */
export function awsEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(TF|AWS)_/.test(name));
  return { ...Object.fromEntries(kept), ...AWS_ENVIRONMENT, TF_CLI_CONFIG_FILE: devNull, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' };
}

/** The real AWS provider as one process: every Terraform command would start it several times over, and have it describe itself each time. */
export class AwsProvider {
  private constructor(
    /** For Terraform's environment. */
    readonly attached: { readonly TF_REATTACH_PROVIDERS: string },
    private readonly child: ChildProcess,
  ) {}

  /** The provider's program, unpacked by Terraform from the mirror. */
  static async program(): Promise<string> {
    const cwd = mkdtempSync(join(tmpdir(), 'aws-provider-'));
    const aws = { source: 'hashicorp/aws', version: '>= 5.100.0' };
    writeFileSync(join(cwd, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: { aws } } }));
    const args = ['init', '-no-color', '-input=false', '-backend=false', `-plugin-dir=${find('terraform-provider-aws')}`];
    const { code, stderr } = await run('terraform', args, { cwd, env: awsEnvironment(), signal: AbortSignal.timeout(300_000) });
    if (code !== 0) throw new Error(`terraform init: ${stderr}`);
    // one version of it, for one platform, is there
    let path = join(cwd, '.terraform/providers/registry.terraform.io/hashicorp/aws');
    for (const level of [/./, /./, /^terraform-provider-aws/]) path = join(path, readdirSync(path).find((name) => level.test(name)) as string);
    return path;
  }

  static async start(program: string): Promise<AwsProvider> {
    const child = leashed([program, '-debug'], awsEnvironment());
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    for await (const line of lines) {
      const [, attached] = /TF_REATTACH_PROVIDERS='(.+)'/.exec(line) ?? [];
      if (attached) return new AwsProvider({ TF_REATTACH_PROVIDERS: attached }, child);
    }
    throw new Error(`${program} -debug ended before it told how to attach Terraform`);
  }

  async stop(): Promise<void> {
    await end(this.child);
  }
}
