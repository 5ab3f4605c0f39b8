import { ArtifactRegistryRepository } from '@cdktf/provider-google/lib/artifact-registry-repository';
import { ArtifactRegistryRepositoryIamMember } from '@cdktf/provider-google/lib/artifact-registry-repository-iam-member';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { nameSeenFrom } from '../core/name-seen-from';
import { googleOf } from './provider';
import type { ServiceIdentity } from './service-identity';

export interface ArtifactRepositoryProps {
  readonly name: string;
  readonly format: 'DOCKER' | 'PYTHON';
  /** What is published there; shown in the console. */
  readonly description: string;
  /** Versions of each package or image that stay, the newest first. What has a tag that starts with one of `tags` stays too. @default all of them */
  readonly keep?: { readonly newest: number; readonly tags: readonly string[] };
}

/** A version that is older than a day and not kept goes. */
const DAY = '86400s';

/** A private repository of packages or container images. */
export class ArtifactRepository extends Construct {
  readonly name: string;
  /** `PYTHON`: for pip with `simple/` behind it, and for twine without. `DOCKER`: what image names start with. */
  readonly url: string;
  private readonly location: string;
  private readonly repository: ArtifactRegistryRepository;

  constructor(scope: Construct, id: string, { name, format, description, keep }: ArtifactRepositoryProps) {
    super(scope, id);
    const { project, region } = googleOf(this);
    this.name = name;
    this.location = region;
    this.url = format === 'DOCKER' ? `${region}-docker.pkg.dev/${project}/${name}` : `https://${region}-python.pkg.dev/${project}/${name}/`;
    this.repository = new ArtifactRegistryRepository(this, 'resource', {
      repositoryId: name,
      location: region,
      format,
      description,
      ...(format === 'DOCKER' && { vulnerabilityScanningConfig: { enablementConfig: 'INHERITED' } }), // on where the project has containerscanning
      ...(keep && {
        cleanupPolicies: [
          { id: 'newest', action: 'KEEP', mostRecentVersions: { keepCount: keep.newest } },
          { id: 'in-use', action: 'KEEP', condition: { tagState: 'TAGGED', tagPrefixes: [...keep.tags] } },
          { id: 'old', action: 'DELETE', condition: { tagState: 'ANY', olderThan: DAY } },
        ],
      }),
      lifecycle: { preventDestroy: EstateStack.of(this).protected },
    });
  }

  /** The repository's full name, `projects/P/locations/R/repositories/N`, as `user` sees it. */
  idSeenFrom(user: Construct): string {
    return nameSeenFrom(user, this, this.repository.id, `projects/${googleOf(this).project}/locations/${this.location}/repositories/${this.name}`);
  }

  /** Install packages, pull images. */
  grantRead(to: ServiceIdentity): void {
    this.grant(to, 'read', 'roles/artifactregistry.reader');
  }

  /** Publish packages, push images. */
  grantWrite(to: ServiceIdentity): void {
    this.grant(to, 'write', 'roles/artifactregistry.writer');
  }

  private grant(to: ServiceIdentity, verb: string, role: string): void {
    const repository = nameSeenFrom(to, this, this.repository.name, this.name);
    to.granted(new ArtifactRegistryRepositoryIamMember(to, `${verb}-${this.name}`, { location: this.location, repository, role, member: to.member }));
  }
}
