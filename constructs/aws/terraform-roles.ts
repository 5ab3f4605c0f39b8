import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import type { EstateStack } from '../core/estate-stack';
import { shortName } from '../core/short-name';
import { askedOf } from '../core/stack-graph';
import { PHASES, type Phase, type Run } from '../core/terraform-run';
import { policyDocument, type Statement } from './policy-document';
import { AWS_ACCESS, type AwsAccess, EVERYWHERE, type Narrowed } from './terraform-access';
import type { TerraformFederation } from './terraform-federation';

/** Characters of a role's name, and of what all its own policies say together. docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const LONGEST_NAME = 64;
const LARGEST_POLICY = 10_240;

export interface TerraformRolesProps {
  /** The stack that they plan and apply. */
  readonly of: EstateStack;
  readonly federation: TerraformFederation;
  /** The workspace's runs, but for their phase. */
  readonly run: Omit<Run, 'phase'>;
}

/** The roles that plan and apply one stack: the one may look at its types of resources, the other may change them. */
export class TerraformRoles extends Construct {
  private readonly arns = new Map<Phase, string>();

  constructor(scope: Construct, id: string, { of, federation, run }: TerraformRolesProps) {
    super(scope, id);
    const rows = this.rows(of);
    for (const phase of PHASES) {
      const prefix = `terraform-${phase}-`;
      const role = new IamRole(this, phase, {
        name: `${prefix}${shortName(of.node.id, LONGEST_NAME - prefix.length)}`,
        description: `Terraform Cloud: ${phase} of ${of.node.id}`,
        assumeRolePolicy: federation.trust({ ...run, phase }),
      });
      const policy = policyDocument(this.statements(of, rows, phase));
      if (policy.length > LARGEST_POLICY) {
        throw new Error(
          `${this.node.path}: ${phase} of ${of.node.id} takes a policy of ${policy.length} characters, and a role has ${LARGEST_POLICY}: part the stack`,
        );
      }
      new IamRolePolicy(this, `${phase}-allowed`, { name: 'allowed', role: role.name, policy });
      this.arns.set(phase, role.arn);
    }
  }

  arn(phase: Phase): string {
    return this.arns.get(phase) as string;
  }

  private rows(of: EstateStack): AwsAccess[] {
    const types = new Set(askedOf(of, 'aws').map(({ type }) => type));
    const unknown = [...types].find((type) => !AWS_ACCESS.some((row) => row.types.includes(type)));
    if (unknown)
      throw new Error(`${this.node.path}: nobody has said what planning and applying ${unknown} takes; add it to constructs/aws/terraform-access.ts`);
    return AWS_ACCESS.filter((row) => row.types.some((type) => types.has(type)));
  }

  private statements(of: EstateStack, rows: readonly AwsAccess[], phase: Phase): Statement[] {
    const byPlace = new Map<Narrowed | undefined, Set<string>>([[undefined, new Set(EVERYWHERE)]]);
    for (const { narrowed, read, write } of rows) {
      const actions = byPlace.get(narrowed) ?? new Set();
      for (const action of phase === 'plan' ? read : [...read, ...write]) actions.add(action);
      byPlace.set(narrowed, actions);
    }
    return [...byPlace].map(([narrowed, actions]) => ({ Effect: 'Allow', Action: [...actions].sort(), Resource: placesOf(of, narrowed) }));
  }
}

function placesOf(of: EstateStack, narrowed: Narrowed | undefined): string[] {
  switch (narrowed) {
    case 'estate-buckets':
      return [`arn:aws:s3:::${of.estate}-*`];
    case 'estate-identities':
      return ['role', 'instance-profile', 'user'].map((kind) => `arn:aws:iam::*:${kind}/${of.estate}-*`);
    case 'own-objects':
      return [...new Set(askedOf(of, 'aws').flatMap(({ construct }) => (construct instanceof S3Object ? [objectArn(of, construct)] : [])))].sort();
    case undefined:
      return ['*'];
  }
}

/** By its key; of a bucket that the stack makes too, only the beginning of the name is known here. */
function objectArn({ estate }: EstateStack, { bucketInput, keyInput }: S3Object): string {
  return `arn:aws:s3:::${!bucketInput || Token.isUnresolved(bucketInput) ? `${estate}-*` : bucketInput}/${keyInput}`;
}
