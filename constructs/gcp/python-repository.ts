import { ArtifactRegistryRepository } from '@cdktf/provider-google/lib/artifact-registry-repository';
import { ArtifactRegistryRepositoryIamMember } from '@cdktf/provider-google/lib/artifact-registry-repository-iam-member';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { nameSeenFrom } from '../core/name-seen-from';
import { googleOf } from './provider';
import type { ServiceIdentity } from './service-identity';

export interface PythonRepositoryProps {
  readonly name: string;
  /** What is published there; shown in the console. */
  readonly description: string;
}

/** A private PyPI in Artifact Registry. */
export class PythonRepository extends Construct {
  readonly name: string;
  /** For pip's `--extra-index-url` with `/simple/`, and for twine without. */
  readonly url: string;
  private readonly location: string;
  private readonly repository: ArtifactRegistryRepository;

  constructor(scope: Construct, id: string, { name, description }: PythonRepositoryProps) {
    super(scope, id);
    const { project, region } = googleOf(this);
    this.name = name;
    this.location = region;
    this.url = `https://${region}-python.pkg.dev/${project}/${name}/`;
    this.repository = new ArtifactRegistryRepository(this, 'resource', {
      repositoryId: name,
      location: region,
      format: 'PYTHON',
      description,
      lifecycle: { preventDestroy: EstateStack.of(this).protected },
    });
  }

  /** Install packages. */
  grantRead(to: ServiceIdentity): void {
    this.grant(to, 'read', 'roles/artifactregistry.reader');
  }

  /** Publish packages. */
  grantWrite(to: ServiceIdentity): void {
    this.grant(to, 'write', 'roles/artifactregistry.writer');
  }

  private grant(to: ServiceIdentity, verb: string, role: string): void {
    const repository = nameSeenFrom(to, this, this.repository.name, this.name);
    to.granted(new ArtifactRegistryRepositoryIamMember(to, `${verb}-${this.name}`, { location: this.location, repository, role, member: to.member }));
  }
}
