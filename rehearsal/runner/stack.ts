import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './failure';

type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;
type Block = Readonly<Record<string, unknown>> & { readonly lifecycle?: { readonly prevent_destroy?: boolean } };

/** The part of a synthesized `cdk.tf.json` that the rehearsal looks at. */
interface StackJson {
  readonly terraform?: {
    readonly backend?: Readonly<Record<string, { readonly path?: string }>>;
    readonly cloud?: { readonly organization: string; readonly hostname?: string };
  };
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly import?: readonly unknown[];
  readonly variable?: Readonly<Record<string, { readonly type?: string; readonly default?: unknown }>>;
}

/** A synthesized stack: its folder, as Terraform runs in it, and what its JSON says. */
export class Stack {
  private constructor(
    readonly name: string,
    readonly folder: string,
    /** Stacks that must be applied before this one. */
    readonly dependencies: readonly string[],
    private readonly json: StackJson,
  ) {}

  static read(name: string, folder: string, dependencies: readonly string[]): Stack {
    return new Stack(name, folder, dependencies, JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8')));
  }

  /** Resources by logical address, for example `google_pubsub_topic.commands`. */
  get resources(): ReadonlyMap<string, Block> {
    return new Map(blocksOf(this.json.resource).map(([type, name, block]) => [`${type}.${name}`, block]));
  }

  /** Terraform types of its resources and data sources. */
  get types(): readonly string[] {
    return [...blocksOf(this.json.resource), ...blocksOf(this.json.data)].map(([type]) => type);
  }

  /** Addresses that Terraform must refuse to destroy. */
  get protects(): readonly string[] {
    return [...this.resources].filter(([, block]) => block.lifecycle?.prevent_destroy === true).map(([address]) => address);
  }

  /** Whether Terraform must refuse to destroy it. */
  get protected(): boolean {
    return this.protects.length > 0;
  }

  /** Whether it takes over what runs already. */
  get imports(): boolean {
    return (this.json.import ?? []).length > 0;
  }

  /** Variables that Terraform would ask for, with their type expressions. */
  get requiredVariables(): ReadonlyMap<string, string> {
    const variables = Object.entries(this.json.variable ?? {});
    return new Map(variables.filter(([, variable]) => variable.default === undefined).map(([name, { type }]) => [name, type ?? 'any']));
  }

  /** The file that holds its state; undefined when it is not in a local file. */
  get stateFile(): string | undefined {
    const path = this.json.terraform?.backend?.local?.path;
    return path && join(this.folder, path);
  }

  /** The backend that its state lives in: `local`, `cloud`, `gcs` or `s3`. */
  get backend(): string {
    return Object.keys(this.json.terraform?.backend ?? {})[0] ?? 'cloud';
  }

  /** Whose workspace keeps its state; undefined where no Terraform Cloud does. */
  get terraformCloud(): { readonly organization: string; readonly hostname?: string } | undefined {
    return this.json.terraform?.cloud;
  }

  /** All that says where its state is: the same for two stacks whose state is one. */
  get place(): string {
    const { backend, cloud } = this.json.terraform ?? {};
    return JSON.stringify({ backend, cloud });
  }

  /** The backends that the states it reads live in. */
  get readBackends(): readonly string[] {
    return Object.values(this.json.data?.terraform_remote_state ?? {}).map((block) => String(block.backend));
  }
}

/** Stacks by name. */
export type Stacks = ReadonlyMap<string, Stack>;

interface Manifest {
  readonly stacks: Readonly<Record<string, { readonly name: string; readonly workingDirectory: string; readonly dependencies: readonly string[] }>>;
}

/** The stacks of an output folder such as `cdktf.out`, each after those it depends on. */
export function readStacks(out: string): Stacks {
  const file = join(out, 'manifest.json');
  if (!existsSync(file)) throw new UsageError(`${file} is missing: run make synth first`);
  const { stacks } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  const ordered = new Map<string, Stack>();
  const add = (name: string) => {
    const entry = stacks[name];
    if (!entry || ordered.has(name)) return;
    for (const dependency of entry.dependencies) add(dependency);
    ordered.set(name, Stack.read(name, join(out, entry.workingDirectory), entry.dependencies));
  };
  for (const name of Object.keys(stacks)) add(name);
  return ordered;
}

function blocksOf(blocks: Blocks = {}): [type: string, name: string, block: Block][] {
  return Object.entries(blocks).flatMap(([type, named]) => Object.entries(named).map(([name, block]): [string, string, Block] => [type, name, block]));
}
