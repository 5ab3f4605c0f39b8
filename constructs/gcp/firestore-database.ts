import { FirestoreDatabase as Database } from '@cdktf/provider-google/lib/firestore-database';
import { FirestoreField } from '@cdktf/provider-google/lib/firestore-field';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { googleOf } from './provider';
import type { ServiceIdentity } from './service-identity';

export interface FirestoreDatabaseProps {
  /** @default '(default)', the one that client libraries use without being told */
  readonly name?: string;
  /** Region or multi-region. It cannot be changed: another location is another database. */
  readonly location: string;
}

/** A Firestore database in native mode, readable at any moment of the last seven days. */
export class FirestoreDatabase extends Construct {
  readonly name: string;
  private readonly database: Database;

  constructor(scope: Construct, id: string, { name = '(default)', location }: FirestoreDatabaseProps) {
    super(scope, id);
    const isProtected = EstateStack.of(this).protected;
    this.name = name;
    this.database = new Database(this, 'resource', {
      name,
      locationId: location,
      type: 'FIRESTORE_NATIVE',
      pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_ENABLED',
      deleteProtectionState: isProtected ? 'DELETE_PROTECTION_ENABLED' : 'DELETE_PROTECTION_DISABLED',
      deletionPolicy: isProtected ? 'ABANDON' : 'DELETE', // without DELETE, destroy forgets the database and leaves it in the project
      lifecycle: { preventDestroy: isProtected },
    });
  }

  /** Documents of the collection disappear within a day after the time in `field`. */
  expire(collection: string, field: string): void {
    new FirestoreField(this, `expire-${collection}`, { database: this.database.name, collection, field, ttlConfig: {}, indexConfig: {} });
  }

  /** Read and write documents of this database, and of no other. */
  grantUse(to: ServiceIdentity): void {
    const name = `projects/${googleOf(this).project}/databases/${this.name}`;
    to.grantOnProject('roles/datastore.user', { title: `only the database ${this.name}`, expression: `resource.name == '${name}'` });
  }
}
