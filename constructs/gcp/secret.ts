import { SecretManagerSecret } from '@cdktf/provider-google/lib/secret-manager-secret';
import { SecretManagerSecretIamMember } from '@cdktf/provider-google/lib/secret-manager-secret-iam-member';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { nameSeenFrom } from '../core/name-seen-from';
import { googleOf } from './provider';
import type { ServiceIdentity } from './service-identity';

export interface SecretProps {
  readonly name: string;
}

/** A secret without a value: values are added by hand, and never pass through Terraform. */
export class Secret extends Construct {
  readonly name: string;
  private readonly secret: SecretManagerSecret;

  constructor(scope: Construct, id: string, { name }: SecretProps) {
    super(scope, id);
    const isProtected = EstateStack.of(this).protected;
    this.name = name;
    this.secret = new SecretManagerSecret(this, 'resource', {
      secretId: name,
      replication: { userManaged: { replicas: [{ location: googleOf(this).region }] } },
      deletionProtection: isProtected,
      lifecycle: { preventDestroy: isProtected },
    });
  }

  grantRead(to: ServiceIdentity): void {
    const secretId = nameSeenFrom(to, this, this.secret.secretId, this.name);
    to.granted(new SecretManagerSecretIamMember(to, `read-${this.name}`, { secretId, role: 'roles/secretmanager.secretAccessor', member: to.member }));
  }
}
