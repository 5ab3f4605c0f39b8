import type { IConstruct } from 'constructs';
import { EstateStack, type Published } from './estate-stack';

/**
 * A value that is known only after its thing was made, such as an id that AWS gives: by reference inside its stack, by a named
 * output from others. Where the plain name will do, use that: {@link nameSeenFrom}.
 */
export class SharedValue {
  private readonly published: Published;

  /** @param output Its name is part of the contract between the stacks. */
  constructor(
    private readonly owner: IConstruct,
    output: string,
    private readonly reference: string,
    description: string,
  ) {
    this.published = EstateStack.of(owner).publish(output, reference, description);
  }

  seenFrom(user: IConstruct): string {
    const stack = EstateStack.of(user);
    return stack === EstateStack.of(this.owner) ? this.reference : stack.read(this.published);
  }
}
