import { LinodeProvider } from '../../.gen/providers/linode/provider';
import type { EstateStack } from '../core/estate-stack';

/** For {@link EstateStackProps.providers}: the linode provider. It takes its token from LINODE_TOKEN: none is in the JSON. */
export function linode(): (stack: EstateStack) => void {
  return (stack) => {
    new LinodeProvider(stack, 'linode', {});
  };
}

/** The estate's labels as Linode has them: the provider has no default tags, so that every resource says them. */
export function tagsOf(stack: EstateStack): string[] {
  return Object.entries(stack.labels).map(([key, value]) => `${key}:${value}`);
}
