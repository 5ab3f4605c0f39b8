import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';

export interface AwsProps {
  /** Such as us-east-1. */
  readonly region: string;
  /** Twelve digits: credentials of another account are refused. @default whatever account the credentials are of */
  readonly accountId?: string;
}

const settings = new WeakMap<EstateStack, AwsProps>();

/** For {@link EstateStackProps.providers}: the aws provider, with the estate's labels as tags on everything that can carry tags. */
export function aws(props: AwsProps): (stack: EstateStack) => void {
  return (stack) => {
    settings.set(stack, props);
    new AwsProvider(stack, 'aws', blockOf(stack, props));
  };
}

function blockOf(stack: EstateStack, { region, accountId }: AwsProps) {
  return { region, ...(accountId && { allowedAccountIds: [accountId] }), defaultTags: [{ tags: { ...stack.labels } }] };
}

/** For what AWS has in one region only: the stack's account there. Undefined where the stack's own provider is there. */
export function awsIn(scope: Construct, region: string): AwsProvider | undefined {
  const stack = EstateStack.of(scope);
  const own = awsOf(scope);
  if (own.region === region) return undefined;
  const id = `aws-${region}`;
  const there = stack.node.tryFindChild(id) as AwsProvider | undefined;
  return there ?? new AwsProvider(stack, id, { ...blockOf(stack, { ...own, region }), alias: region });
}

/** The plain region of the stack that `scope` stands in. */
export function awsOf(scope: Construct): AwsProps {
  const found = settings.get(EstateStack.of(scope));
  if (!found) throw new Error(`${scope.node.path}: its stack has no aws provider; add aws({ region }) to the stack's providers`);
  return found;
}
