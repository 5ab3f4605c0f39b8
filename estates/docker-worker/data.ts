import type { Construct } from 'constructs';
import type { DockerWorkerEnvironment } from '../../config/docker-worker';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { ArtifactRepository } from '../../constructs/gcp/artifact-repository';
import { Bucket } from '../../constructs/gcp/bucket';
import { FirestoreDatabase } from '../../constructs/gcp/firestore-database';
import { firestoreLocationNear } from '../../constructs/gcp/locations';
import { googleOf } from '../../constructs/gcp/provider';
import { Secret } from '../../constructs/gcp/secret';
import { Topic } from '../../constructs/gcp/topic';
import { COLLECTIONS, LEDGER_DATABASE, TTL_FIELD } from '../../services/contracts/firestore';
import type { DockerWorkerApis } from './apis';

export interface DockerWorkerDataProps extends EstateStackProps {
  readonly apis: DockerWorkerApis;
  /** Makes the bucket's name unique in the world. */
  readonly suffix: string;
  readonly webhook: DockerWorkerEnvironment['webhook'];
}

/** What outlives every task: the ledger, the messages, images and files. Protected, changed rarely. */
export class DockerWorkerData extends EstateStack {
  /** Every task ever started. */
  readonly ledger: FirestoreDatabase;
  /** Asks for runs. */
  readonly requests: Topic;
  /** What the agents report on. */
  readonly reports: Topic;
  /** What no function could make sense of. */
  readonly deadLetters: Topic;
  /** Files for the tasks' containers. */
  readonly files: Bucket;
  /** Images of the tasks. */
  readonly images: ArtifactRepository;
  /** What Cloud Build makes of the functions. */
  readonly functionImages: ArtifactRepository;
  /** What web hook callers sign with. */
  readonly webhookSecret?: Secret;

  constructor(scope: Construct, id: string, props: DockerWorkerDataProps) {
    super(scope, id, props);
    const { apis, suffix, webhook } = props;
    this.addDependency(apis);

    this.ledger = new FirestoreDatabase(this, 'ledger', { name: LEDGER_DATABASE, location: firestoreLocationNear(googleOf(this).region) });
    this.ledger.expire(COLLECTIONS.seenRequests, TTL_FIELD);
    this.requests = new Topic(this, 'requests', { name: this.named('docker-worker-requests') });
    this.reports = new Topic(this, 'reports', { name: this.named('docker-worker-task-finished') });
    this.deadLetters = new Topic(this, 'dead-letters', { name: this.named('docker-worker-dead-letters'), keep: true });
    this.files = new Bucket(this, 'files', { name: this.named(`docker-worker-${suffix}-files`) });
    this.images = new ArtifactRepository(this, 'images', { name: this.named('tasks'), format: 'DOCKER', description: 'Container images of the tasks' });
    this.functionImages = new ArtifactRepository(this, 'function-images', {
      name: this.named('docker-worker-functions'),
      format: 'DOCKER',
      description: 'The functions, as Cloud Build makes them',
    });
    if (webhook.auth === 'hmac') this.webhookSecret = new Secret(this, 'webhook-secret', { name: this.named('docker-worker-webhook') });

    this.output('FILES_BUCKET', this.files.name, 'For files that containers need: a task names it as its sharedBucket');
    this.output('IMAGES', this.images.url, "What the names of the tasks' images start with");
    this.output('REQUEST_TOPIC', this.requests.name, 'Publish { "task": "<name>" } here to start one');
  }
}
