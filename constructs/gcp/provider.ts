import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import type { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';

/** The project and the place that a stack's resources go to. */
export interface GoogleProps {
  readonly project: string;
  readonly region: string;
  readonly zone: string;
}

const settings = new WeakMap<EstateStack, GoogleProps>();

/** For {@link EstateStackProps.providers}: the google provider, with the estate's labels on everything that can carry labels. */
export function google(props: GoogleProps): (stack: EstateStack) => void {
  return (stack) => {
    settings.set(stack, props);
    new GoogleProvider(stack, 'google', {
      ...props,
      defaultLabels: stack.labels,
      // some APIs, identitytoolkit among them, refuse a person's credentials without a project to charge
      userProjectOverride: true,
      billingProject: props.project,
    });
  };
}

/** The plain project, region and zone of the stack that `scope` stands in. */
export function googleOf(scope: Construct): GoogleProps {
  const found = settings.get(EstateStack.of(scope));
  if (!found) throw new Error(`${scope.node.path}: its stack has no google provider; add google({ project, region, zone }) to the stack's providers`);
  return found;
}
