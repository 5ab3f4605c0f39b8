import type { Construct } from 'constructs';
import type { MoshiEnvironment } from '../../config/moshi';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { FirestoreDatabase } from '../../constructs/gcp/firestore-database';
import { IdentityPlatform } from '../../constructs/gcp/identity-platform';
import { firestoreLocationNear } from '../../constructs/gcp/locations';
import { googleOf } from '../../constructs/gcp/provider';
import type { MoshiApis } from './apis';

export interface MoshiFirebaseProps extends EstateStackProps {
  readonly apis: MoshiApis;
  readonly domain: string;
  /** Their hosts may sign people in. */
  readonly environments: readonly MoshiEnvironment[];
  /** @default the multi-region around the estate's region, or that region */
  readonly firestoreLocation?: string;
}

/** Users and their data, of both environments: the project has one Firestore database and one Firebase Auth. */
export class MoshiFirebase extends EstateStack {
  constructor(scope: Construct, id: string, props: MoshiFirebaseProps) {
    super(scope, id, props);
    const { apis, domain, environments, firestoreLocation } = props;
    const { project, region } = googleOf(this);
    this.addDependency(apis);

    new FirestoreDatabase(this, 'database', { location: firestoreLocation ?? firestoreLocationNear(region) });
    const hosts = environments.flatMap(({ server, websiteHosts }) => [server.host, ...websiteHosts]);
    new IdentityPlatform(this, 'auth', {
      authorizedDomains: [`${project}.firebaseapp.com`, `${project}.web.app`, ...hosts.map((host) => (host === '@' ? domain : `${host}.${domain}`))],
    });
  }
}
