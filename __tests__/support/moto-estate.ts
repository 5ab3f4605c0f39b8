import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadConfig } from '../../config/load';
import { mergePatch } from '../../config/merge';
import type { Estate } from '../../constructs/core/estate';
import { EstatesApp } from '../../constructs/core/estates-app';
import { type Outcome, run } from '../../rehearsal/runner/process';
import { AwsProvider, awsEnvironment } from './aws-provider';
import { Moto } from './moto';
import type { Plan } from './plan-differences';

const SERVICES = ['acm', 'autoscaling', 'cloudfront', 'cloudwatch', 'ec2', 'elbv2', 'iam', 'kms', 'route53', 's3', 'secretsmanager', 'sns', 'ssm', 'sts'];

/** Stack JSON, as far as the scratch copy changes it. */
interface Written {
  readonly terraform: { readonly required_providers: { readonly aws?: { version: string } } };
  readonly provider: { readonly aws?: Record<string, unknown>[] };
  readonly resource: Record<string, Record<string, Record<string, unknown>>>;
}

/** What stands beside moto for one estate. */
export interface Beside {
  /** Further providers, for Terraform's environment: TF_REATTACH_PROVIDERS. */
  readonly attached?: string;
  /** Other addresses of services, by name; each begins where moto is. */
  readonly endpoints?: Readonly<Record<string, string>>;
}

/** An estate's stacks in a scratch folder, which the real Terraform with the real AWS provider deploys to a moto of its own. */
export class MotoEstate {
  private readonly root = mkdtempSync(join(tmpdir(), 'moto-'));
  private readonly interrupt = new AbortController();
  private readonly initialized = new Set<string>();
  /** The provider takes its settings from one Terraform at a time. */
  private turn: Promise<unknown> = Promise.resolve();
  private beside: Beside = {};

  private constructor(
    private readonly estate: Estate,
    private readonly provider: AwsProvider,
    readonly moto: Moto,
  ) {}

  /** @param program path of the AWS provider's program */
  static async start(estate: Estate, program: string): Promise<MotoEstate> {
    const moto = await Moto.start();
    try {
      return new MotoEstate(estate, await AwsProvider.start(program), moto);
    } catch (error) {
      await moto.stop();
      throw error;
    }
  }

  /** From now on. */
  with(beside: Beside): this {
    this.beside = beside;
    return this;
  }

  async stop(): Promise<void> {
    this.interrupt.abort(new Error('the test is over'));
    await Promise.all([this.moto.stop(), this.provider.stop()]);
  }

  /** Writes the stacks anew, with the committed values patched by `override`; returns their texts by name, in the order of deployment. */
  synthesize(override: object): ReadonlyMap<string, string> {
    const { estate } = this;
    const config = loadConfig([{ ...estate, values: mergePatch(estate.values, override) }], { env: {}, root: tmpdir() });
    const app = new EstatesApp({ outdir: join(this.root, 'out') });
    estate.stacks(app, config.estates[estate.name], {});
    app.synth();
    return new Map(app.node.children.map(({ node }) => [node.id, this.relax(node.id)]));
  }

  /** Stands in for a stack that cannot be deployed: the others read these outputs. */
  pretend(stack: string, outputs: Readonly<Record<string, string>>): void {
    const folder = join(this.root, '.state');
    mkdirSync(folder, { recursive: true });
    const typed = Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { value, type: 'string' }]));
    writeFileSync(join(folder, `${stack}.tfstate`), JSON.stringify({ version: 4, terraform_version: '1.11.0', serial: 1, lineage: stack, outputs: typed }));
  }

  async apply(stack: string, ...options: string[]): Promise<void> {
    await this.must(stack, 'apply', '-input=false', '-auto-approve', '-parallelism=20', ...options);
  }

  /** From what the state says: what is left behind is told by moto, not by Terraform. */
  async destroy(stack: string): Promise<Outcome> {
    return this.terraform(stack, 'destroy', '-input=false', '-auto-approve', '-parallelism=20', '-refresh=false');
  }

  /** Terraform's own JSON of what it would do. */
  async plan(stack: string): Promise<Plan> {
    const { code, stdout, stderr } = await this.terraform(stack, 'plan', '-input=false', '-detailed-exitcode', '-parallelism=20', '-out=plan');
    if (code === 0) return {};
    if (code !== 2) throw new Error(`${stack}: terraform plan: ${stderr}${stdout}`);
    return JSON.parse(await this.must(stack, 'show', '-json', 'plan'));
  }

  /** Addresses in a stack's state. */
  state(stack: string): string[] {
    const { resources = [] } = JSON.parse(readFileSync(join(this.root, '.state', `${stack}.tfstate`), 'utf8')) as {
      resources?: { mode: string; type: string; name: string }[];
    };
    return resources.filter(({ mode }) => mode === 'managed').map(({ type, name }) => `${type}.${name}`);
  }

  private async must(stack: string, command: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.terraform(stack, command, ...args);
    if (code !== 0) throw new Error(`${stack}: terraform ${command}: ${stderr}${stdout.slice(-4000)}`);
    return stdout;
  }

  private terraform(stack: string, command: string, ...args: string[]): Promise<Outcome> {
    const outcome = this.turn.then(async () => {
      const attached = { ...JSON.parse(this.provider.attached.TF_REATTACH_PROVIDERS), ...JSON.parse(this.beside.attached ?? '{}') };
      const env = { ...awsEnvironment(), TF_REATTACH_PROVIDERS: JSON.stringify(attached) };
      const options = { cwd: join(this.root, 'out/stacks', stack), env, signal: this.interrupt.signal };
      if (!this.initialized.has(stack)) {
        const { code, stderr } = await run('terraform', ['init', '-no-color', '-input=false'], options);
        if (code !== 0) throw new Error(`${stack}: terraform init: ${stderr}`);
        this.initialized.add(stack);
      }
      return run('terraform', [command, '-no-color', ...args], options);
    });
    this.turn = outcome.catch(() => undefined);
    return outcome;
  }

  /** In the scratch copy only: another address, the provider that is there, and not the things that moto does not know or takes for others. */
  private relax(stack: string): string {
    const file = join(this.root, 'out/stacks', stack, 'cdk.tf.json');
    const json = JSON.parse(readFileSync(file, 'utf8')) as Written;
    const { aws } = json.terraform.required_providers;
    if (!aws) return readFileSync(file, 'utf8');
    aws.version = '>= 5.100.0';
    const endpoints = [{ ...Object.fromEntries(SERVICES.map((service) => [service, this.moto.calmEndpoint])), ...this.beside.endpoints }];
    for (const provider of json.provider.aws ?? []) Object.assign(provider, { endpoints, s3_use_path_style: true, skip_metadata_api_check: 'true' });
    for (const bucket of Object.values(json.resource.aws_s3_bucket_policy ?? {})) bucket.policy = withoutTlsOnly(bucket.policy as string);
    // the provider stands in no stack's folder
    for (const object of Object.values(json.resource.aws_s3_object ?? {})) if (object.source) object.source = resolve(file, '..', object.source as string);
    // moto fails at ListServiceSpecificCredentials, which is asked again for ten minutes
    for (const user of Object.values(json.resource.aws_iam_user ?? {})) delete user.force_destroy;
    delete json.resource.aws_dlm_lifecycle_policy; // moto does not know Data Lifecycle Manager
    // moto takes a zone with a network for a public one, does not return the network, and refuses to add it again
    for (const zone of Object.values(json.resource.aws_route53_zone ?? {}))
      if (zone.vpc) zone.lifecycle = { ...Object(zone.lifecycle), ignore_changes: ['vpc'] };
    const text = JSON.stringify(json, null, 2);
    writeFileSync(file, text);
    return text;
  }
}

/** moto enforces bucket policies and knows no aws:SecureTransport: the deny would be for everybody. Here it is about nothing. */
function withoutTlsOnly(policy: string): string {
  const { Statement, ...rest } = JSON.parse(policy) as { Statement: { Sid?: string }[] };
  const tlsOnly = Statement.find(({ Sid }) => Sid === 'TlsOnly');
  if (!tlsOnly) throw new Error(`a bucket policy without TlsOnly: ${policy}`);
  return JSON.stringify({ ...rest, Statement: Statement.map((each) => (each === tlsOnly ? { ...each, Resource: ['arn:aws:s3:::of-nobody'] } : each)) });
}
