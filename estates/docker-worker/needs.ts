import { BASE_APIS } from '../../config/base-apis';
import { type DockerWorkerConfig, declaredTasks, registryOf } from '../../config/docker-worker';
import { stackName } from '../../constructs/core/naming';
import type { ContainerImageNeed, Need } from '../../constructs/core/need';
import { stateBucketNeeds } from '../../constructs/gcp/state-bucket-need';
import { FAMILIES } from '../../packer/images/families';

/** As `docker pull` takes it, in Artifact Registry: what is elsewhere cannot be asked for with Google's account. */
const IN_REGISTRY = /^([a-z0-9-]+)-docker\.pkg\.dev\/([^/]+)\/([^/]+)\/([^:@]+)(?::([^@]+))?(?:@(sha256:[a-f0-9]{64}))?$/;

export function dockerWorkerNeeds(config: DockerWorkerConfig): Need[] {
  const { shared, prod } = config;
  const { project } = shared;
  const once = { environment: 'shared', project } as const;
  const each = { environment: 'prod', project } as const;
  const family = FAMILIES['docker-worker'];
  const data = stackName('docker-worker', 'data', 'prod');
  const images = Object.values(declaredTasks(config, registryOf(config))).map(({ image }) => image);
  return [
    { ...once, kind: 'project' },
    ...stateBucketNeeds(shared.backend, shared),
    ...BASE_APIS.map((api) => ({ ...once, kind: 'api', api }) as const),
    {
      ...each,
      kind: 'image',
      family,
      ...(prod.image !== family && { name: prod.image, configuredBy: 'prod.image' }),
      bake: `make images IMAGE=${family}`,
    },
    ...(prod.webhook.auth === 'hmac'
      ? [
          {
            ...each,
            kind: 'secret',
            type: 'gcp',
            name: 'docker-worker-webhook',
            stack: data,
            is: "what the web hook's callers sign with",
            from: 'make one with openssl rand -hex 32, and give it to the callers too',
          } as const,
        ]
      : []),
    ...[...new Set(images)].flatMap((image) => containerImage(image, registryOf(config), data)),
  ];
}

/** @returns nothing for an image of another kind of registry */
function containerImage(name: string, own: string, stack: string): ContainerImageNeed[] {
  const [, region, project, repository, image, tag = 'latest', digest] = IN_REGISTRY.exec(name) ?? [];
  if (!region || !project || !repository || !image) return [];
  const here = `${image.split('/').at(-1)}:${tag}`;
  const push = [`gcloud auth configure-docker ${region}-docker.pkg.dev`, `docker tag ${here} ${name}`, `docker push ${name}`];
  return [
    {
      kind: 'container-image',
      environment: 'prod',
      project,
      region,
      repository,
      image,
      tag: digest ?? tag,
      ...(name.startsWith(`${own}/`) && { stack }),
      // what gets which digest nobody can choose
      deliver: digest === undefined ? push : [`# push the image that has this digest, or name another in prod.tasks of estates.json: ${name}`],
    },
  ];
}
