import type { Construct } from 'constructs';
import type { FilmlinkdShared } from '../../config/filmlinkd';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { FirestoreDatabase } from '../../constructs/gcp/firestore-database';
import { googleOf } from '../../constructs/gcp/provider';
import { Secret } from '../../constructs/gcp/secret';
import { FILMLINKD_COLLECTIONS } from '../../services/contracts/filmlinkd-documents';
import { TTL_FIELD } from '../../services/contracts/firestore';
import type { FilmlinkdBase } from './base';

export interface FilmlinkdDataProps extends EstateStackProps {
  readonly base: FilmlinkdBase;
  readonly firestore: FilmlinkdShared['firestore'];
}

/** Who is followed where, what is on its way, and the keys to what both environments ask. Protected, changed rarely. */
export class FilmlinkdData extends EstateStack {
  readonly database: FirestoreDatabase;
  readonly letterboxdKey: Secret;
  readonly letterboxdSharedSecret: Secret;
  readonly movieDatabaseKey: Secret;

  constructor(scope: Construct, id: string, props: FilmlinkdDataProps) {
    super(scope, id, props);
    const { base, firestore } = props;
    const { pointInTimeRecovery, backupDays } = firestore;
    this.addDependency(base);

    this.database = new FirestoreDatabase(this, 'database', { location: googleOf(this).region, pointInTimeRecovery });
    if (backupDays !== undefined) this.database.backUpDaily(backupDays);
    const { deliveries, leases, outcomes } = FILMLINKD_COLLECTIONS;
    const forgetful = (['dev', 'prod'] as const).flatMap((environment) => [deliveries(environment), leases(environment)]);
    // every query of the runtimes is about one field, which Firestore indexes by itself: what is here saves writes
    for (const collection of [...forgetful, outcomes]) this.database.expire(collection, TTL_FIELD);
    for (const environment of ['dev', 'prod'] as const) this.database.exempt(deliveries(environment), 'entry');
    this.database.exempt(outcomes, 'outcome');

    this.letterboxdKey = new Secret(this, 'letterboxd-key', { name: 'LETTERBOXD_API_KEY' });
    this.letterboxdSharedSecret = new Secret(this, 'letterboxd-shared-secret', { name: 'LETTERBOXD_API_SHARED_SECRET' });
    this.movieDatabaseKey = new Secret(this, 'movie-database-key', { name: 'THE_MOVIE_DATABASE_API_KEY' });
  }
}
