import type * as z from 'zod';
import type { MachineFile } from '../../../constructs/core/cloud-config';
import { SERVICES, type ServiceName } from '../../../services/contracts/egf2-services';
import { unitName } from '../names';
import type { launcherOptions, serviceOptions } from './fields';
import type { Step } from './steps';
import { REPLACED_DEPENDENCIES, type Versions } from './versions';

/** What every machine begins with: the agent early, so that somebody can look at one on which a later step fails. */
export function firstSteps(region: string, { ssmAgent }: Versions): Step[] {
  return [{ script: 'secure-mirrors' }, { script: 'install-ssm-agent', environment: { ...ssmAgent.environment, AWS_REGION: region } }];
}

/** Node and the launcher, without which no service starts. */
export function launcherSteps({ bucket, region, launcherSha256 }: z.output<typeof launcherOptions>, versions: Versions): Step[] {
  return [
    { script: 'install-node', environment: versions.node.environment },
    { script: 'install-launcher', environment: { LAUNCHER_BUCKET: bucket, LAUNCHER_SHA256: launcherSha256, AWS_REGION: region } },
  ];
}

export function installStep(service: ServiceName, { source }: z.output<typeof serviceOptions>): Step {
  const dependencies = Object.entries({ ...REPLACED_DEPENDENCIES, ...source.dependencies }).map(([name, specification]) => `${name}@${specification}`);
  return {
    script: 'install-service',
    of: service,
    environment: { SERVICE: service, REPOSITORY: source.repository, COMMIT: source.commit, DEPENDENCIES: dependencies.sort().join(' ') },
  };
}

export function checkStep(service: ServiceName): Step {
  return { script: 'check-service', of: service, environment: { SERVICE: service, PORTS: portsOf(service).join(' ') } };
}

/** Every port of a service. */
export function portsOf(service: ServiceName): number[] {
  const { port, webSocketPort } = SERVICES[service];
  return [port, webSocketPort].filter((value) => value !== undefined);
}

/**
 * A path that a running service answers with less than 500, for load balancers: the framework has no health check, and its
 * servers say 404 to what they do not know. The WebSocket server leaves everything but its own paths without an answer.
 */
export function healthPathOf(service: ServiceName, port: 'port' | 'webSocketPort'): string | undefined {
  if (SERVICES[service][port] === undefined) return undefined;
  return port === 'port' ? '/' : `${SERVICES[service].publicWebSocketPaths?.[0]}/spec`;
}

/** A service as systemd runs it: for ever, as a user of its own, started again whatever ends it. */
export function unit(
  service: ServiceName,
  { bucket, region }: z.output<typeof launcherOptions>,
  { memoryMb, overrides }: z.output<typeof serviceOptions>,
): MachineFile {
  const launch = `/usr/local/bin/node /opt/launcher.js --config s3://${bucket}/config/${service}.json --service ${service}`;
  // names such as egf_client-data are none for systemd's Environment=
  const assignments = Object.entries(overrides).map(([option, value]) => unitQuoted(`egf_${option}=${value}`));
  const command = [...(assignments.length > 0 ? ['/usr/bin/env', ...assignments] : []), launch].join(' ');
  const lines = [
    '[Unit]',
    `Description=EGF2 ${service}`,
    'Wants=network-online.target',
    'After=network-online.target egf2-rethinkdb.service egf2-elasticsearch.service',
    `ConditionPathExists=/opt/egf2/${service}/index.js`,
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    `ExecStart=${command} -- /usr/local/bin/node /opt/egf2/${service}/index.js`,
    `User=egf2-${service}`,
    `Group=egf2-${service}`,
    `WorkingDirectory=/opt/egf2/${service}`,
    'Environment=NODE_ENV=production',
    `Environment=AWS_REGION=${region}`,
    // with this the framework's client of Kafka speaks TLS, and MSK speaks nothing else; its config document cannot say so
    'Environment=KAFKA_CLIENT_CA=/etc/ssl/certs/ca-certificates.crt',
    `Environment=NODE_OPTIONS=--max-old-space-size=${Math.floor(memoryMb * 0.6)}`,
    'Restart=always',
    'RestartSec=5',
    'TimeoutStopSec=15',
    // the launcher passes the signal on; when it is gone, what it started goes too
    'KillMode=mixed',
    'SuccessExitStatus=143',
    `MemoryHigh=${Math.floor(memoryMb * 0.9)}M`,
    `MemoryMax=${memoryMb}M`,
    'TasksMax=64',
    'LimitNOFILE=16384',
    'UMask=0077',
    'NoNewPrivileges=yes',
    'CapabilityBoundingSet=',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'ProtectProc=invisible',
    'ProtectClock=yes',
    'ProtectHostname=yes',
    'ProtectKernelLogs=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelTunables=yes',
    'ProtectControlGroups=yes',
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    'RemoveIPC=yes',
    'SystemCallArchitectures=native',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ];
  return { path: `/etc/systemd/system/${unitName(service)}`, content: `${lines.join('\n')}\n` };
}

/** One word of ExecStart that means itself. */
export function unitQuoted(word: string): string {
  return `"${word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$')}"`;
}
