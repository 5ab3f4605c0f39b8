import type { Construct } from 'constructs';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { ProjectServices } from '../../constructs/gcp/project-services';

/** The Google APIs that the estate uses, enabled before what needs them. */
export class DockerWorkerApis extends EstateStack {
  constructor(scope: Construct, id: string, props: EstateStackProps) {
    super(scope, id, props);
    new ProjectServices(this, 'services', {
      services: [
        // what the functions and the agent call
        'compute',
        'firestore',
        'logging',
        'pubsub',
        'storage',
        // what the functions run on
        'cloudbuild',
        'cloudfunctions',
        'cloudscheduler',
        'monitoring',
        'run',
        'secretmanager',
        // what delivers them and the images
        'artifactregistry',
        'iam',
        'iamcredentials',
      ],
    });
  }
}
