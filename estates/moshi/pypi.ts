import type { Construct } from 'constructs';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { ArtifactRepository } from '../../constructs/gcp/artifact-repository';

import { ServiceIdentity } from '../../constructs/gcp/service-identity';
import type { MoshiApis } from './apis';

export interface MoshiPypiProps extends EstateStackProps {
  readonly apis: MoshiApis;
}

/** The private PyPI that the server's package is published to and its image installs from. */
export class MoshiPypi extends EstateStack {
  readonly repository: ArtifactRepository;
  /** The machines that bake the moshi-srv image. */
  readonly reader: ServiceIdentity;

  constructor(scope: Construct, id: string, props: MoshiPypiProps) {
    super(scope, id, props);
    this.addDependency(props.apis);

    this.repository = new ArtifactRepository(this, 'repository', { name: 'pypi', format: 'PYTHON', description: 'Python packages of moshi' });
    this.reader = new ServiceIdentity(this, 'artifact-reader', { accountId: 'artifact-reader', purpose: 'Machines that bake the moshi-srv image' });
    this.repository.grantRead(this.reader);

    this.output('REPOSITORY_URL', this.repository.url, 'The package repository: add simple/ for pip, nothing for twine');
    this.output('ARTIFACT_READER_EMAIL', this.reader.email, 'Service account that the moshi-srv image is baked with; without it the repository answers 401');
  }
}
