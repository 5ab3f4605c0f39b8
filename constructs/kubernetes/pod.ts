import type { DeploymentV1SpecTemplateSpec, DeploymentV1SpecTemplateSpecVolume } from '@cdktf/provider-kubernetes/lib/deployment-v1';
import { templateText } from '../core/template-text';

/** How somebody finds out whether it answers: a command in the container. */
export interface Check {
  readonly command: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** Failures in this time after the start do not count. */
  readonly startSeconds: number;
}

export type Mount = {
  /** Unique in the pod; files of one config map share one. */
  readonly name: string;
  readonly to: string;
} & (
  | Part
  /** Of several, in one folder. */
  | { readonly parts: readonly Part[] }
  /** One file of it, at `to`. */
  | { readonly configMap: string; readonly key: string }
  /** Gone with the pod. */
  | { readonly scratchMb: number }
  /** Of the set's claims, which has this name. It is there when the pod comes back. */
  | { readonly claimGb: number }
  /** A folder of a claim that is another one's, whose pod is on the same node. */
  | { readonly claim: string; readonly folder: string; readonly readOnly: boolean }
);

/** Files by their keys, or by other names for some of the keys: those only. */
export type Part = { readonly files?: Readonly<Record<string, string>> } & (
  | { readonly secret: string }
  | { readonly configMap: string /** @default false */; readonly executable?: boolean }
);

export interface PodProps {
  readonly name: string;
  /** By digest. */
  readonly image: string;
  /** @default the image's own */
  readonly entrypoint?: readonly string[];
  /** @default the image's own */
  readonly command?: readonly string[];
  /** Who it is, by number, and the group of what it keeps. @default the image's own: root where that says nothing */
  readonly user?: { readonly id: number; readonly filesGroup: number };
  /** Never a secret: mount that. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Promised, and not exceeded. */
  readonly memoryMb: number;
  /** @default nobody asks: it runs to its end */
  readonly check?: Check;
  /** Whether it starts again when the check fails for long; what holds data may need longer than anybody foresaw. */
  readonly restartsWhenUnwell: boolean;
  readonly ports?: readonly number[];
  readonly mounts?: readonly Mount[];
  /** What its program may do of what root can, as CAP_CHOWN. @default nothing */
  readonly capabilities?: readonly string[];
  readonly stopSeconds: number;
}

/** Of a core: what the scheduler reckons with. More is taken when there is more. */
const CPU_REQUEST = '50m';

/** One container, as safe as its program bears. */
export function podSpec(props: PodProps): DeploymentV1SpecTemplateSpec {
  const { name, image, entrypoint, command, user, environment = {}, memoryMb, check, ports = [], mounts = [], capabilities = [], stopSeconds } = props;
  const memory = `${memoryMb}Mi`;
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false, // a service called redis would set REDIS_PORT to something that is no port
    shareProcessNamespace: true, // somebody reaps what is left over
    terminationGracePeriodSeconds: stopSeconds,
    securityContext: {
      seccompProfile: { type: 'RuntimeDefault' },
      ...(user && { runAsNonRoot: true, runAsUser: `${user.id}`, fsGroup: `${user.filesGroup}`, fsGroupChangePolicy: 'OnRootMismatch' }),
    },
    container: [
      {
        name,
        image,
        ...(entrypoint && { command: entrypoint.map(runtimeText) }),
        ...(command && { args: command.map(runtimeText) }),
        env: Object.entries(environment).map(([variable, value]) => ({ name: variable, value: runtimeText(value) })),
        ...(ports.length > 0 && { port: ports.map((containerPort) => ({ containerPort, protocol: 'TCP' })) }),
        resources: { limits: { memory }, requests: { memory, cpu: CPU_REQUEST } },
        ...(check && probesOf(check, props.restartsWhenUnwell)),
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'], ...(capabilities.length > 0 && { add: capabilities.map((capability) => capability.replace(/^CAP_/, '')) }) },
        },
        volumeMount: mounts.map((mount) => ({
          name: mount.name,
          mountPath: mount.to,
          readOnly: 'claim' in mount ? mount.readOnly : !('scratchMb' in mount || 'claimGb' in mount),
          ...('key' in mount && { subPath: mount.key }),
          // below the root of the disk, which has a lost+found that databases take offence at
          ...('claimGb' in mount && { subPath: mount.name }),
          ...('claim' in mount && { subPath: mount.folder }),
        })),
      },
    ],
    volume: [...new Map(mounts.flatMap(volumeOf).map((volume) => [volume.name, volume])).values()],
  };
}

function probesOf({ command, intervalSeconds, timeoutSeconds, startSeconds }: Check, restartsWhenUnwell: boolean) {
  const probe = { exec: { command: command.map(runtimeText) }, periodSeconds: intervalSeconds, timeoutSeconds, failureThreshold: 3 };
  return {
    readinessProbe: probe,
    ...(restartsWhenUnwell && {
      livenessProbe: probe,
      startupProbe: { ...probe, failureThreshold: Math.max(3, Math.ceil(startSeconds / intervalSeconds)) },
    }),
  };
}

/** Owner only: a container's root, or nobody. */
const SECRET_MODE = '0400';

function volumeOf(mount: Mount): DeploymentV1SpecTemplateSpecVolume[] {
  const { name } = mount;
  if ('claimGb' in mount) return [];
  if ('claim' in mount) return [{ name, persistentVolumeClaim: { claimName: mount.claim } }];
  if ('scratchMb' in mount) return [{ name, emptyDir: { sizeLimit: `${mount.scratchMb}Mi` } }];
  if ('parts' in mount) return [{ name, projected: [{ defaultMode: SECRET_MODE, sources: mount.parts.map(sourceOf) }] }];
  if ('secret' in mount) return [{ name, secret: { secretName: mount.secret, defaultMode: SECRET_MODE, ...itemsOf(mount) } }];
  const mode = 'executable' in mount && mount.executable === true && { defaultMode: '0555' };
  return [{ name, configMap: { name: mount.configMap, ...mode, ...('files' in mount && itemsOf(mount)) } }];
}

function sourceOf(part: Part) {
  return 'secret' in part ? { secret: [{ name: part.secret, ...itemsOf(part) }] } : { configMap: [{ name: part.configMap, ...itemsOf(part) }] };
}

function itemsOf({ files }: Pick<Part, 'files'>): { items?: { key: string; path: string }[] } {
  return files ? { items: Object.entries(files).map(([key, path]) => ({ key, path })) } : {};
}

/** Kubernetes puts variables in for `$(NAME)` in commands, checks and variables, and makes one `$` of two. */
const runtimeText = (text: string): string => templateText(text.replace(/\$(?=[$(])/g, () => '$$'));
