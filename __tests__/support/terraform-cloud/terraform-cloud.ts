import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Cloud } from '../../../rehearsal/cloud/cloud';
import { end, leashed } from '../leash';
import { ROOT } from '../repository';
import type { Began } from './execution';
import type { Listening, Task } from './program';
import { settingsIn } from './settings';

export interface TerraformCloudOptions {
  /** Where runs of new workspaces happen. @default 'remote' */
  readonly executionMode?: 'remote' | 'local';
  /** Folders that runs must not see; takes root. @default all can be seen */
  readonly hides?: readonly string[];
  /** The stand-in cloud's journal. @default one of its own */
  readonly cloud?: string;
}

/** Of the only person. */
export const TOKEN = 'person.atlasv1.0c9f4b2e8a';
export const ORGANIZATION = 'our-estates';

/** Terraform Cloud as far as the CLI calls it, as a process of its own on loopback: who waits for a child does not keep it from answering. */
export class TerraformCloud {
  private constructor(
    /** With its port, as TF_CLOUD_HOSTNAME takes it. */
    readonly hostname: string,
    private readonly folder: string,
    private readonly cloudFile: string,
    private readonly listening: Listening,
    private readonly child: ChildProcess,
  ) {}

  static async start({ executionMode = 'remote', hides = [], cloud }: TerraformCloudOptions = {}): Promise<TerraformCloud> {
    const folder = mkdtempSync(join(tmpdir(), 'c-'));
    const cloudFile = cloud ?? join(folder, 'cloud.jsonl');
    const task: Task = { folder, organization: ORGANIZATION, token: TOKEN, executionMode, hides, cloud: cloudFile };
    const program = join(ROOT, '__tests__/support/terraform-cloud/program.ts');
    const child = leashed(['env', '--chdir', ROOT, process.execPath, '--import', 'tsx', program, JSON.stringify(task)], process.env);
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      const listening = JSON.parse(line) as Listening;
      child.stdout?.resume();
      return new TerraformCloud(`localhost:${listening.port}`, folder, cloudFile, listening, child);
    }
    throw new Error('the Terraform Cloud server ended before it listened');
  }

  async stop(): Promise<void> {
    await end(this.child);
  }

  /** For a Terraform or cdktf whose stacks are there; it talks to the same stand-in cloud. */
  env(token: string = TOKEN): Record<string, string> {
    const settings = settingsIn(mkdtempSync(join(this.folder, 'person-')), this.hostname, token);
    const { certificate, providers } = this.listening;
    const trust = { SSL_CERT_FILE: certificate, NODE_EXTRA_CA_CERTS: certificate };
    return { ...providers, ...trust, TF_CLI_CONFIG_FILE: settings, TF_CLOUD_ORGANIZATION: ORGANIZATION, TF_CLOUD_HOSTNAME: this.hostname };
  }

  /** For a Terraform of the same stand-in cloud whose state is elsewhere. */
  get providers(): Readonly<Record<string, string>> {
    return this.listening.providers;
  }

  /** What stands in the stand-in cloud now. */
  get cloud(): Cloud {
    return Cloud.open(this.cloudFile);
  }

  /** Runs, in the order in which they began. */
  get runs(): Began[] {
    return this.lines('runs/runs.jsonl');
  }

  /** Every request with the status of its answer. */
  get requests(): { readonly method: string; readonly path: string; readonly status: number }[] {
    return this.lines('requests.jsonl');
  }

  /** Asks as the person. */
  ask(method: string, path: string, data?: unknown): Promise<{ readonly status: number; readonly data: Record<string, unknown> }> {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/vnd.api+json' };
    return new Promise((resolve, reject) => {
      const options = { method, headers, ca: readFileSync(this.listening.certificate) };
      const asked = request(`https://${this.hostname}/api/v2${path}`, options, async (response) => {
        let text = '';
        for await (const piece of response) text += piece;
        resolve({ status: response.statusCode ?? 0, data: text === '' ? {} : JSON.parse(text).data });
      });
      asked.on('error', reject).end(data === undefined ? undefined : JSON.stringify({ data }));
    });
  }

  private lines<T>(file: string): T[] {
    const path = join(this.folder, file);
    if (!existsSync(path)) return [];
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }
}
