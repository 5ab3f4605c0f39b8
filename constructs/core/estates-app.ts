import { App, type AppConfig, CloudBackend, TerraformStack } from 'cdktf';
import type { IConstruct } from 'constructs';
import { type Adoption, adopt } from './adopt';

/** What is wrong with the stacks, as a list for people: where it was thrown says nothing. */
export class SynthProblems extends Error {}

/**
 * cdktf's app, which checks every stack before it writes the first one, and lists all problems at once. (cdktf's own
 * order is stack by stack: a problem in the last leaves the others written.)
 */
export class EstatesApp extends App {
  private readonly adoptionProblems: string[] = [];

  constructor(config: Omit<AppConfig, 'skipValidation'> = {}) {
    super({ ...config, skipValidation: true }); // `validate` has done it
  }

  /** Takes over what runs already; once, and after the stacks are made. What is wrong with it comes with everything else: {@link validate}. */
  adopt(adoptions: readonly Adoption[]): void {
    this.adoptionProblems.push(...adopt(this, adoptions));
  }

  /** All problems of all stacks, each starting with the construct's path. */
  validate(): string[] {
    const stacks = this.node.findAll().filter(TerraformStack.isStack);
    for (const stack of stacks) stack.prepareStack();
    const problems = stacks.flatMap((stack) =>
      stack.node
        .findAll()
        .filter(dependsOnConfigOnly)
        .flatMap((construct) => construct.node.validate()),
    );
    return [...this.adoptionProblems, ...problems];
  }

  override synth(): void {
    const problems = this.validate();
    if (problems.length > 0) {
      throw new SynthProblems(`${problems.length === 1 ? '1 problem' : `${problems.length} problems`}, nothing was written:\n  ${problems.join('\n  ')}`);
    }
    super.synth();
  }
}

/** cdktf's cloud backend runs `terraform version` to validate itself: what is synthesized must not depend on what is installed. */
function dependsOnConfigOnly(construct: IConstruct): boolean {
  return !(construct instanceof CloudBackend);
}
