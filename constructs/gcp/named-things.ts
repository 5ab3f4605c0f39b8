import { SecretManagerSecret } from '@cdktf/provider-google/lib/secret-manager-secret';
import { SecretManagerSecretIamMember } from '@cdktf/provider-google/lib/secret-manager-secret-iam-member';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { DefaultTokenResolver, StringConcat, Token, Tokenization } from 'cdktf';
import type { EstateStack } from '../core/estate-stack';
import { askedOf } from '../core/stack-graph';
import type { GrantCondition } from './service-identity';

/** IAM takes twelve logical operators in a condition. cloud.google.com/iam/quotas */
const MOST_NAMES = 13;

/** Things that a condition knows by name. Most types of Google's have none there: cloud.google.com/iam/docs/conditions-resource-attributes. */
export type NamedThing = 'bucket' | 'objects of a bucket' | 'secret';

const EXPRESSIONS: Readonly<Record<NamedThing, (name: string) => string>> = {
  bucket: (name) => `resource.name == 'projects/_/buckets/${name}'`,
  'objects of a bucket': (name) => `resource.name.startsWith('projects/_/buckets/${name}/objects/')`,
  // before it comes the project's number, which is not known at synth
  secret: (name) => `resource.name.endsWith('/secrets/${name}')`,
};

/** As many conditions as the names take: each admits some of them, and nothing else. */
export function onlyNamed(thing: NamedThing, names: readonly string[]): GrantCondition[] {
  const parts = Array.from({ length: Math.ceil(names.length / MOST_NAMES) }, (_, i) => names.slice(i * MOST_NAMES, (i + 1) * MOST_NAMES));
  return parts.map((part, i) => ({
    title: `only the stack's: ${thing}${i > 0 ? ` (${i + 1})` : ''}`,
    expression: part.map(EXPRESSIONS[thing]).join(' || '),
  }));
}

/** The names of the buckets or secrets that a stack's resources of one type make, grant on or put objects into. */
export function namesAskedFor(stack: EstateStack, type: string): string[] {
  const things = askedOf(stack, 'google');
  const resolve = (text: string): string => Tokenization.resolve(text, { scope: stack, resolver: new DefaultTokenResolver(new StringConcat()) });
  const made = new Map(
    things.flatMap(({ construct }) => {
      if (construct instanceof StorageBucket) return [[resolve(construct.name), construct.nameInput ?? ''] as const];
      if (construct instanceof SecretManagerSecret) return [[resolve(construct.secretId), construct.secretIdInput ?? ''] as const];
      return [];
    }),
  );
  const names = things
    .filter((thing) => thing.type === type)
    .map(({ construct }) => {
      const name = nameOf(construct);
      const plain = Token.isUnresolved(name) ? made.get(resolve(name ?? '')) : name;
      if (!plain || Token.isUnresolved(plain)) throw new Error(`${construct.node.path}: its name must be known at synth, so that only it may be changed`);
      return plain;
    });
  return [...new Set(names)].sort();
}

function nameOf(construct: unknown): string | undefined {
  if (construct instanceof StorageBucket) return construct.nameInput;
  if (construct instanceof StorageBucketIamMember || construct instanceof StorageBucketObject) return construct.bucketInput;
  if (construct instanceof SecretManagerSecret || construct instanceof SecretManagerSecretIamMember) return construct.secretIdInput;
  return undefined;
}
