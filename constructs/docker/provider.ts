import { DockerProvider } from '@cdktf/provider-docker/lib/provider';
import type { EstateStack } from '../core/estate-stack';

export interface DockerProps {
  /** Who logs in. */
  readonly user: string;
  /** Where the engine is, as the stack sees it. */
  readonly address: (stack: EstateStack) => string;
}

/**
 * For {@link EstateStackProps.providers}: the docker provider, by ssh with the login of whoever runs Terraform. The host's key is taken
 * on trust the first time and must be the same from then on; nobody is asked for a password.
 */
export function docker({ user, address }: DockerProps): (stack: EstateStack) => void {
  return (stack) => {
    new DockerProvider(stack, 'docker', {
      host: `ssh://${user}@${address(stack)}`,
      sshOpts: ['-o', 'StrictHostKeyChecking=accept-new', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15'],
    });
  };
}

/** The estate's labels as docker has them: the provider has no default labels, so that everything says them. */
export function labelsOf(stack: EstateStack): { label: string; value: string }[] {
  return Object.entries(stack.labels).map(([label, value]) => ({ label, value }));
}
