import { type Block, blocks, isReference, strings } from './blocks';
import { isInternet } from './internet';
import type { Rule, Synthesized } from './rule';
import { SECRET_VARIABLE } from './secrets';

const isKubernetes = (type: string) => type.startsWith('kubernetes_');
const isSecret = (type: string) => /^kubernetes_secret(_v1)?(_data)?$/.test(type);
const isService = (type: string) => /^kubernetes_service(_v1)?$/.test(type);
const isNamespace = (type: string) => /^kubernetes_namespace(_v1)?$/.test(type);
const metadata = (config: Block): Block => blocks(config, 'metadata')[0] ?? {};

/** What a resource says of its pods, wherever its type has it; none of a resource that has no pods. */
function podsOf({ type, config }: Synthesized): Block[] {
  const kind = /^kubernetes_(.*?)(_v1)?$/.exec(type)?.[1] ?? '';
  if (kind === 'pod') return blocks(config, 'spec');
  if (['deployment', 'stateful_set', 'daemonset', 'daemon_set', 'replication_controller', 'job'].includes(kind))
    return blocks(config, 'spec', 'template', 'spec');
  return kind === 'cron_job' ? blocks(config, 'spec', 'job_template', 'spec', 'template', 'spec') : [];
}

const containersOf = (resource: Synthesized): Block[] => podsOf(resource).flatMap((pod) => [...blocks(pod, 'container'), ...blocks(pod, 'init_container')]);

/** The remedy for the first of its containers that needs one. */
function first(resource: Synthesized, remedy: (container: Block) => string | undefined): string | undefined {
  return containersOf(resource)
    .map(remedy)
    .find((found) => found !== undefined);
}

export const kubernetesLabels: Rule = {
  id: 'kubernetes-labels-complete',
  why: 'what carries no estate, environment and stack cannot be told from what somebody made by hand',
  check: ({ type, config }, { labels }) => {
    if (!isKubernetes(type)) return undefined;
    const own: Block = metadata(config).labels ?? {};
    const missing = Object.entries(labels).filter(([key, value]) => own[key] !== value);
    return missing.length > 0 ? `add ${missing.map(([key, value]) => `${key} = ${value}`).join(', ')} to metadata.labels` : undefined;
  },
};

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
export const kubernetesNames: Rule = {
  id: 'kubernetes-name-legal',
  why: 'the cluster refuses the name in the middle of a deploy',
  check: ({ type, config }) => {
    const { name } = metadata(config);
    if (!isKubernetes(type) || typeof name !== 'string' || isReference(name)) return undefined;
    const legal = isService(type) ? /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/ : /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
    if (legal.test(name)) return undefined;
    const start = isService(type) ? 'starting with a letter' : 'starting with a letter or digit';
    return `choose another name than ${JSON.stringify(name)}; 1-63 characters, lower-case letters, digits and hyphens, ${start}, ending with a letter or digit`;
  },
};

/** Each is root on the node, or nearly. */
const AS_GOOD_AS_ROOT = /^(CAP_)?(ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|SYS_RAWIO|NET_ADMIN|NET_RAW|BPF|DAC_READ_SEARCH)$/;

export const podsNotPrivileged: Rule = {
  id: 'kubernetes-not-privileged',
  why: 'who breaks into such a container has the node, and with it what runs there',
  check: (resource) =>
    first(resource, (container) => {
      const [context = {}] = blocks(container, 'security_context');
      const [capabilities = {}] = blocks(context, 'capabilities');
      if (context.privileged === true) return 'take privileged out';
      if (context.allow_privilege_escalation !== false) return `set allow_privilege_escalation = false on ${container.name}`;
      if (!strings(capabilities.drop).includes('ALL')) return `drop ALL capabilities of ${container.name}, and add what it needs`;
      const capability = strings(capabilities.add).find((name) => AS_GOOD_AS_ROOT.test(name));
      return capability && `take ${capability} out of the capabilities of ${container.name}`;
    }),
};

export const podsSeccomp: Rule = {
  id: 'kubernetes-seccomp',
  why: 'without a profile a program may make every call to the kernel that there is',
  check: (resource) => {
    const confined = (block: Block) => ['RuntimeDefault', 'Localhost'].includes(blocks(block, 'security_context', 'seccomp_profile')[0]?.type);
    const open = podsOf(resource).find((pod) => !confined(pod) && blocks(pod, 'container').some((container) => !confined(container)));
    return open && "set security_context.seccomp_profile.type = 'RuntimeDefault'";
  },
};

export const podsNotOfHost: Rule = {
  id: 'kubernetes-not-of-host',
  why: "what shares the node's network, processes or files goes around every network policy",
  check: (resource) => {
    for (const pod of podsOf(resource)) {
      for (const mode of ['host_network', 'host_pid', 'host_ipc']) if (pod[mode] === true) return `take ${mode} out`;
      const [volume] = blocks(pod, 'volume').filter((each) => blocks(each, 'host_path').length > 0);
      if (volume) return `take the host_path of volume ${volume.name} out`;
    }
    return first(
      resource,
      (container) => blocks(container, 'port').find(({ host_port }) => host_port !== undefined) && `take host_port of ${container.name} out`,
    );
  },
};

export const podsLimited: Rule = {
  id: 'kubernetes-memory-limited',
  why: 'one container that grows takes the node down with all the others',
  check: (resource) =>
    first(resource, (container) => {
      const [resources = {}] = blocks(container, 'resources');
      const [limit, request] = [resources.limits?.memory, resources.requests?.memory];
      if (limit === undefined) return `set resources.limits.memory of ${container.name}`;
      return request === limit ? undefined : `request as much memory for ${container.name} as its limit: a node that has promised more than it has kills`;
    }),
};

export const podImagesPinned: Rule = {
  id: 'kubernetes-image-pinned',
  why: 'a tag is another program tomorrow, and on each node another day',
  check: (resource) =>
    first(resource, ({ image }) => (/@(sha256:[0-9a-f]{64}$|\$\{)/.test(String(image)) ? undefined : `name ${image} by its digest, @sha256:...`)),
};

export const podsWithoutToken: Rule = {
  id: 'kubernetes-no-service-account-token',
  why: 'who breaks into a pod with a token asks the cluster next',
  check: (resource) => {
    const pod = podsOf(resource).find((each) => each.automount_service_account_token !== false);
    return pod && 'set automount_service_account_token = false, or suppress with what the pod asks the cluster for';
  },
};

export const podsProbed: Rule = {
  id: 'kubernetes-readiness-probed',
  why: 'a program that hangs gets requests like one that runs',
  check: (resource) =>
    /_(job|cron_job)(_v1)?$/.test(resource.type)
      ? undefined
      : podsOf(resource)
          .flatMap((pod) => blocks(pod, 'container'))
          .filter((container) => blocks(container, 'readiness_probe').length === 0)
          .map(({ name }) => `give ${name} a readiness_probe`)[0],
};

export const noSecretInVariables: Rule = {
  id: 'kubernetes-no-secret-variable',
  why: 'variables are in the dump of every crash, and in those of every program that the container starts',
  check: (resource) =>
    first(resource, (container) => {
      if (blocks(container, 'env_from', 'secret_ref').length > 0) return `take env_from.secret_ref of ${container.name} out: mount the secret as files`;
      const variable = blocks(container, 'env').find((env) => blocks(env, 'value_from', 'secret_key_ref').length > 0 || SECRET_VARIABLE.test(env.name));
      return variable && `take ${variable.name} out of the variables of ${container.name}: mount the secret as files`;
    }),
};

export const noSecretInState: Rule = {
  id: 'kubernetes-no-secret-in-state',
  why: 'Terraform keeps what it puts into a secret as plain text, for everybody who may deploy',
  check: ({ type, config }) => {
    if (!isSecret(type)) return undefined;
    const argument = ['data', 'binary_data', 'data_wo', 'binary_data_wo'].find((name) => config[name] !== undefined);
    return argument && `take ${argument} out: fill the secret by make secrets`;
  },
};

export const podSecurity: Rule = {
  id: 'kubernetes-pod-security',
  why: 'what somebody starts by hand in such a namespace may be root on the node',
  check: ({ type, config }) =>
    isNamespace(type) && !['restricted', 'baseline'].includes(metadata(config).labels?.['pod-security.kubernetes.io/enforce'])
      ? "set the label pod-security.kubernetes.io/enforce to 'restricted', or to 'baseline' where root is needed"
      : undefined,
};

/** A policy that takes all pods, and lets nothing through. */
function deniesAll({ type, config }: Synthesized): boolean {
  if (!/^kubernetes_network_policy(_v1)?$/.test(type)) return false;
  const [spec = {}] = blocks(config, 'spec');
  const [selector = {}] = blocks(spec, 'pod_selector');
  const both = ['Ingress', 'Egress'].every((direction) => strings(spec.policy_types).includes(direction));
  const isEmpty = Object.keys(selector.match_labels ?? {}).length === 0 && blocks(selector, 'match_expressions').length === 0;
  return both && isEmpty && blocks(spec, 'ingress').length === 0 && blocks(spec, 'egress').length === 0;
}

export const deniedByDefault: Rule = {
  id: 'kubernetes-denied-by-default',
  why: 'a pod that no policy names reaches everything, and everything reaches it',
  check: ({ type, config, address }, _context, stack) => {
    if (!isNamespace(type)) return undefined;
    const names = (value: unknown) => value === metadata(config).name || (address !== undefined && String(value).startsWith(`\${${address}.metadata`));
    return stack.some((other) => deniesAll(other) && names(metadata(other.config).namespace))
      ? undefined
      : 'give it a network policy for all pods, of both directions, that lets nothing through';
  },
};

export const noOpenLoadBalancer: Rule = {
  id: 'kubernetes-no-open-load-balancer',
  why: 'ports that are open to everybody are found within minutes',
  check: ({ type, config }) => {
    const [spec = {}] = isService(type) ? blocks(config, 'spec') : [];
    if (spec.type === 'NodePort') return 'use a ClusterIP or a LoadBalancer: a NodePort is open on every node';
    if (spec.type !== 'LoadBalancer') return undefined;
    const ranges = strings(spec.load_balancer_source_ranges);
    return ranges.length === 0 || ranges.some(isInternet) ? 'set load_balancer_source_ranges, or suppress with the reason why it is public' : undefined;
  },
};

export const KUBERNETES: readonly Rule[] = [
  kubernetesLabels,
  kubernetesNames,
  podsNotPrivileged,
  podsSeccomp,
  podsNotOfHost,
  podsLimited,
  podImagesPinned,
  podsWithoutToken,
  podsProbed,
  noSecretInVariables,
  noSecretInState,
  podSecurity,
  deniedByDefault,
  noOpenLoadBalancer,
];
