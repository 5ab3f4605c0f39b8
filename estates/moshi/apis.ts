import type { Construct } from 'constructs';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { ProjectServices } from '../../constructs/gcp/project-services';

/** The Google APIs that the estate uses, enabled before what needs them. Enabling them takes serviceusage and cloudresourcemanager, which the runbook enables first. */
export class MoshiApis extends EstateStack {
  constructor(scope: Construct, id: string, props: EstateStackProps) {
    super(scope, id, props);
    new ProjectServices(this, 'services', {
      services: [
        // what the server calls
        'firestore',
        'identitytoolkit',
        'logging',
        'secretmanager',
        'speech',
        'storage',
        'texttospeech',
        'translate',
        // what it runs on
        'certificatemanager',
        'compute',
        'dns',
        'monitoring',
        // what builds and delivers it
        'artifactregistry',
        'iam',
        'iamcredentials',
        'sts',
      ],
    });
  }
}
