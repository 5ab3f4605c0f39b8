import { type Block, blocks, isReference, strings } from './blocks';
import type { Rule } from './rule';
import { SECRET_VARIABLE } from './secrets';

const LABELLED = new Set(['docker_container', 'docker_network', 'docker_volume']);
const isContainer = (type: string) => type === 'docker_container';

export const dockerLabels: Rule = {
  id: 'docker-labels-complete',
  why: 'what carries no estate, environment and stack cannot be told from what somebody started by hand',
  check: ({ type, config }, { labels }) => {
    if (!LABELLED.has(type)) return undefined;
    const own = blocks(config, 'labels');
    const missing = Object.entries(labels).filter(([key, value]) => !own.some((block) => block.label === key && block.value === value));
    return missing.length > 0 ? `add labels ${missing.map(([key, value]) => `${key} = ${value}`).join(', ')}` : undefined;
  },
};

export const imagePinned: Rule = {
  id: 'docker-image-pinned',
  why: 'a tag is another program tomorrow',
  check: ({ type, config }) => {
    if (type === 'docker_image') return /@(sha256:[0-9a-f]{64}$|\$\{)/.test(String(config.name)) ? undefined : `name ${config.name} by its digest, @sha256:...`;
    return isContainer(type) && !isReference(config.image) ? 'take the image_id of a docker_image, which is pinned' : undefined;
  },
};

export const memoryLimited: Rule = {
  id: 'docker-memory-limited',
  why: 'one container that grows takes the host down with all the others',
  check: ({ type, config }) => {
    if (!isContainer(type)) return undefined;
    if (!(config.memory > 0) && !isReference(config.memory)) return 'set memory, in MB';
    return config.memory_swap === config.memory ? undefined : 'set memory_swap = memory: beside it a container may swap the host to a standstill';
  },
};

export const healthChecked: Rule = {
  id: 'docker-health-checked',
  why: 'a program that hangs looks like one that runs',
  check: ({ type, config }) => (isContainer(type) && strings(blocks(config, 'healthcheck')[0]?.test).length === 0 ? 'give it a healthcheck' : undefined),
};

export const restarts: Rule = {
  id: 'docker-restarts',
  why: 'what ended at night is still down in the morning',
  check: ({ type, config }) => (isContainer(type) && !['always', 'unless-stopped'].includes(config.restart) ? "set restart = 'unless-stopped'" : undefined),
};

export const logsRotated: Rule = {
  id: 'docker-logs-rotated',
  why: 'a container that says much fills the disk that the database is on',
  check: ({ type, config }) => {
    if (!isContainer(type)) return undefined;
    const options: Block = config.log_opts ?? {};
    return options['max-size'] && options['max-file'] ? undefined : 'set log_opts max-size and max-file';
  },
};

/** Each is root on the host, or nearly. */
const AS_GOOD_AS_ROOT = /^(CAP_)?(ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|SYS_RAWIO|NET_ADMIN|BPF|DAC_READ_SEARCH)$/;

export const notPrivileged: Rule = {
  id: 'docker-not-privileged',
  why: 'who breaks into such a container has the host',
  check: ({ type, config }) => {
    if (!isContainer(type)) return undefined;
    if (config.privileged === true) return 'take privileged out';
    for (const mode of ['network_mode', 'pid_mode', 'ipc_mode', 'userns_mode']) if (config[mode] === 'host') return `take ${mode} = 'host' out`;
    if (blocks(config, 'devices').length > 0) return 'take devices out';
    const capability = strings(blocks(config, 'capabilities')[0]?.add).find((name) => AS_GOOD_AS_ROOT.test(name));
    return capability && `take ${capability} out of its capabilities`;
  },
};

/** Folders of the host, mounted in either way. */
function hostPaths(config: Block): string[] {
  return [
    ...blocks(config, 'mounts').flatMap(({ type, source }) => (type === 'bind' ? strings(source) : [])),
    ...blocks(config, 'volumes').flatMap(({ host_path }) => strings(host_path)),
  ];
}

export const noDockerSocket: Rule = {
  id: 'docker-no-socket',
  why: "who may ask the engine may start a container as the host's root",
  check: ({ type, config }) => {
    if (!isContainer(type)) return undefined;
    const path = hostPaths(config).find((each) => /^\/((var\/)?run(\/docker\.sock)?\/?)?$|^\/(var|proc|sys|dev|root)\/?$|docker\.sock/.test(each));
    return path && `do not mount ${path}`;
  },
};

export const hostFoldersReadOnly: Rule = {
  id: 'docker-host-folders-read-only',
  why: "what a container writes into the host's folders the host believes",
  check: ({ type, config }) => {
    if (!isContainer(type)) return undefined;
    const open = [
      ...blocks(config, 'mounts').filter((mount) => mount.type === 'bind' && mount.read_only !== true),
      ...blocks(config, 'volumes').filter((volume) => volume.host_path !== undefined && volume.read_only !== true),
    ][0];
    return open && `mount ${open.source ?? open.host_path} with read_only = true, or use a volume`;
  },
};

/** An address that only the host itself has, or its private network: who comes by it is for the host's firewall to say. */
const isPrivate = (ip: unknown) => typeof ip === 'string' && /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(ip);

export const noPublishedPort: Rule = {
  id: 'docker-no-published-port',
  why: "docker's own rules let everybody in to a published port, whatever the host's firewall says",
  check: ({ type, config }) => {
    if (!isContainer(type)) return undefined;
    if (config.publish_all_ports === true) return 'take publish_all_ports out';
    const open = blocks(config, 'ports').find(({ ip }) => !isPrivate(ip));
    return (
      open && `reach port ${open.internal} over a network of containers, publish it at the host's private address, or suppress with the reason why it is public`
    );
  },
};

export const noSecretVariable: Rule = {
  id: 'docker-no-secret-variable',
  why: 'variables stand in the state, and docker inspect shows them to everybody who may ask',
  check: ({ type, config }) => {
    const name =
      isContainer(type) &&
      strings(config.env)
        .map((line) => line.split('=')[0] ?? '')
        .find((variable) => SECRET_VARIABLE.test(variable));
    return name ? `take ${name} out of env: mount the file that holds it` : undefined;
  },
};

export const networkInternal: Rule = {
  id: 'docker-network-internal',
  why: 'a container that reaches the Internet can send there what it holds',
  check: ({ type, config }) =>
    type === 'docker_network' && config.internal !== true ? 'set internal = true, or suppress with the reason why its containers need the Internet' : undefined,
};

export const ownNetworks: Rule = {
  id: 'docker-own-networks',
  why: "in docker's default network everything meets",
  check: ({ type, config }) => (isContainer(type) && blocks(config, 'networks_advanced').length === 0 ? 'name its networks in networks_advanced' : undefined),
};

export const DOCKER: readonly Rule[] = [
  dockerLabels,
  imagePinned,
  memoryLimited,
  healthChecked,
  restarts,
  logsRotated,
  notPrivileged,
  noDockerSocket,
  hostFoldersReadOnly,
  noPublishedPort,
  noSecretVariable,
  networkInternal,
  ownNetworks,
];
