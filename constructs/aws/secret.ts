import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import type { InstanceRole } from './instance-role';
import { awsOf } from './provider';

/** A secret without a value: values are added by hand, and never pass through Terraform. */
export class Secret extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, { name, purpose }: { readonly name: string; readonly purpose: string }) {
    super(scope, id);
    const isProtected = EstateStack.of(this).protected;
    this.name = name;
    new SecretsmanagerSecret(this, 'resource', {
      name,
      description: purpose,
      recoveryWindowInDays: isProtected ? 30 : 0,
      lifecycle: { preventDestroy: isProtected },
    });
  }

  grantRead(to: InstanceRole): void {
    const { region, accountId = '*' } = awsOf(this);
    to.allow(['secretsmanager:GetSecretValue'], [`arn:aws:secretsmanager:${region}:${accountId}:secret:${this.name}-??????`]);
  }
}
