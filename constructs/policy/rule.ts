/** One synthesized resource, data source or provider block, as Terraform will read it: snake_case, references as `${...}` strings. */
export interface Synthesized {
  /** Construct path, for example `moshi-server-prod/backend/resource`. */
  readonly path: string;
  /** Terraform type, for example `google_storage_bucket`; `provider.google` for a provider block. */
  readonly type: string;
  /** Terraform address, by which others refer to it: `google_storage_bucket.backend_resource_1A2B3C4D`. A provider block has none. */
  readonly address?: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of a resource is the provider's, and rules read what they know
  readonly config: Record<string, any>;
}

/** What a rule may know about the stack beyond the one resource. */
export interface RuleContext {
  /** Config asks for protection: what holds data must not be destroyed. */
  readonly protected: boolean;
  /** Labels that every resource of the stack must carry. */
  readonly labels: Readonly<Record<string, string>>;
  /** Its state is a file of whoever deploys it. */
  readonly hasLocalState: boolean;
  /** Paths of the remote states from which the stack reads something that opens something. */
  readonly credentialStates: ReadonlySet<string>;
}

export interface Rule {
  /** Kebab-case, starting with the cloud it is about; named in suppressions. */
  readonly id: string;
  /** What goes wrong without the rule. */
  readonly why: string;
  /** The remedy, or undefined when nothing is wrong. `stack` is everything in it, for what a provider keeps in a resource of its own. */
  check(resource: Synthesized, context: RuleContext, stack: readonly Synthesized[]): string | undefined;
}

/** An exception somebody decided on. One that matches nothing is an error. */
export interface Suppression {
  readonly rule: string;
  /** Construct path below the stack, for example `web/firewall/resource`; a construct stands for its child `resource`. */
  readonly resource: string;
  readonly reason: string;
}
