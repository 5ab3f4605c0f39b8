import type { Environment } from './naming';
import type { Need, NeedKind, PublishedPackage } from './need';

/** An estate's first deployment, in its true order. There is no journal: what is done is asked, each time. */
export interface FirstDeploy {
  readonly steps: readonly Step[];
  /** What is left for a person when all steps are done, and nobody can ask. */
  readonly next: string;
}

/** One step of a first deployment. */
export interface Step {
  /** As a heading: "the APIs". */
  readonly title: string;
  /** What holds when it is done: all of it. At least one, or nobody could resume. */
  readonly done: readonly Check[];
  readonly does: Doing;
}

/** Something that can be asked without changing anything. */
export type Check =
  /** The stack's state has everything that is synthesized. */
  | { readonly kind: 'stack'; readonly stack: string }
  /** As `make preflight` looks at it. */
  | { readonly kind: 'need'; readonly need: Need }
  /** What images of the family are baked from is there; of a family that is baked from somebody else's image, always. */
  | { readonly kind: 'base-image'; readonly project: string; readonly family: string }
  /** Some version of the package is there. */
  | { readonly kind: 'package'; readonly project: string; readonly published: PublishedPackage }
  /** The make target finds nothing to do, by its own dry run. */
  | { readonly kind: 'nothing-to-do'; readonly target: string }
  /** Keys of a JSON file of this repository. */
  | { readonly kind: 'keys'; readonly file: string; readonly keys: readonly string[] }
  /** A file on a host that ssh reaches, which is not empty. */
  | { readonly kind: 'host-file'; readonly host: string; readonly user: string; readonly file: string }
  /** Something in the cluster that KUBECONFIG names, as `kubectl get` takes it; its namespace stands before a slash. */
  | { readonly kind: 'in-cluster'; readonly what: string; readonly name: string; readonly namespace?: string }
  /** The address answers with one of these statuses, by a certificate that holds. */
  | { readonly kind: 'answers'; readonly url: string; readonly statuses: readonly number[] };

/** What does a step. */
export type Doing =
  /** `make TARGET NAME='value'`. Nobody is asked again; `variables` are of its environment. */
  | {
      readonly kind: 'make';
      readonly target: string;
      readonly values: Readonly<Record<string, string>>;
      readonly variables?: Readonly<Record<string, string>>;
      /** It asks for secrets: at the terminal, or it takes lines of standard input. @default it asks nothing */
      readonly asks?: boolean;
    }
  /** Lines of a shell, which ends at the first that fails. */
  | { readonly kind: 'commands'; readonly lines: readonly string[] }
  /** Only a person can do it. What `make preflight` says of its needs is said too. */
  | { readonly kind: 'person'; readonly says: readonly string[] };

/** Deploys stacks, which depend only on those of steps before. */
export function deployed(title: string, ...stacks: readonly string[]): Step {
  return {
    title,
    done: stacks.map((stack) => ({ kind: 'stack', stack })),
    does: { kind: 'make', target: 'deploy', values: { STACKS: stacks.join(' ') } },
  };
}

/** Fulfils needs; no step where there are none. */
export function fulfilled(title: string, needs: readonly Need[], does: Doing): Step[] {
  return needs.length === 0 ? [] : [{ title, done: needs.map((need) => ({ kind: 'need', need })), does }];
}

/** Gives values to the secrets among the needs of an environment: once, all that are there by now. */
export function givenSecrets(estate: string, environment: Environment, needs: readonly Need[]): Step[] {
  const does = { kind: 'make', target: 'secrets', values: { ESTATE: estate, ENV: environment }, asks: true } as const;
  return fulfilled('values of the secrets', ofKind(needs, 'secret'), does);
}

/** The bucket of the state, where it is in one. */
export function stateBucket(estate: string, needs: readonly Need[]): Step[] {
  return fulfilled("the state's bucket", ofKind(needs, 'state-bucket'), { kind: 'make', target: 'bootstrap', values: { ESTATE: estate } });
}

/** Those of an environment and the shared ones. */
export function needsIn(environment: Environment, needs: readonly Need[]): Need[] {
  return needs.filter((need) => need.environment === 'shared' || need.environment === environment);
}

export function ofKind<K extends NeedKind>(needs: readonly Need[], ...kinds: readonly K[]): Extract<Need, { readonly kind: K }>[] {
  return needs.filter((need): need is Extract<Need, { readonly kind: K }> => kinds.some((kind) => kind === need.kind));
}

export const person = (...says: readonly string[]): Doing => ({ kind: 'person', says });
