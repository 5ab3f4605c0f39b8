import { IdentityPlatformConfig } from '@cdktf/provider-google/lib/identity-platform-config';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';

export interface IdentityPlatformProps {
  /** Hosts from which people may sign in. */
  readonly authorizedDomains: readonly string[];
}

/** The project's Firebase Auth: sign-in with e-mail and password. It holds the users, and no API deletes it. */
export class IdentityPlatform extends Construct {
  constructor(scope: Construct, id: string, { authorizedDomains }: IdentityPlatformProps) {
    super(scope, id);
    new IdentityPlatformConfig(this, 'resource', {
      authorizedDomains: [...authorizedDomains],
      signIn: {
        allowDuplicateEmails: false,
        anonymous: { enabled: false },
        email: { enabled: true, passwordRequired: true },
        phoneNumber: { enabled: false }, // left out, every plan shows a difference
      },
      lifecycle: { preventDestroy: EstateStack.of(this).protected },
    });
  }
}
