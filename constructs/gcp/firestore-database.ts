import { FirestoreDatabase as Database } from '@cdktf/provider-google/lib/firestore-database';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';

export interface FirestoreDatabaseProps {
  /** @default '(default)', the one that client libraries use without being told */
  readonly name?: string;
  /** Region or multi-region. It cannot be changed: another location is another database. */
  readonly location: string;
}

/** A Firestore database in native mode, readable at any moment of the last seven days. */
export class FirestoreDatabase extends Construct {
  constructor(scope: Construct, id: string, { name = '(default)', location }: FirestoreDatabaseProps) {
    super(scope, id);
    const isProtected = EstateStack.of(this).protected;
    new Database(this, 'resource', {
      name,
      locationId: location,
      type: 'FIRESTORE_NATIVE',
      pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_ENABLED',
      deleteProtectionState: isProtected ? 'DELETE_PROTECTION_ENABLED' : 'DELETE_PROTECTION_DISABLED',
      deletionPolicy: isProtected ? 'ABANDON' : 'DELETE', // without DELETE, destroy forgets the database and leaves it in the project
      lifecycle: { preventDestroy: isProtected },
    });
  }
}
