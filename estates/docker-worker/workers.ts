import type { Construct } from 'constructs';
import type { DockerWorkerEnvironment } from '../../config/docker-worker';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { picturedAs } from '../../constructs/core/picture';
import { Network } from '../../constructs/gcp/network';
import { ServiceIdentity } from '../../constructs/gcp/service-identity';
import type { DockerWorkerData } from './data';

export interface DockerWorkerWorkersProps extends EstateStackProps {
  readonly data: DockerWorkerData;
  readonly subnet: DockerWorkerEnvironment['subnet'];
}

/** What the machines stand in, and what they may do. The machines themselves come and go with the tasks. */
export class DockerWorkerWorkers extends EstateStack {
  readonly network: Network;
  readonly identity: ServiceIdentity;

  constructor(scope: Construct, id: string, props: DockerWorkerWorkersProps) {
    super(scope, id, props);
    const { data, subnet } = props;
    this.addDependency(data);
    const stem = this.named('docker-worker');

    this.network = new Network(this, 'network', { stem, cidr: subnet });
    this.network.addNat(stem); // images come from registries outside Google too

    this.identity = new ServiceIdentity(this, 'identity', { accountId: this.named('docker-worker-vm'), purpose: 'Machines that run tasks' });
    data.files.grantRead(this.identity);
    data.images.grantRead(this.identity);
    data.reports.grantPublish(this.identity);
    this.identity.grantOnProject('roles/logging.logWriter');
    picturedAs(this.identity, { type: 'google_compute_instance', title: 'task machine', uses: [this.network] });

    this.output('WORKER_SA_EMAIL', this.identity.email, "Grant it what a task needs: another registry's reader, another bucket");
  }
}
