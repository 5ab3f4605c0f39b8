import { IamUser } from '@cdktf/provider-aws/lib/iam-user';
import { IamUserPolicy } from '@cdktf/provider-aws/lib/iam-user-policy';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { policyDocument, type Statement } from './policy-document';

/**
 * Who acts from outside of AWS: exactly what it was allowed. Its key is made by hand, with `aws iam create-access-key`: Terraform
 * would keep it in the state.
 */
export class ServiceUser extends Construct {
  private readonly statements: Statement[] = [];

  /** @param props name: unique in the account */
  constructor(scope: Construct, id: string, { name }: { readonly name: string }) {
    super(scope, id);
    const user = new IamUser(this, 'resource', { name, forceDestroy: !EstateStack.of(this).protected });
    new IamUserPolicy(this, 'allowed', { name: 'allowed', user: user.name, policy: Lazy.stringValue({ produce: () => policyDocument(this.statements) }) });
    this.node.addValidation({ validate: () => (this.statements.length > 0 ? [] : [`${name} may do nothing: allow something, or leave the user out`]) });
  }

  allow(actions: readonly string[], resources: readonly string[]): void {
    this.statements.push({ Effect: 'Allow', Action: actions, Resource: resources });
  }
}
