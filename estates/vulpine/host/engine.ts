import { DOCKER_NETWORK_BITS, DOCKER_POOL } from '../../../config/vulpine/docker-pool';
import { type HostPart, lines } from './part';

/** The first with routed IPv6 and isolated networks that no bug of them is known of; its key is in Docker's installation guide. */
export const DOCKER = { DOCKER_MAJOR: '28', DOCKER_KEY_FINGERPRINT: '9DC858229FC7DD38854AE2D88D81803C0EBFCD88' } as const;

/** A machine that containers run on: the engine, forwarding, ssh by key only, upgrades by itself. */
export const ENGINE: HostPart = {
  units: ['docker.service', 'unattended-upgrades.service'],
  packages: ['ca-certificates', 'curl', 'gnupg', 'rsync', 'unattended-upgrades'],
  files: [
    {
      path: '/etc/docker/daemon.json',
      content: `${JSON.stringify(
        {
          ipv6: true,
          ip6tables: true,
          // for IPv6 it makes a private prefix of its own, as without this
          'default-address-pools': [{ base: DOCKER_POOL, size: DOCKER_NETWORK_BITS }],
          'userland-proxy': false,
          'live-restore': true,
          'log-driver': 'json-file',
          'log-opts': { 'max-size': '20m', 'max-file': '5' },
        },
        null,
        2,
      )}\n`,
      mode: '0644',
    },
    {
      path: '/etc/sysctl.d/90-vulpine.conf',
      content: lines(
        'net.ipv4.ip_forward = 1',
        'net.ipv6.conf.all.forwarding = 1',
        'net.ipv6.conf.default.forwarding = 1',
        'net.ipv6.conf.eth0.accept_ra = 2',
        'vm.max_map_count = 262144',
        'vm.overcommit_memory = 1',
      ),
      mode: '0644',
    },
    {
      path: '/etc/ssh/sshd_config.d/10-vulpine.conf',
      content: lines('PermitRootLogin no', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no'),
      mode: '0644',
    },
    {
      path: '/etc/apt/apt.conf.d/52vulpine',
      content: lines(
        'APT::Periodic::Update-Package-Lists "1";',
        'APT::Periodic::Unattended-Upgrade "1";',
        'Unattended-Upgrade::Automatic-Reboot "true";',
        'Unattended-Upgrade::Automatic-Reboot-Time "09:00";',
      ),
      mode: '0644',
    },
  ],
};
