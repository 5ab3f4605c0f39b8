import { FirestoreBackupSchedule } from '@cdktf/provider-google/lib/firestore-backup-schedule';
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
  /** Readable as it was at any minute of the last seven days. @default true */
  readonly pointInTimeRecovery?: boolean;
}

/** A Firestore database in native mode. */
export class FirestoreDatabase extends Construct {
  readonly name: string;
  private readonly database: Database;

  constructor(scope: Construct, id: string, { name = '(default)', location, pointInTimeRecovery = true }: FirestoreDatabaseProps) {
    super(scope, id);
    const isProtected = EstateStack.of(this).protected;
    this.name = name;
    this.database = new Database(this, 'resource', {
      name,
      locationId: location,
      type: 'FIRESTORE_NATIVE',
      pointInTimeRecoveryEnablement: `POINT_IN_TIME_RECOVERY_${pointInTimeRecovery ? 'ENABLED' : 'DISABLED'}`,
      deleteProtectionState: isProtected ? 'DELETE_PROTECTION_ENABLED' : 'DELETE_PROTECTION_DISABLED',
      deletionPolicy: isProtected ? 'ABANDON' : 'DELETE', // without DELETE, destroy forgets the database and leaves it in the project
      lifecycle: { preventDestroy: isProtected },
    });
  }

  /** Documents of the collection disappear within a day after the time in `field`. */
  expire(collection: string, field: string): void {
    new FirestoreField(this, `expire-${collection}`, { database: this.database.name, collection, field, ttlConfig: {}, indexConfig: {} });
  }

  /** Nobody asks for documents by this field: it is not indexed, with all that is in it. An index of a large map is most of what a write costs. */
  exempt(collection: string, field: string): void {
    new FirestoreField(this, `exempt-${collection}-${field}`, { database: this.database.name, collection, field, indexConfig: {} });
  }

  /** A backup a day, each kept for so many days, 98 at most. */
  backUpDaily(days: number): void {
    new FirestoreBackupSchedule(this, 'daily-backup', { database: this.database.name, retention: `${days * 86_400}s`, dailyRecurrence: {} });
  }

  /** Read and write documents of this database, and of no other. */
  grantUse(to: ServiceIdentity): void {
    const name = `projects/${googleOf(this).project}/databases/${this.name}`;
    to.grantOnProject('roles/datastore.user', { title: `only the database ${this.name}`, expression: `resource.name == '${name}'` });
  }
}
