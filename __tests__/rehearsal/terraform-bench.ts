import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from '../../rehearsal/cloud/cloud';
import { type ProviderServer, type ServeOptions, serveProviders } from '../../rehearsal/provider/server';

export interface Outcome {
  readonly code: number | null;
  /** Everything it printed, without line wrapping. */
  readonly output: string;
}

/** A provider server and scratch folders in which the real Terraform runs against it. */
export class Bench {
  private constructor(
    readonly cloud: Cloud,
    readonly server: ProviderServer,
    private readonly folder: string,
  ) {}

  static async start(options: Omit<ServeOptions, 'cloud' | 'socketFolder'>): Promise<Bench> {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    const cloud = Cloud.open();
    return new Bench(cloud, await serveProviders({ ...options, cloud, socketFolder: folder }), folder);
  }

  async stop(): Promise<void> {
    await this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A stack of its own, in a project of its own. */
  stack(project: string): TerraformStack {
    return new TerraformStack(mkdtempSync(join(this.folder, 'stack-')), project, this.server);
  }
}

export type Blocks = Readonly<Record<string, unknown>>;

export class TerraformStack {
  constructor(
    private readonly folder: string,
    private readonly project: string,
    private readonly server: ProviderServer,
  ) {}

  /** Replaces what the stack says. Without a provider block of its own, google is configured for the stack's project. */
  write(blocks: Blocks): this {
    const google = { project: this.project, region: 'us-central1', zone: 'us-central1-a', default_labels: { stack: this.project } };
    writeFileSync(join(this.folder, 'main.tf.json'), JSON.stringify({ provider: { google }, ...blocks }));
    return this;
  }

  apply = () => this.run('apply', '-auto-approve', '-input=false');
  destroy = () => this.run('destroy', '-auto-approve', '-input=false');
  validate = () => this.run('validate');
  /** Exit code 0 is an empty plan, 2 one with changes. */
  plan = () => this.run('plan', '-input=false', '-detailed-exitcode');

  /** What Terraform makes of the providers' schemas. */
  schemas = () => this.run('providers', 'schema', '-json');

  private run(...args: readonly string[]): Promise<Outcome> {
    const { TF_CLI_CONFIG_FILE: _, ...environment } = process.env;
    const child = spawn('terraform', [...args, '-no-color'], { cwd: this.folder, env: { ...environment, ...this.server.env } });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    return new Promise((resolve, reject) => {
      child.on('error', reject).on('close', (code) => resolve({ code, output: unwrapped(Buffer.concat(chunks).toString()) }));
    });
  }
}

/** Terraform breaks the lines of diagnostics and draws a frame around them. */
function unwrapped(output: string): string {
  return output.replace(/\s*\n[│╷╵ ]*/g, ' ');
}
