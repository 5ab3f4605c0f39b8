import type { IConstruct } from 'constructs';
import { EstateStack } from './estate-stack';

/**
 * How `user` names a thing of `owner`: by reference inside one stack, so that Terraform makes the thing first; by its
 * plain name across stacks, so that no state is read and renaming a construct breaks nobody.
 */
export function nameSeenFrom(user: IConstruct, owner: IConstruct, reference: string, plainName: string): string {
  return EstateStack.of(user) === EstateStack.of(owner) ? reference : plainName;
}
