import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import type { EstateStack } from '../../../constructs/core/estate-stack';
import { Bucket } from '../../../constructs/gcp/bucket';
import { CustomRole } from '../../../constructs/gcp/custom-role';
import { namesAskedFor, onlyNamed } from '../../../constructs/gcp/named-things';
import { Secret } from '../../../constructs/gcp/secret';
import { ServiceIdentity } from '../../../constructs/gcp/service-identity';
import { cel } from '../../support/cel';
import { resourcesOf, synth } from '../../support/synth';

const identity = (stack: EstateStack) => new ServiceIdentity(stack, 'reader', { accountId: 'reader', purpose: 'Reads' });

test('a thing of the stack is known by its name, whether it is written or referred to', () => {
  synth((stack) => {
    new Secret(stack, 'token', { name: 'TOKEN' }).grantRead(identity(stack));
    new Bucket(stack, 'files', { name: 'unit-files' }).upload('start', { key: 'start.sh', file: 'package.json', contentType: 'text/plain' });
    new Bucket(stack, 'empty', { name: 'unit-empty' });
    expect(namesAskedFor(stack, 'google_secret_manager_secret')).toEqual(['TOKEN']);
    expect(namesAskedFor(stack, 'google_secret_manager_secret_iam_member')).toEqual(['TOKEN']);
    expect(namesAskedFor(stack, 'google_storage_bucket')).toEqual(['unit-empty', 'unit-files']);
    expect(namesAskedFor(stack, 'google_storage_bucket_object')).toEqual(['unit-files']);
  });
});

test('a name that only Terraform knows is refused', () => {
  synth((stack) => {
    new StorageBucketIamMember(stack, 'read', { bucket: identity(stack).email, role: 'roles/storage.objectViewer', member: 'allUsers' });
    expect(() => namesAskedFor(stack, 'google_storage_bucket_iam_member')).toThrow(/test-unit-prod\/read: its name must be known at synth/);
    stack.node.tryRemoveChild('read');
  });
});

test('more names than a condition takes are several grants, which admit no other', () => {
  const names = Array.from({ length: 27 }, (_, i) => `TOKEN_${i}`);
  const json = synth((stack) => {
    const role = new CustomRole(stack, 'secrets', { roleId: 'unit.secrets', purpose: 'Changes secrets', permissions: ['secretmanager.secrets.update'] });
    const reader = identity(stack);
    for (const condition of onlyNamed('secret', names)) role.grantTo(reader, condition);
  });
  const conditions = resourcesOf(json, 'google_project_iam_member').map(({ condition }) => condition as { title: string; expression: string });
  expect(conditions).toHaveLength(3);
  expect(new Set(conditions.map(({ title }) => title)).size).toBe(3);
  const admitted = (name: string) => conditions.some(({ expression }) => cel(expression, { resource: { name: `projects/1/secrets/${name}` } }));
  expect(names.filter(admitted)).toEqual(names);
  expect(['TOKEN_27', 'A_TOKEN_1', 'TOKEN_1/versions/1'].filter(admitted)).toEqual([]);
  for (const { expression } of conditions) expect(expression.split('||').length - 1).toBeLessThanOrEqual(12);
});
