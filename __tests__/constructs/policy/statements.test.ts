import { App, Fn, TerraformOutput, TerraformStack } from 'cdktf';
import { allowed } from '../../../constructs/policy/statements';

const read = (policy: unknown) => allowed('aws_iam_policy', { policy });

test('JSON, with one statement or several, one action or several', () => {
  expect(read(JSON.stringify({ Statement: { Effect: 'Allow', Action: 's3:GetObject' } }))).toEqual([{ actions: ['s3:GetObject'], notActions: [] }]);
  expect(
    read(
      JSON.stringify({
        Statement: [
          { Effect: 'Allow', Action: ['a:b', 'c:d'] },
          { Effect: 'Allow', NotAction: 'e:f' },
        ],
      }),
    ),
  ).toEqual([
    { actions: ['a:b', 'c:d'], notActions: [] },
    { actions: [], notActions: ['e:f'] },
  ]);
});

test('JSON that refers to other resources', () => {
  expect(read('{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"${aws_s3_bucket.a.arn}/*"}]}')).toEqual([{ actions: ['s3:*'], notActions: [] }]);
});

test("cdktf's jsonencode, with references and nested objects", () => {
  const stack = new TerraformStack(new App(), 'stack');
  const policy = Fn.jsonencode({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['s3:*'],
        Resource: [Fn.join('/', ['a(b)', Fn.lower('B')]), '${aws_s3_bucket.a[0].arn}/*'],
        Condition: { Bool: { 'aws:SecureTransport': true } },
      },
      { Effect: 'Deny', Action: '*', Resource: '*' },
    ],
  });
  new TerraformOutput(stack, 'policy', { value: policy, staticId: true });
  expect(read(stack.toTerraform().output.policy.value)).toEqual([{ actions: ['s3:*'], notActions: [] }]);
});

test('what is denied is not allowed', () => {
  expect(read(JSON.stringify({ Statement: [{ Effect: 'Deny', Action: '*' }] }))).toEqual([]);
});

test("a role's own policies count", () => {
  const policy = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'iam:*' }] });
  expect(allowed('aws_iam_role', { inline_policy: [{ name: 'all', policy }] })).toEqual([{ actions: ['iam:*'], notActions: [] }]);
});

test.each([undefined, '${data.aws_iam_policy_document.a.json}', 'not json', '[]', '{}', 7])(
  'what cannot be read allows nothing that is known: %p',
  (policy) => {
    expect(read(policy)).toEqual([]);
  },
);
