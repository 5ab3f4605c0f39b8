import type { Synthesized } from '../../../constructs/policy';
import { type Case, context } from './cases';

/** Linode's and docker's rules: what a machine is, and what runs in containers on it. */

type Config = Synthesized['config'];

const keep = { prevent_destroy: true };
const tags = Object.entries(context.labels).map(([key, value]) => `${key}:${value}`);
const labels = Object.entries(context.labels).map(([label, value]) => ({ label, value }));

const machine: Config = {
  label: 'smithwicks',
  region: 'us-east',
  type: 'g6-standard-4',
  backups_enabled: true,
  disk_encryption: 'enabled',
  firewall_id: '${linode_firewall.f.id}',
  tags,
  lifecycle: keep,
};

const firewall: Config = {
  label: 'smithwicks',
  inbound_policy: 'DROP',
  outbound_policy: 'ACCEPT',
  inbound: [{ label: 'ssh', action: 'ACCEPT', protocol: 'TCP', ports: '22', ipv4: ['192.0.2.0/24'], ipv6: ['2001:db8::/32'] }],
  tags,
};

const balancer: Config = {
  label: 'vulpine',
  region: 'us-east',
  firewall_id: '${linode_firewall.f.id}',
  vpcs: [{ subnet_id: 3, ipv4_range: '10.0.0.248/30' }],
  tags,
  lifecycle: keep,
};

const container: Config = {
  name: 'vulpine-web-1',
  image: '${docker_image.web.image_id}',
  restart: 'unless-stopped',
  memory: 768,
  memory_swap: 768,
  env: ['RAILS_ENV=production', 'POSTGRES_PASSWORD_FILE=/run/secrets/database/DB_PASS'],
  healthcheck: { test: ['CMD', 'true'] },
  log_opts: { 'max-size': '20m', 'max-file': '5' },
  capabilities: { drop: ['ALL'], add: ['CAP_SETUID'] },
  networks_advanced: [{ name: '${docker_network.db.name}' }],
  mounts: [
    { type: 'bind', source: '/etc/vulpine/vulpine/database', target: '/run/secrets/database', read_only: true },
    { type: 'volume', source: 'vulpine-media', target: '/media', read_only: false },
  ],
  labels,
};

/** A change of one container. */
const ofContainer = (rule: string, change: string, remedy: string, breakIt: (config: Config) => void): Case => ({
  rule,
  change,
  type: 'docker_container',
  good: container,
  breakIt,
  remedy,
});

export const hostCases: readonly Case[] = [
  {
    rule: 'linode-labels-complete',
    change: 'a tag is missing',
    type: 'linode_instance',
    good: machine,
    breakIt: (config) => {
      config.tags = tags.slice(1);
    },
    remedy: 'add estate:moshi to its tags',
  },
  {
    rule: 'linode-firewall-required',
    change: 'the machine names no firewall',
    type: 'linode_instance',
    good: machine,
    breakIt: (config) => {
      delete config.firewall_id;
    },
    remedy: 'set firewall_id',
  },
  {
    rule: 'linode-firewall-required',
    change: 'the firewall names other machines',
    type: 'linode_instance',
    good: (({ firewall_id: _, ...rest }) => rest)(machine),
    beside: [
      { path: 'stack/firewall', type: 'linode_firewall', address: 'linode_firewall.f', config: { ...firewall, linodes: ['${linode_instance.subject.id}'] } },
    ],
    breakIt: (_config, beside) => {
      for (const { config } of beside) config.linodes = ['${linode_instance.other.id}'];
    },
    remedy: 'set firewall_id',
  },
  {
    rule: 'linode-firewall-required',
    change: 'the firewall is of a machine, and not of the balancer',
    type: 'linode_nodebalancer',
    good: { ...balancer, firewall_id: undefined },
    beside: [
      {
        path: 'stack/firewall',
        type: 'linode_firewall',
        address: 'linode_firewall.f',
        config: { ...firewall, nodebalancers: ['${linode_nodebalancer.subject.id}'] },
      },
    ],
    breakIt: (_config, beside) => {
      for (const { config } of beside) {
        config.linodes = config.nodebalancers;
        delete config.nodebalancers;
      }
    },
    remedy: 'set firewall_id',
  },
  {
    rule: 'linode-balancer-private-backends',
    change: 'it speaks to hosts from any address',
    type: 'linode_nodebalancer',
    good: balancer,
    breakIt: (config) => {
      delete config.vpcs[0].ipv4_range;
    },
    remedy: 'set vpcs with ipv4_range',
  },
  {
    rule: 'linode-balancer-private-backends',
    change: 'a host is not reached in its VPC',
    type: 'linode_nodebalancer_node',
    good: { nodebalancer_id: 1, config_id: 2, label: 'porter', address: '10.0.0.10:443', subnet_id: 3 },
    breakIt: (config) => {
      delete config.subnet_id;
    },
    remedy: 'set subnet_id',
  },
  {
    rule: 'linode-balancer-checks',
    change: 'a host that is down gets connections',
    type: 'linode_nodebalancer_config',
    good: { nodebalancer_id: 1, port: 443, protocol: 'tcp', check: 'connection' },
    breakIt: (config) => {
      config.check = 'none';
    },
    remedy: "set check = 'connection'",
  },
  {
    rule: 'linode-firewall-drops',
    change: 'what no rule names comes in',
    type: 'linode_firewall',
    good: firewall,
    breakIt: (config) => {
      config.inbound_policy = 'ACCEPT';
    },
    remedy: "set inbound_policy = 'DROP'",
  },
  {
    rule: 'linode-firewall-drops',
    change: 'it is switched off',
    type: 'linode_firewall',
    good: firewall,
    breakIt: (config) => {
      config.disabled = true;
    },
    remedy: 'take disabled = true out',
  },
  {
    rule: 'linode-no-open-ingress',
    change: 'a port is open to everybody',
    type: 'linode_firewall',
    good: firewall,
    breakIt: (config) => {
      config.inbound.push({ label: 'db', action: 'ACCEPT', protocol: 'TCP', ports: '5432', ipv6: ['::/0'] });
    },
    remedy: 'by rule db',
  },
  {
    // where a reason lets everybody in to some ports, ssh is not among them
    rule: 'linode-no-open-ssh',
    change: 'a range of ports with 22 in it is open to half of the Internet',
    type: 'linode_firewall',
    good: { ...firewall, inbound: [{ label: 'ssh', action: 'ACCEPT', protocol: 'TCP', ports: '20-30', ipv4: ['192.0.2.0/24'] }] },
    breakIt: (config) => {
      config.inbound[0].ipv4 = ['128.0.0.0/1'];
    },
    remedy: 'open port 22 to the ranges of admins only',
  },
  {
    rule: 'linode-backups-on',
    change: 'nothing is said of backups',
    type: 'linode_instance',
    good: machine,
    breakIt: (config) => {
      delete config.backups_enabled;
    },
    remedy: 'set backups_enabled = true',
  },
  {
    rule: 'linode-disk-encrypted',
    change: 'the disk is not encrypted',
    type: 'linode_instance',
    good: machine,
    breakIt: (config) => {
      config.disk_encryption = 'disabled';
    },
    remedy: "set disk_encryption = 'enabled'",
  },
  {
    rule: 'linode-no-root-password',
    change: 'root has a password',
    type: 'linode_instance',
    good: machine,
    breakIt: (config) => {
      config.root_pass = '${var.root_pass}';
    },
    remedy: 'take root_pass out',
  },
  {
    rule: 'docker-labels-complete',
    change: 'a label is missing',
    type: 'docker_volume',
    good: { name: 'vulpine-db', labels, lifecycle: keep },
    breakIt: (config) => {
      config.labels.shift();
    },
    remedy: 'add labels estate = moshi',
  },
  {
    rule: 'docker-image-pinned',
    change: 'it is named by a tag',
    type: 'docker_image',
    good: { name: `redis@sha256:${'a'.repeat(64)}` },
    breakIt: (config) => {
      config.name = 'redis:7.4-alpine';
    },
    remedy: 'name redis:7.4-alpine by its digest',
  },
  ofContainer('docker-image-pinned', 'its image is only a name', 'take the image_id of a docker_image', (config) => {
    config.image = 'redis:7.4-alpine';
  }),
  ofContainer('docker-memory-limited', 'it has no limit', 'set memory', (config) => {
    delete config.memory;
  }),
  ofContainer('docker-memory-limited', 'it may swap', 'set memory_swap', (config) => {
    delete config.memory_swap;
  }),
  ofContainer('docker-health-checked', 'nobody asks it how it is', 'give it a healthcheck', (config) => {
    delete config.healthcheck;
  }),
  ofContainer('docker-restarts', 'it stays down', "set restart = 'unless-stopped'", (config) => {
    config.restart = 'on-failure';
  }),
  ofContainer('docker-logs-rotated', 'its log has no end', 'set log_opts', (config) => {
    delete config.log_opts['max-file'];
  }),
  ofContainer('docker-not-privileged', 'it is privileged', 'take privileged out', (config) => {
    config.privileged = true;
  }),
  ofContainer('docker-not-privileged', 'it shares the network of the host', "take network_mode = 'host' out", (config) => {
    config.network_mode = 'host';
  }),
  ofContainer('docker-not-privileged', 'it may do what root may', 'take CAP_SYS_ADMIN out', (config) => {
    config.capabilities.add.push('CAP_SYS_ADMIN');
  }),
  ofContainer('docker-not-privileged', 'it has a device of the host', 'take devices out', (config) => {
    config.devices = [{ host_path: '/dev/sda' }];
  }),
  ofContainer('docker-no-socket', 'the socket is mounted', 'do not mount /var/run/docker.sock', (config) => {
    config.mounts.push({ type: 'bind', source: '/var/run/docker.sock', target: '/var/run/docker.sock', read_only: true });
  }),
  ofContainer('docker-no-socket', 'the whole host is mounted', 'do not mount /', (config) => {
    config.volumes = [{ host_path: '/', container_path: '/host', read_only: true }];
  }),
  ofContainer('docker-host-folders-read-only', 'it writes where its secrets are', 'mount /etc/vulpine/vulpine/database with read_only', (config) => {
    config.mounts[0].read_only = false;
  }),
  ofContainer('docker-no-published-port', "a port of it is everybody's", 'reach port 3000 over a network', (config) => {
    config.ports = [{ internal: 3000, external: 3000 }];
  }),
  {
    ...ofContainer('docker-no-published-port', "a port of the private network is everybody's", 'publish it at the host', (config) => {
      config.ports[0].ip = '0.0.0.0';
    }),
    good: { ...container, ports: [{ internal: 3000, external: 3000, ip: '10.0.0.10' }] },
  },
  ofContainer('docker-no-published-port', "all ports of it are everybody's", 'take publish_all_ports out', (config) => {
    config.publish_all_ports = true;
  }),
  ofContainer('docker-no-secret-variable', 'a variable holds a secret that only Terraform knows', 'take DB_PASS out of env', (config) => {
    config.env.push('DB_PASS=${var.db_pass}');
  }),
  ofContainer('docker-own-networks', 'it is where everything is', 'name its networks', (config) => {
    delete config.networks_advanced;
  }),
  {
    rule: 'docker-network-internal',
    change: 'it leads to the Internet',
    type: 'docker_network',
    good: { name: 'vulpine_db_network', internal: true, labels },
    breakIt: (config) => {
      config.internal = false;
    },
    remedy: 'set internal = true',
  },
];
