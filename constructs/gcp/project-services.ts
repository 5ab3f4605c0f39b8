import { ProjectService } from '@cdktf/provider-google/lib/project-service';
import { Construct } from 'constructs';

export interface ProjectServicesProps {
  /** Names without `.googleapis.com`, for example `compute`. */
  readonly services: readonly string[];
}

/** Google APIs that the project uses. Destroying the stack leaves them on: somebody else may use them too. */
export class ProjectServices extends Construct {
  constructor(scope: Construct, id: string, { services }: ProjectServicesProps) {
    super(scope, id);
    for (const service of services) {
      new ProjectService(this, service, { service: `${service}.googleapis.com`, disableOnDestroy: false, disableDependentServices: false });
    }
  }
}
