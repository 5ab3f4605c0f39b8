import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { healthPathOf, portsOf, unitQuoted } from '../../../estates/egf2/machines/services';
import { compressed, LONGEST, shellQuoted } from '../../../estates/egf2/machines/steps';
import { REPLACED_DEPENDENCIES, VERSIONS } from '../../../estates/egf2/machines/versions';
import { VERSIONS as IMAGE_VERSIONS } from '../../../packer/versions';
import { SERVICE_NAMES } from '../../../services/contracts/egf2-services';
import { dataNode, filesOf, MACHINES, MEMBERS, serviceMachine, stepsOf, subsystems } from '../../support/egf2-machines';

const SCRIPTS = join(__dirname, '../../../estates/egf2/machines/scripts');
const STEPS = readdirSync(SCRIPTS).filter((name) => /^(install|make|mount|check|secure)-.*\.sh$/.test(name));
const read = (name: string) => readFileSync(join(SCRIPTS, name), 'utf8');
const elasticsearch = (userData: string) => parse(filesOf(userData).get('/etc/egf2/elasticsearch/elasticsearch.yml') ?? '') as Record<string, unknown>;
const step = (userData: string, script: string) => stepsOf(userData).find((line) => line.startsWith(`step ${script} `)) ?? '';

describe.each(Object.entries(MACHINES))('%s', (_name, machine) => {
  const text = machine();
  test('is the same every time, and fits', () => {
    expect(machine()).toBe(text);
    const packed = Buffer.from(compressed(text), 'base64');
    expect(packed.length).toBeLessThanOrEqual(LONGEST);
    expect(gunzipSync(packed).toString()).toBe(text);
  });

  test('has every script that it runs, and every file that those read', () => {
    const files = filesOf(text);
    for (const line of stepsOf(text)) expect(files.has(`/opt/egf2-machine/${line.split(' ')[1]}.sh`)).toBe(true);
    const scripts = [...files].filter(([path]) => path.endsWith('.sh')).map(([, content]) => content);
    for (const needed of ['start-rethinkdb.sh', 'instance-metadata.py']) {
      if (scripts.some((content) => content.includes(`$here/${needed}`))) expect(files.has(`/opt/egf2-machine/${needed}`)).toBe(true);
    }
    expect(parse(text).runcmd).toEqual([['/bin/bash', '/opt/egf2-machine/run.sh']]);
  });

  test('gives each script exactly what it takes', () => {
    for (const line of stepsOf(text)) {
      const [, script = ''] = line.split(' ');
      const content = filesOf(text).get(`/opt/egf2-machine/${script}.sh`) ?? '';
      const given = [...line.matchAll(/ ([A-Z][A-Z0-9_]*)=/g)].map(([, variable = '']) => variable);
      const asked = [...content.matchAll(/\$\{([A-Z][A-Z0-9_]*):\?/g)].map(([, variable = '']) => variable);
      expect(given.filter((variable) => !new RegExp(`\\$\\{?${variable}\\b`).test(content))).toEqual([]);
      // a proxy and a client node have no data
      expect(asked.filter((variable) => !given.includes(variable) && !/^(DATA|MEMORY_PERCENT)$/.test(variable))).toEqual([]);
    }
  });

  test('downloads by https only', () => {
    for (const [, url = ''] of stepsOf(text)
      .join(' ')
      .matchAll(/(?:_URL|REPOSITORY)=(\S+)/g)) {
      if (!url.startsWith('http://127.0.0.1')) expect(url).toMatch(/^https:\/\//);
    }
  });
});

describe('data nodes', () => {
  test('the master starts alone, the rest join it, a single node knows nobody', () => {
    expect(step(dataNode(), 'install-rethinkdb')).toContain(`ROLE=master NAME=${MEMBERS[0]} PEERS='${MEMBERS[1]} ${MEMBERS[2]}'`);
    expect(step(dataNode({ name: MEMBERS[1] as string }), 'install-rethinkdb')).toContain(`ROLE=member NAME=${MEMBERS[1]} PEERS='${MEMBERS[0]} ${MEMBERS[2]}'`);
    expect(step(dataNode({ master: MEMBERS[2] as string }), 'install-rethinkdb')).toContain('ROLE=member');
    expect(step(dataNode({ members: MEMBERS.slice(0, 1) }), 'install-rethinkdb')).toContain("PEERS='' ");
  });

  test('a cluster is found through EC2, needs a majority, and a single node is alone', () => {
    expect(elasticsearch(dataNode())).toMatchObject({
      'node.master': true,
      'node.data': true,
      'discovery.type': 'ec2',
      'cloud.aws.ec2.endpoint': 'ec2.eu-north-1.amazonaws.com',
      'discovery.ec2.tag.egf2-cluster': 'egf2-prod',
      'discovery.zen.minimum_master_nodes': 2,
      'discovery.zen.ping.unicast.hosts': MEMBERS,
      'gateway.expected_data_nodes': 3,
      'network.host': ['_local_', '_site_'],
    });
    const single = elasticsearch(dataNode({ members: MEMBERS.slice(0, 1) }));
    expect(single).toMatchObject({ 'discovery.zen.minimum_master_nodes': 1 });
    expect(single).not.toHaveProperty(['discovery.type']);
  });

  test('data is on the volume, and nothing starts without it', () => {
    const steps = stepsOf(dataNode());
    expect(steps.map((line) => line.split(' ')[1])).toEqual([
      'secure-mirrors',
      'install-ssm-agent',
      'mount-data',
      'install-rethinkdb',
      'install-elasticsearch',
    ]);
    for (const line of steps.slice(3)) expect(line).toMatch(/ DATA=\/data\/\w+/);
    for (const name of ['install-rethinkdb.sh', 'install-elasticsearch.sh']) expect(read(name)).toContain('${DATA:+RequiresMountsFor=$DATA}');
  });

  test('everything that is wrong is named at once', () => {
    const wrong = () => dataNode({ name: 'data 1', members: ['a.b', 'a.b'], region: 'Europe', clusterTag: { key: 'a.b', value: '' }, device: '/dev/sda1' });
    for (const part of ['name must', 'members names', 'region must', 'clusterTag.key must', 'clusterTag.value must', 'device must'])
      expect(wrong).toThrow(part);
    expect(() => dataNode({ members: MEMBERS.slice(0, 2) })).toThrow('name one, or three');
    expect(() => dataNode({ name: 'data-9.egf2.internal' })).toThrow('name is not one of members');
    expect(() => dataNode({ master: 'data-9.egf2.internal' })).toThrow('master is not one of members');
  });
});

describe('machines with services', () => {
  test('small mode has all nine behind a proxy, a client node and nginx', () => {
    const steps = stepsOf(subsystems()).map((line) => line.split(' ').slice(1, 3).join(' '));
    expect(steps.slice(0, 7)).toEqual([
      "secure-mirrors ''",
      "install-ssm-agent ''",
      "make-swap ''",
      "install-rethinkdb ''",
      "install-elasticsearch ''",
      "install-node ''",
      "install-launcher ''",
    ]);
    expect(steps[7]).toBe('install-service client-data');
    for (const name of SERVICE_NAMES) expect(steps).toEqual(expect.arrayContaining([`install-service ${name}`, `check-service ${name}`]));
    expect(step(subsystems(), 'install-rethinkdb')).toContain(`ROLE=proxy NAME=subsystems PEERS='${MEMBERS.join(' ')}'`);
    expect(elasticsearch(subsystems())).toMatchObject({
      'node.master': false,
      'node.data': false,
      'http.host': '_local_',
      'discovery.zen.ping.unicast.hosts': MEMBERS,
    });
    expect(step(subsystems(), 'install-elasticsearch')).toContain('NODES=3'); // two of three, and itself
  });

  test.each(SERVICE_NAMES)('%s: its unit starts the launcher with its document, as its own user', (name) => {
    const unit = filesOf(serviceMachine(name)).get(`/etc/systemd/system/egf2-${name}.service`) ?? '';
    expect(unit).toContain(
      `\nExecStart=/usr/local/bin/node /opt/launcher.js --config s3://egf2-example-config/config/${name}.json --service ${name} -- /usr/local/bin/node /opt/egf2/${name}/index.js\n`,
    );
    expect(unit).toContain(`\nUser=egf2-${name}\n`);
    expect(unit).toMatch(/\nRestart=always\n[\s\S]*\nMemoryMax=384M\n[\s\S]*\nNoNewPrivileges=yes\n/);
    expect(filesOf(subsystems()).get(`/etc/systemd/system/egf2-${name}.service`)).toBe(unit);
    expect(step(serviceMachine(name), 'check-service')).toContain(portsOf(name).length > 0 ? `PORTS=${shellQuoted(portsOf(name).join(' '))}` : "PORTS=''");
  });

  test('a group replaces what cannot be set up; a machine that nothing replaces stays', () => {
    const policy = (text: string) =>
      filesOf(text)
        .get('/opt/egf2-machine/steps.sh')
        ?.match(/^on_failure=(\w+)$/m)?.[1];
    expect([serviceMachine('job'), subsystems(), dataNode()].map(policy)).toEqual(['shutdown', 'stay', 'stay']);
  });

  test("the framework's client of Kafka speaks TLS, as MSK does", () => {
    expect(filesOf(serviceMachine('logic')).get('/etc/systemd/system/egf2-logic.service')).toMatch(
      /^Environment=KAFKA_CLIENT_CA=\/etc\/ssl\/certs\/ca-certificates\.crt$/m,
    );
  });

  test('overrides reach the service as they are', () => {
    const unit = filesOf(serviceMachine('auth', { overrides: { 'client-data': 'http://x:8000/?a="b" $c %d' } })).get('/etc/systemd/system/egf2-auth.service');
    expect(unit).toContain('ExecStart=/usr/bin/env "egf_client-data=http://x:8000/?a=\\"b\\" $$c %%d" /usr/local/bin/node /opt/launcher.js');
    expect(unitQuoted('\\')).toBe('"\\\\"');
  });

  test('dependencies that do not build on this Node, and commons, are pinned', () => {
    const commons = `git+https://github.com/EGF2/commons.git#${'c'.repeat(40)}`;
    const source = { repository: 'https://github.com/EGF2/auth.git', commit: 'b'.repeat(40), dependencies: { commons } };
    expect(step(serviceMachine('auth', { source }), 'install-service')).toContain(
      `DEPENDENCIES='cassandra-driver@${REPLACED_DEPENDENCIES['cassandra-driver']} commons@${commons} microtime@${REPLACED_DEPENDENCIES.microtime}'`,
    );
  });

  test('everything that is wrong is named at once', () => {
    const source = { repository: 'git@github.com:EGF2/auth.git', commit: 'master', dependencies: { commons: 'latest' } };
    const wrong = () => serviceMachine('auth', { bucket: 'A', launcherSha256: 'x', source, memoryMb: 1, overrides: { 'a b': 'c\nd' }, swapMb: 0.5 });
    for (const part of [
      'bucket must',
      'launcherSha256 must',
      'source.repository must',
      'source.commit must',
      'source.dependencies.commons must',
      'memoryMb must',
      'swapMb must',
    ])
      expect(wrong).toThrow(part);
    expect(() => serviceMachine('auth', { overrides: { a: 'c\nd' } })).toThrow('overrides.a must be one line');
    expect(() => serviceMachine('nobody' as never, {})).toThrow('service must be one of client-api');
    expect(() => subsystems({ services: {} as never })).toThrow('services.client-api');
    expect(() => subsystems({ nginx: { trustedProxies: ['0.0.0.0/0; evil'] } })).toThrow('nginx.trustedProxies.0 must be a network');
  });

  test('what grew too long is refused', () => {
    const noise = Array.from({ length: 400 }, (_, index) => [`o${index}`, `${Math.imul(index + 1, 2_654_435_761) >>> 0}`.repeat(3)]);
    expect(() =>
      serviceMachine('auth', {
        overrides: Object.fromEntries(noise.map(([key, value]) => [key, `${value}${key}${Buffer.from(`${value}`).toString('base64')}`])),
      }),
    ).toThrow('EC2 takes 16384');
  });

  test('each port has a path for health checks, and nothing else has', () => {
    expect(healthPathOf('auth', 'port')).toBe('/');
    expect(healthPathOf('pusher', 'webSocketPort')).toBe('/v1/listen/spec');
    expect(healthPathOf('logic', 'port')).toBeUndefined();
    expect(healthPathOf('auth', 'webSocketPort')).toBeUndefined();
  });
});

describe('scripts', () => {
  test.each(STEPS)('%s stops at the first error, ends in its own test and says what it did', (name) => {
    const text = read(name);
    expect(text).toMatch(/^set -euo pipefail$/m);
    if (name !== 'check-service.sh') expect(text.split('\n# Test\n')).toHaveLength(2);
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^echo /);
    expect(statSync(join(SCRIPTS, name)).mode & 0o111).toBe(0o111);
  });

  test.each(STEPS)('%s documents every variable that it takes', (name) => {
    const [header = '', body = ''] = read(name).split('set -euo pipefail');
    const own = new Set(['DEBIAN_FRONTEND', 'GNUPGHOME', 'HOME', 'PATH', 'SECONDS', 'UNIT', 'EXIT']);
    const taken = [...body.matchAll(/\$\{?([A-Z][A-Z0-9_]+)\b/g)].map(([, variable = '']) => variable).filter((variable) => !own.has(variable));
    const documented = header.replaceAll(/(\w+?)_VERSION, _URL, _SHA256|(\w+?)_URL, _SHA256/g, (_, a, b) =>
      ['VERSION', 'URL', 'SHA256'].map((end) => `${a ?? b}_${end}`).join(' '),
    );
    expect([...new Set(taken)].filter((variable) => !documented.includes(variable))).toEqual([]);
  });

  test('downloads are verified', () => {
    const downloads = STEPS.filter((name) => / curl .*--output "\$GNUPGHOME/.test(read(name).replaceAll('\\\n', '')));
    for (const name of downloads) expect(read(name)).toContain('--list-keys "$RETHINKDB_KEY_FINGERPRINT"');
    for (const name of STEPS) expect(read(name)).not.toMatch(/\b(wget|apt-key|curl [^|\n]*\|\s*(ba)?sh)\b/);
    expect(read('lib.sh')).toContain('sha256sum --check');
  });

  test('a word reaches bash as it is', () => {
    for (const word of ['', 'plain', "it's", '$x `y` "z" \\', 'a b', '*?', '#x', 'ü']) {
      expect(execFileSync('bash', ['-c', `printf %s ${shellQuoted(word)}`], { encoding: 'utf8' })).toBe(word);
    }
  });
});

describe('versions', () => {
  test.each(Object.entries(VERSIONS))('%s: pinned, over https, with its source', (_name, { environment, source }) => {
    expect(source).not.toBe('');
    const variables = Object.entries(environment as Record<string, string>);
    for (const [variable, value] of variables) {
      if (/_URL$|_REPOSITORY$/.test(variable)) expect(value).toMatch(/^https:\/\//);
      if (variable.endsWith('_SHA256')) expect(value).toMatch(/^[0-9a-f]{64}$/);
      if (variable.endsWith('_FINGERPRINT')) expect(value).toMatch(/^[0-9A-F]{40}$/);
    }
    // each archive has its checksum; a key has its fingerprint
    const names = variables.map(([variable]) => variable);
    for (const url of names.filter((variable) => variable.endsWith('_URL'))) {
      expect(names).toContain(url.endsWith('_KEY_URL') ? url.replace('_URL', '_FINGERPRINT') : url.replace('_URL', '_SHA256'));
    }
  });

  test('Node is the one that the images have', () => {
    expect(VERSIONS.node.environment).toEqual(IMAGE_VERSIONS.node.environment);
  });
});
