import type { Container } from './containers';

export interface UnitProps {
  /** Who is told to mend what is missing. */
  readonly estate: string;
  /** Path of the start script on the machine. */
  readonly script: string;
  /** Whether health checkers ask this container: the system lets nobody in but ssh. */
  readonly isChecked: boolean;
}

/** Seconds that a container has to end: the runtimes take ten at most. */
const END = 15;

/** systemd's name of a container. */
export function unitName({ name }: Pick<Container, 'name'>): string {
  return `container-${name}.service`;
}

/** A container as systemd runs it: for ever, and started again whatever ends it. */
export function unit({ name, image, memoryMb, port }: Container, { estate, script, isChecked }: UnitProps): string {
  const rule = `INPUT -p tcp --dport ${port} -j ACCEPT`;
  const open = `ExecStartPre=/bin/bash -c 'iptables -w -C ${rule} 2>/dev/null || iptables -w -A ${rule}'`;
  return `${[
    '[Unit]',
    `Description=Container ${name}`,
    'Wants=docker.service network-online.target',
    'After=docker.service network-online.target',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    `Environment=CONTAINER=${name}`,
    `Environment=IMAGE=${image}`,
    `Environment=MEMORY_MB=${memoryMb}`,
    `Environment=ESTATE=${estate}`,
    `RuntimeDirectory=container-${name}`,
    'RuntimeDirectoryMode=0700',
    ...(isChecked ? [open] : []),
    `ExecStart=/bin/bash ${script}`,
    `ExecStop=-/usr/bin/docker stop -t ${END} ${name}`,
    `TimeoutStopSec=${END + 15}`,
    'Restart=always',
    'RestartSec=10',
    'StandardOutput=journal+console',
    'StandardError=journal+console',
  ].join('\n')}\n`;
}
