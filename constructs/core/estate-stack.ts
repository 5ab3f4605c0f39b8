import { type TerraformBackend, TerraformOutput, type TerraformRemoteState, TerraformStack } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';
import { synthesizedResources, violations } from '../policy';
import type { Suppression } from '../policy/rule';
import { type Backend, createBackend } from './backend';
import { type Environment, environmentName, stackName } from './naming';

export interface EstateStackProps {
  /** The estate's name: first part of the stack's name, and a label on everything. */
  readonly estate: string;
  readonly environment: Environment;
  /** `on`: what holds data cannot be destroyed, neither by Terraform nor in the cloud. `off` makes teardown possible. */
  readonly protection: 'on' | 'off';
  readonly backend: Backend;
  /** The clouds that the stack talks to, configured: `google({ project, region, zone })`. */
  readonly providers: readonly ((stack: EstateStack) => void)[];
}

/** A value that one stack publishes for others under a fixed output name. */
export interface Published {
  readonly stack: EstateStack;
  readonly output: string;
  /** It opens something: whoever reads it has it in his own state too. @default false */
  readonly isCredential?: boolean;
}

/** One lifecycle, one state, one workspace. Sets backend, providers, labels and policy checks: no other place does. */
export class EstateStack extends TerraformStack {
  /** The estate's name. */
  readonly estate: string;
  readonly environment: Environment;
  /** Whether what holds data must carry `prevent_destroy` and the cloud's own deletion protection. */
  readonly protected: boolean;
  /** On every resource of the stack, through the providers' default labels and tags. */
  readonly labels: Readonly<Record<string, string>>;
  private readonly backend: TerraformBackend;
  private readonly states = new Map<EstateStack, TerraformRemoteState>();
  private readonly credentialStates = new Set<string>();
  private readonly suppressions: Suppression[] = [];
  private readonly hasLocalState: boolean;
  private prepared = false;
  private checked?: Record<string, unknown>;

  constructor(scope: Construct, id: string, props: EstateStackProps) {
    super(scope, stackName(props.estate, id, props.environment));
    this.estate = props.estate;
    this.environment = props.environment;
    this.protected = props.protection === 'on';
    this.labels = { estate: props.estate, environment: props.environment, stack: id };
    this.hasLocalState = props.backend.type === 'local';
    this.backend = createBackend(this, props.backend);
    for (const provider of props.providers) provider(this);
    this.output('PROTECTION', props.protection, 'What was deployed: while it is on, make destroy refuses, whatever config says meanwhile');
    this.node.addValidation({ validate: () => this.violations() });
  }

  static override of(construct: IConstruct): EstateStack {
    const stack = TerraformStack.of(construct);
    if (stack instanceof EstateStack) return stack;
    throw new Error(`${construct.node.path}: stands in a plain TerraformStack; derive the stack from EstateStack`);
  }

  /** The stacks whose state it reads, in the order in which it first did. */
  get readsFrom(): readonly EstateStack[] {
    return [...this.states.keys()];
  }

  /** The stem as this environment's resources are called: plain in production, `-dev` in development. */
  named(stem: string): string {
    return environmentName(stem, this.environment);
  }

  /** An output that a person needs. `name` is what `terraform output` shows. */
  output(name: string, value: string, description: string): void {
    new TerraformOutput(this, name, { value, description, staticId: true });
  }

  /** An output that other stacks read. Its name is part of the contract: renaming it breaks them. */
  publish(output: string, value: string, description: string): Published {
    this.output(output, value, description);
    return { stack: this, output };
  }

  /** The same of what opens something. Terraform shows it to nobody who does not ask for it by name. */
  publishCredential(output: string, value: string, description: string): Published {
    new TerraformOutput(this, output, { value, description, staticId: true, sensitive: true });
    return { stack: this, output, isCredential: true };
  }

  /** Reads what another stack published, from that stack's state; this stack then deploys after it. */
  read({ stack, output, isCredential }: Published): string {
    let state = this.states.get(stack);
    if (!state) {
      this.addDependency(stack);
      state = stack.backend.getRemoteStateDataSource(this, `state-of-${stack.node.id}`, stack.node.id);
      this.states.set(stack, state);
    }
    if (isCredential) this.credentialStates.add(state.node.path);
    return state.getString(output);
  }

  /** Allows one resource to break one policy rule, with a reason that a reviewer accepts. */
  suppress(rule: string, resource: IConstruct, reason: string): void {
    this.suppressions.push({ rule, resource: resource.node.path.slice(this.node.path.length + 1), reason });
  }

  /** Once: App.synth prepares again what {@link EstatesApp.validate} has prepared. */
  override prepareStack(): void {
    if (this.prepared) return;
    super.prepareStack();
    this.prepared = true;
  }

  /** What was checked is what is written, byte for byte. */
  override toTerraform(): Record<string, unknown> {
    return this.checked ?? super.toTerraform();
  }

  private violations(): string[] {
    this.checked = super.toTerraform() as Record<string, unknown>;
    const context = { protected: this.protected, labels: this.labels, hasLocalState: this.hasLocalState, credentialStates: this.credentialStates };
    return violations(synthesizedResources(this.checked), context, this.suppressions);
  }
}
