import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { freePort } from '../../services/testbench/free-port';
import { AUTH, endLaunchers, Launcher, SERVICE, serving } from '../support/launcher';
import { answering } from '../support/loopback';
import { describeReal, find } from '../support/real';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const run = ['--', process.execPath, SERVICE];
const PASSWORD = 'correct-horse-battery-staple';
const CONFIG = 's3://egf2-config/dev/client-data.json';
const rethinkdb = { host: 'db.example', password: 'secretsmanager:dev/storage#password' };
const document = {
  port: 8000,
  storage: 'rethinkdb',
  queue: 'kafka',
  rethinkdb,
  kafka: { hosts: ['kafka.example:9092'], 'client-id': 'egf2', topic: 'events', sasl: [{ password: 'secretsmanager:dev/kafka' }] },
  again: 'secretsmanager:dev/kafka',
};

describeReal(['moto_server'], 'a document in S3 with secrets', () => {
  let moto: ChildProcess;
  let endpoint: string;
  /** Secrets that were asked for. */
  const asked: string[] = [];
  /** What was asked of the instance's metadata. */
  const metadata: string[] = [];
  let env: NodeJS.ProcessEnv;
  let folder: string;

  beforeAll(async () => {
    const port = await freePort();
    moto = spawn(find('moto_server') as string, ['-H', '127.0.0.1', '-p', `${port}`], { stdio: 'ignore' });
    endpoint = `http://127.0.0.1:${port}`;
    await answering(endpoint, () => moto.exitCode === null);

    // an instance with a role and a region, and nothing else that has them
    const role = { Code: 'Success', AccessKeyId: 'ASIAINSTANCE', SecretAccessKey: 'x', Token: 'y', Expiration: new Date(Date.now() + 3_600_000).toISOString() };
    const instance = await serving(({ method, url, headers }, response) => {
      metadata.push(`${method} ${url}`);
      if (method === 'PUT') response.end('token');
      else if (headers['x-aws-ec2-metadata-token'] !== 'token') response.writeHead(401).end();
      else if (url?.endsWith('/region')) response.end('eu-west-1');
      else response.end(url?.endsWith('/egf2') ? JSON.stringify(role) : 'egf2');
    });
    // what is asked of Secrets Manager goes through here
    const secrets = await serving(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      asked.push((JSON.parse(body) as { SecretId: string }).SecretId);
      expect(request.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=ASIAINSTANCE\/\d+\/eu-west-1\//);
      const answer = await fetch(endpoint, { method: 'POST', headers: request.headers as Record<string, string>, body });
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' }).end(await answer.text());
    });
    folder = mkdtempSync(join(tmpdir(), 'launcher-home-'));
    env = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://${secrets}`,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://${instance}`,
      HOME: folder,
      TMPDIR: folder,
    };

    const client = { region: 'eu-west-1', endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
    const s3 = new S3Client(client);
    await s3.send(new CreateBucketCommand({ Bucket: 'egf2-config', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
    const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: 'egf2-config', Key, Body }));
    await put('dev/client-data.json', JSON.stringify(document));
    await put('huge/auth.json', ' '.repeat(2 ** 20 + 1));
    const wrong = { ...AUTH, port: 'secretsmanager:dev/kafka', a: 'secretsmanager:none', b: ['secretsmanager:none'], c: 'secretsmanager:dev/storage#nothing' };
    await put('wrong/auth.json', JSON.stringify({ ...wrong, d: 'secretsmanager:', e: 'secretsmanager:dev/bytes' }));
    const manager = new SecretsManagerClient(client);
    await manager.send(new CreateSecretCommand({ Name: 'dev/storage', SecretString: JSON.stringify({ username: 'egf2', password: PASSWORD }) }));
    await manager.send(new CreateSecretCommand({ Name: 'dev/kafka', SecretString: `${PASSWORD}-kafka` }));
    await manager.send(new CreateSecretCommand({ Name: 'dev/bytes', SecretBinary: Buffer.from([1, 2]) }));
    s3.destroy();
    manager.destroy();
  });

  afterAll(async () => {
    moto?.kill();
    await endLaunchers();
  });

  test('are put in, each asked for once with the credentials of the instance, and are nowhere else', async () => {
    asked.length = 0;
    const launcher = new Launcher(['--config', CONFIG, ...run], { ...env, ASK: '1' });
    await launcher.until(({ ready }) => ready === true);
    const [, answer] = launcher.lines;
    expect(answer?.config).toEqual({
      ...document,
      rethinkdb: { ...rethinkdb, password: PASSWORD },
      kafka: { ...document.kafka, sasl: [{ password: `${PASSWORD}-kafka` }] },
      again: `${PASSWORD}-kafka`,
    });
    expect(asked.sort()).toEqual(['dev/kafka', 'dev/storage']);
    expect(metadata[0]).toBe('PUT /latest/api/token');
    expect(metadata.filter((request) => /^GET .*\/(security-credentials\/egf2|region)$/.test(request)).length).toBeGreaterThan(1);

    const child = readFileSync(`/proc/${launcher.child.pid}/task/${launcher.child.pid}/children`, 'utf8').trim();
    expect(child).toMatch(/^\d+$/);
    for (const pid of [child, launcher.child.pid]) {
      const seen = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8')).join('');
      expect(seen).toContain(SERVICE);
      expect(seen).toContain(`AWS_ENDPOINT_URL=${endpoint}`);
      expect(seen).not.toMatch(new RegExp(`${PASSWORD}|ASIAINSTANCE|VERSION_SUPPORT`));
    }
    expect(readdirSync(folder)).toEqual([]);
    expect(launcher.stderr).toBe('');
    expect(JSON.stringify(launcher.lines[0])).not.toContain(PASSWORD);
    launcher.child.kill('SIGHUP');
    expect((await launcher.ended()).code).toBe(7);
  });

  test('every problem is a line, and none shows a secret', async () => {
    const launcher = new Launcher(['--config', 's3://egf2-config/wrong/auth.json', ...run], env);
    expect((await launcher.ended()).code).toBe(1);
    const at = 'launcher: s3://egf2-config/wrong/auth.json: ';
    expect(launcher.complaints.sort()).toEqual([
      expect.stringMatching(
        `^${at}a, b\\.0: the secret none: ResourceNotFoundException: .*; create it with this name in this region and account, and give it a value$`,
      ),
      `${at}c: the secret dev/storage has no text or number at that key; must be a JSON object that has it`,
      `${at}d: found a reference that names no secret; must be secretsmanager:<name> or secretsmanager:<name>#<key>`,
      `${at}e: the secret dev/bytes: holds bytes, must hold text`,
      `${at}port: found 34 characters, which are not shown; must be a port, 1 to 65535`,
    ]);
    expect(launcher.stderr + launcher.stdout).not.toContain(PASSWORD);
  });

  test.each([
    ['an object that is not there', 's3://egf2-config/none/auth.json', {}, /auth\.json: NoSuchKey: The specified key does not exist/],
    ['a bucket that is not there', 's3://no-such-bucket/auth.json', {}, /auth\.json: NoSuchBucket: /],
    ['no key', 's3://egf2-config', {}, /s3:\/\/egf2-config: must be s3:\/\/bucket\/key$/],
    ['a huge object', 's3://egf2-config/huge/auth.json', {}, /is too large: more than 1024 KiB$/],
    ['no role', CONFIG, { AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true' }, /CredentialsProviderError: .*; give the machine a role$/],
    ['no region', CONFIG, { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' }, /Region is missing; set AWS_REGION: no instance tells its region$/],
    ['nobody listens', CONFIG, { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, /ECONNREFUSED 127\.0\.0\.1:1 \(tried \d times within 3 s\)$/],
    ['an answer cut off', CONFIG, { AWS_ENDPOINT_URL_SECRETS_MANAGER: 'garbage' }, /the secret dev\/\w+: SyntaxError \(tried \d times within 3 s\)$/],
    [
      'no Secrets Manager',
      CONFIG,
      { AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:1' },
      /the secret dev\/\w+: .*ECONNREFUSED.* \(tried \d times within 3 s\)$/,
    ],
  ])('%s: a clear line', async (_, url, more: NodeJS.ProcessEnv, line) => {
    const garbage = await serving((_, response) => response.end(`{"SecretString":"${PASSWORD}`));
    const given = Object.fromEntries(Object.entries(more).map(([name, value]) => [name, value === 'garbage' ? `http://${garbage}` : value]));
    const launcher = new Launcher(['--config', url, '--service', 'client-data', '--timeout', '3', ...run], { ...env, ...given });
    const { code, took } = await launcher.ended();
    expect(launcher.complaints[0]).toMatch(line);
    expect(launcher.complaints.length).toBe(line.source.startsWith('the secret') ? 2 : 1);
    expect([code, launcher.stdout]).toEqual([1, '']);
    expect(launcher.stderr).not.toContain(PASSWORD.slice(0, 5));
    expect(took).toBeLessThan(6000);
  });

  test('--check asks for no secret', async () => {
    asked.length = 0;
    const launcher = new Launcher(['--config', CONFIG, '--check'], env);
    expect((await launcher.ended()).code).toBe(0);
    expect(asked).toEqual([]);
  });
});
