import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse as parseYaml } from 'yaml';
import { cloudConfig } from '../../../constructs/core/cloud-config';
import { scraperEnvironment } from '../../../services/contracts/filmlinkd-environment';
import { machineFiles, machineStack, type TestContainer } from '../../support/container-machine';
import { ROOT } from '../../support/repository';
import { onlyResource } from '../../support/synth';

const scraper: TestContainer = { name: 'scraper', variables: { MODE: 'general' }, secrets: { LETTERBOXD_API_KEY: 'LETTERBOXD_API_KEY' } };
const vip: TestContainer = { name: 'vip', memoryMb: 250, variables: { MODE: 'vip' }, secrets: { LETTERBOXD_API_KEY: 'LETTERBOXD_API_KEY' } };
const both = machineStack([scraper, vip]);
const file = (json: string, path: string) => machineFiles(json).files.get(path) ?? `no ${path}`;

describe('the machine', () => {
  const template = onlyResource(both, 'google_compute_instance_template');

  test('is shielded, has no external address, and lets in nobody but through OS Login', () => {
    expect(template).toMatchObject({
      name_prefix: 'bot-scraper-1-',
      machine_type: 'e2-micro',
      tags: ['allow-health-checks'],
      disk: [{ source_image: 'projects/cos-cloud/global/images/family/cos-stable', boot: true, auto_delete: true, disk_size_gb: 10 }],
      shielded_instance_config: { enable_secure_boot: true, enable_vtpm: true, enable_integrity_monitoring: true },
      service_account: { email: expect.stringMatching(/^\$\{google_service_account\.identity_\w+\.email\}$/), scopes: ['cloud-platform'] },
      metadata: { 'enable-oslogin': 'TRUE', 'block-project-ssh-keys': 'TRUE', 'serial-port-logging-enable': 'TRUE' },
      lifecycle: { create_before_destroy: true },
    });
    expect(template.network_interface).toEqual([{ subnetwork: expect.stringContaining('google_compute_subnetwork') }]);
  });

  test('is a group of one that is never two, and starts after its grants', () => {
    expect(onlyResource(both, 'google_compute_instance_group_manager')).toMatchObject({
      name: 'bot-scraper-1',
      base_instance_name: 'bot-scraper-1',
      zone: 'us-central1-a',
      target_size: 1,
      auto_healing_policies: { health_check: expect.stringContaining('google_compute_health_check'), initial_delay_sec: 300 },
      update_policy: { type: 'PROACTIVE', minimal_action: 'REPLACE', max_surge_fixed: 0, max_unavailable_fixed: 1 },
      depends_on: [expect.stringMatching(/^google_project_iam_member\./)],
      lifecycle: { ignore_changes: ['version[0].name'] },
    });
  });

  test('is asked for its health where its first container listens', () => {
    const check = (json: string) => onlyResource(json, 'google_compute_health_check').http_health_check;
    expect(check(both)).toEqual({ port: 8080, request_path: '/healthz' });
    expect(check(machineStack([{ ...scraper, port: 9000 }, vip]))).toEqual({ port: 9000, request_path: '/healthz' });
  });

  test('has the disk and the time that it is given', () => {
    const json = machineStack([scraper], { diskGb: 20, initialDelaySeconds: 120 });
    expect(onlyResource(json, 'google_compute_instance_template')).toMatchObject({ disk: [{ disk_size_gb: 20 }] });
    expect(onlyResource(json, 'google_compute_instance_group_manager')).toMatchObject({ auto_healing_policies: { initial_delay_sec: 120 } });
  });
});

describe('user data', () => {
  test('writes the start script as it is, and a unit, variables and a list of secrets for each container, and starts them', () => {
    const { files, commands } = machineFiles(both);
    expect([...files.keys()]).toEqual([
      '/etc/container-machine/start-container.sh',
      '/etc/container-machine/scraper.env',
      '/etc/container-machine/scraper.secrets',
      '/etc/systemd/system/container-scraper.service',
      '/etc/container-machine/vip.env',
      '/etc/container-machine/vip.secrets',
      '/etc/systemd/system/container-vip.service',
    ]);
    expect(files.get('/etc/container-machine/start-container.sh')).toBe(
      readFileSync(join(ROOT, 'constructs/gcp/container-machine/start-container.sh'), 'utf8'),
    );
    expect(files.get('/etc/container-machine/scraper.secrets')).toBe('LETTERBOXD_API_KEY projects/test-project/secrets/LETTERBOXD_API_KEY\n');
    expect(commands).toEqual([
      'systemctl daemon-reload',
      'systemctl start --no-block container-scraper.service',
      'systemctl start --no-block container-vip.service',
    ]);
  });

  test('each container listens on a port of its own, and the first answers for the others, who do not ask back', () => {
    expect(file(both, '/etc/container-machine/scraper.env')).toBe('MODE=general\nPORT=8080\nHEALTH_PEERS=http://127.0.0.1:8081/healthz\n');
    expect(file(both, '/etc/container-machine/vip.env')).toBe('MODE=vip\nPORT=8081\n');
    expect(file(machineStack([scraper]), '/etc/container-machine/scraper.env')).toBe('MODE=general\nPORT=8080\n');
    const three = machineStack([scraper, vip, { name: 'third', port: 9000 }]);
    expect(file(three, '/etc/container-machine/scraper.env')).toContain('HEALTH_PEERS=http://127.0.0.1:8081/healthz,http://127.0.0.1:9000/healthz\n');
  });

  test('HEALTH_PEERS is what the services read', () => {
    const text = /^HEALTH_PEERS=(.*)$/m.exec(file(both, '/etc/container-machine/scraper.env'))?.[1];
    expect(scraperEnvironment.shape.HEALTH_PEERS.parse(text)).toEqual(['http://127.0.0.1:8081/healthz']);
    expect(scraperEnvironment.shape.HEALTH_PEERS.parse(undefined)).toEqual([]);
    expect(scraperEnvironment.shape.HEALTH_PEERS.parse('')).toEqual([]);
    expect(() => scraperEnvironment.shape.HEALTH_PEERS.parse('8081')).toThrow('must be an address');
  });

  test('a unit starts its container for ever, and gives it time to end', () => {
    const unit = file(both, '/etc/systemd/system/container-vip.service');
    for (const line of [
      'Environment=CONTAINER=vip',
      'Environment=IMAGE=us-central1-docker.pkg.dev/test-project/bot/scraper:prod',
      'Environment=MEMORY_MB=250',
      'Environment=ESTATE=test',
      'ExecStart=/bin/bash /etc/container-machine/start-container.sh',
      'ExecStop=-/usr/bin/docker stop -t 15 vip',
      'TimeoutStopSec=30',
      'Restart=always',
      'StartLimitIntervalSec=0',
      'RuntimeDirectoryMode=0700',
    ]) {
      expect(unit.split('\n')).toContain(line);
    }
  });

  test('only the port that health checkers ask is opened', () => {
    expect(file(both, '/etc/systemd/system/container-scraper.service')).toContain('iptables -w -A INPUT -p tcp --dport 8080 -j ACCEPT');
    expect(file(both, '/etc/systemd/system/container-vip.service')).not.toContain('iptables');
  });

  test('Terraform takes none of it for its own', () => {
    const { metadata } = onlyResource(
      machineStack([{ ...scraper, variables: { GREETING: '${name} %{ if true } $HOME $${x}' } }]),
      'google_compute_instance_template',
    ) as {
      metadata: Record<string, string>;
    };
    expect(metadata['user-data']).not.toMatch(/(^|[^$])\$\{|(^|[^%])%\{/);
    expect(metadata['user-data']).toContain('GREETING=$${name} %%{ if true } $HOME ');
  });

  test('is the same every time, and far below the limit', () => {
    expect(machineStack([scraper, vip])).toBe(both);
    expect(Buffer.byteLength(machineFiles(both).userData)).toBeLessThan(20_000);
    expect(() => machineStack([{ ...scraper, variables: { LONG: 'x'.repeat(262_144) } }])).toThrow(/test-unit-prod\/scraper-1: its user data has \d+ bytes/);
  });

  test('any value arrives as it was given', () => {
    const values = fc.sample(
      fc.string({ unit: fc.constantFrom(' ', '#', ':', '"', "'", '\\', '|', '-', '$', '{', '%', '=', '\t', 'a', 'é', '★', '💬'), maxLength: 12 }),
      {
        numRuns: 100,
        seed: 1,
      },
    );
    const content = values.map((value, index) => `V${index}=${value}\n`).join('');
    expect(
      parseYaml(
        cloudConfig(
          [
            { path: '/etc/all.env', content },
            { path: '/etc/empty', content: '' },
          ],
          ['echo'],
        ),
      ),
    ).toEqual({
      write_files: [
        { path: '/etc/all.env', permissions: '0600', content },
        { path: '/etc/empty', permissions: '0600', content: '' },
      ],
      runcmd: ['echo'],
    });
  });
});

describe('secrets', () => {
  test('one that is given in plain text stops the synth', () => {
    expect(() => machineStack([{ ...scraper, secrets: {}, variables: { LETTERBOXD_API_KEY: 'abcdef0123456789' } }])).toThrow(/user-data: LETTERBOXD_API_KEY/);
  });
});

describe('wrong use is refused, with path and remedy', () => {
  const cases: [string, TestContainer[], string][] = [
    ['no containers', [], 'a machine without containers does nothing; name at least one'],
    ['one name twice', [scraper, scraper], "container 'scraper' is there twice; give each container a name of its own"],
    ['one port twice', [scraper, { ...vip, port: 8080 }], "port '8080' is there twice; give each container a port of its own"],
    [
      'a variable that is a secret too',
      [{ ...scraper, variables: { LETTERBOXD_API_KEY: '' } }],
      "container 'scraper': LETTERBOXD_API_KEY is a variable and a secret; take it out of one of them",
    ],
    ['a line break', [{ ...scraper, variables: { NOTE: 'a\nb' } }], "container 'scraper': the value of NOTE holds a line break"],
    ['a control character', [{ ...scraper, variables: { NOTE: 'a\u0000b' } }], 'the value of NOTE holds a line break or a control character'],
    ['what Unicode calls a line break', [{ ...scraper, variables: { NOTE: 'a\u2028b' } }], 'the value of NOTE holds a line break'],
    ['a reference', [{ ...scraper, variables: { NOTE: '${TfToken[TOKEN.0]}' } }], 'the value of NOTE is known only to Terraform; give the plain value'],
    ['what the machine says itself', [{ ...scraper, variables: { PORT: '80' } }], 'PORT is said by the machine; take it out'],
    ['a name that no variable has', [{ ...scraper, variables: { 'A B': 'x' } }], "'A B' is no name of a variable"],
    ['a name that no unit has', [{ ...scraper, name: 'Scraper 1' }], "container 'Scraper 1': its name must be"],
    ['an image without a tag', [{ ...scraper, image: 'us-central1-docker.pkg.dev/p/r/scraper' }], 'must name registry, path and tag'],
    ['an image without a registry', [{ ...scraper, image: 'scraper:prod' }], 'must name registry, path and tag'],
    ['no memory', [{ ...scraper, memoryMb: 0.5 }], 'memoryMb is 0.5'],
    ['no port', [{ ...scraper, port: 80 }], 'port is 80; choose one from 1024 to 65535'],
  ];

  test.each(cases)('%s', (_what, containers, message) => {
    expect(() => machineStack(containers)).toThrow(/^test-unit-prod\/scraper-1: /);
    expect(() => machineStack(containers)).toThrow(message);
  });

  test('all at once', () => {
    const wrong = { ...scraper, image: 'x', memoryMb: 0, variables: { NOTE: '\r' } };
    expect(() => machineStack([wrong, wrong])).toThrow(/is there twice[\s\S]*registry, path and tag[\s\S]*memoryMb is 0[\s\S]*the value of NOTE/);
  });
});
