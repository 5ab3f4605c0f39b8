import { machineSeconds } from '../contracts/task';
import type { TaskRecord } from '../contracts/task-record';
import { WORKER_LABEL, workerMetadataText } from '../contracts/worker-metadata';
import { KEY_LABEL, keyLabelOf } from './names';

/** What is the same for all machines of an estate. */
export interface MachineSettings {
  readonly project: string;
  readonly bootImage: string;
  readonly subnetwork: string;
  readonly account: string;
  /** Short name. */
  readonly reportingTopic: string;
}

/** The machine of an attempt, as Compute Engine's `instances.insert` takes it. Google itself deletes it at the end of its time. */
export function instanceBody(record: TaskRecord, settings: MachineSettings) {
  const { run } = record;
  const spot = run.provisioning === 'spot';
  const metadata = { ...workerMetadataText(record, settings), 'enable-oslogin': 'TRUE', 'block-project-ssh-keys': 'TRUE' };
  return {
    name: record.instance,
    machineType: `zones/${run.zone}/machineTypes/${run.machineType}`,
    labels: { [WORKER_LABEL]: record.task, [KEY_LABEL]: keyLabelOf(record.key) },
    deletionProtection: false,
    scheduling: {
      provisioningModel: spot ? 'SPOT' : 'STANDARD',
      instanceTerminationAction: 'DELETE',
      maxRunDuration: { seconds: String(machineSeconds(run)) },
      automaticRestart: !spot, // after a host's fault the agent reports what became of the task
      onHostMaintenance: spot ? 'TERMINATE' : 'MIGRATE',
    },
    disks: [
      {
        boot: true,
        autoDelete: true,
        initializeParams: {
          sourceImage: settings.bootImage,
          diskSizeGb: String(run.diskGb),
          diskType: `zones/${run.zone}/diskTypes/pd-ssd`,
        },
      },
    ],
    networkInterfaces: [{ subnetwork: settings.subnetwork }], // no accessConfigs: no address of its own on the internet
    serviceAccounts: [{ email: settings.account, scopes: ['https://www.googleapis.com/auth/cloud-platform'] }],
    shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
    metadata: { items: Object.entries(metadata).map(([key, value]) => ({ key, value })) },
  };
}
