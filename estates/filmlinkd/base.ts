import type { Construct } from 'constructs';
import type { FilmlinkdShared } from '../../config/filmlinkd';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { ArtifactRepository } from '../../constructs/gcp/artifact-repository';
import { Network } from '../../constructs/gcp/network';
import { ProjectServices } from '../../constructs/gcp/project-services';
import { repositoryOf } from './rollout-variables';

export interface FilmlinkdBaseProps extends EstateStackProps {
  readonly subnet: FilmlinkdShared['subnet'];
  readonly keepImages: FilmlinkdShared['keepImages'];
}

/** Who asks machines whether they are well: cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges. */
const HEALTH_CHECKERS = ['130.211.0.0/22', '35.191.0.0/16'];
/** Where `gcloud compute ssh --tunnel-through-iap` comes from: cloud.google.com/iap/docs/using-tcp-forwarding. */
const IAP = ['35.235.240.0/20'];

/** What both environments stand on: the network with its one way out, and the images. */
export class FilmlinkdBase extends EstateStack {
  readonly network: Network;
  /** A repository for each environment. */
  readonly images: Readonly<Record<'dev' | 'prod', ArtifactRepository>>;
  /** Machines with this network tag are reached by the health checks, and by ssh through Google's proxy. */
  readonly machineTag = 'filmlinkd-machine';

  constructor(scope: Construct, id: string, props: FilmlinkdBaseProps) {
    super(scope, id, props);
    const { subnet, keepImages } = props;

    new ProjectServices(this, 'services', {
      services: [
        // what the bot uses
        'compute',
        'firestore',
        'logging',
        'monitoring',
        'pubsub',
        'secretmanager',
        // what delivers it
        'artifactregistry',
        'cloudbuild',
        'containerscanning',
        'iam',
        'iap',
      ],
    });

    this.network = new Network(this, 'network', { stem: 'filmlinkd', cidr: subnet });
    this.network.addNat('filmlinkd');
    this.network.allowIngress('health-checks', { name: 'filmlinkd-allow-health-checks', ports: { tcp: ['8080'] }, from: HEALTH_CHECKERS, to: this.machineTag });
    this.network.allowIngress('ssh', { name: 'filmlinkd-allow-ssh-through-iap', ports: { tcp: ['22'] }, from: IAP, to: this.machineTag });

    const images = (id: string, environment: 'dev' | 'prod') =>
      new ArtifactRepository(this, id, {
        name: repositoryOf(environment),
        format: 'DOCKER',
        description: `Container images of scraper and bot, ${environment}`,
        keep: { newest: keepImages, tags: [environment] },
      });
    this.images = { prod: images('images', 'prod'), dev: images('images-dev', 'dev') };
    this.output('IMAGES', this.images.prod.url, "What the images' names start with in prod");
    this.output('IMAGES_DEV', this.images.dev.url, "What the images' names start with in dev");
  }
}
