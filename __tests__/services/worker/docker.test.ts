import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { containerName, containerSpec } from '../../../services/worker/docker/container-spec';
import { fileKeyring, googleKeyring } from '../../../services/worker/docker/credentials';
import { pullFailure, startFailure } from '../../../services/worker/docker/errors';
import { pinnedDigest, registryOf, repositoryOf, withTag } from '../../../services/worker/docker/image-name';
import { readTask } from '../../../services/worker/metadata/task';
import { metadataOf } from '../../support/worker-agent';

/** As dockerode throws what the engine answers. */
const answered = (status: number, message: string) => Object.assign(new Error(`(HTTP code ${status}) unexpected - ${message} `), { statusCode: status });
const system = (code: string) => Object.assign(new Error(`connect ${code} /var/run/docker.sock`), { code });

test.each([
  // What Docker 20.10 says of a registry of its time, of Docker Hub, and of Artifact Registry.
  [404, 'manifest for 127.0.0.1:5000/job:nope not found: manifest unknown: manifest unknown', 'r.test', 'image-not-found'],
  [404, 'manifest for busybox:nope not found: manifest unknown', 'docker.io', 'image-not-found'],
  [
    404,
    "pull access denied for no/such, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    'docker.io',
    'image-not-found',
  ],
  [404, "pull access denied for r.test/no/such, repository does not exist or may require 'docker login': denied", 'r.test', 'registry-denied'],
  [500, 'Head "http://r.test/v2/job/manifests/1": no basic auth credentials', 'r.test', 'registry-denied'],
  [500, 'unauthorized: authentication required', 'r.test', 'registry-denied'],
  [500, 'denied: Permission "artifactregistry.repositories.downloadArtifacts" denied on resource', 'us-docker.pkg.dev', 'registry-denied'],
  [500, 'Get "https://r.test/v2/": dial tcp 10.0.0.1:443: connect: connection refused', 'r.test', 'registry-unreachable'],
  [500, 'Get "https://r.test/v2/": dial tcp: lookup r.test: no such host', 'r.test', 'registry-unreachable'],
  [500, 'Get "https://r.test/v2/": net/http: TLS handshake timeout', 'r.test', 'registry-unreachable'],
  [500, 'toomanyrequests: You have reached your pull rate limit', 'docker.io', 'registry-unreachable'],
  [500, 'received unexpected HTTP status: 503 Service Unavailable', 'r.test', 'registry-unreachable'],
  [500, 'failed to register layer: write /big: no space left on device', 'r.test', 'not-started'],
])('a pull that ends with %i %s from %s: %4$s', (status, message, registry, code) => {
  expect(pullFailure('job:1', registry, answered(status, message))).toMatchObject({ code, message: expect.stringContaining(message) });
});

test.each([
  [undefined, 400, 'No command specified', 'command-not-found'],
  [127, 400, 'OCI runtime create failed: exec: "nope": executable file not found in $PATH', 'command-not-found'],
  [127, 400, 'OCI runtime create failed: exec: "/nope": stat /nope: no such file or directory', 'command-not-found'],
  [126, 400, 'OCI runtime create failed: exec: "/tmp": permission denied', 'not-started'],
  [0, 400, 'invalid mount config for type "bind": bind source path does not exist: /tmp/worker', 'not-started'],
  [128, 500, 'error while creating mount source path: mkdir: no such file or directory', 'not-started'],
])('a start that left exit code %s and %i %s: %s', (exitCode, status, message, code) => {
  expect(startFailure(answered(status, message), exitCode).code).toBe(code);
});

test.each(['ENOENT', 'ECONNREFUSED', 'EACCES', 'ECONNRESET', 'EPIPE'])('%s from the socket: the engine is not available', (code) => {
  expect(pullFailure('job:1', 'docker.io', system(code)).code).toBe('docker-unavailable');
  expect(startFailure(system(code)).code).toBe('docker-unavailable');
});

test.each([
  ['busybox', 'docker.io', 'busybox:latest', 'busybox', undefined],
  ['library/busybox:1', 'docker.io', 'library/busybox:1', 'library/busybox', undefined],
  ['us-docker.pkg.dev/p/r/job', 'us-docker.pkg.dev', 'us-docker.pkg.dev/p/r/job:latest', 'us-docker.pkg.dev/p/r/job', undefined],
  ['127.0.0.1:5000/job', '127.0.0.1:5000', '127.0.0.1:5000/job:latest', '127.0.0.1:5000/job', undefined],
  ['localhost/job:1@sha256:12', 'localhost', 'localhost/job:1@sha256:12', 'localhost/job', 'sha256:12'],
])('%s is read as Docker does', (image, ...parts) => {
  expect([registryOf(image), withTag(image), repositoryOf(image), pinnedDigest(image)]).toEqual(parts);
});

describe('credentials', () => {
  const google = googleKeyring(async () => 'token-1');

  test.each(['us-docker.pkg.dev', 'gcr.io', 'eu.gcr.io'])('%s gets the token of the machine', async (registry) => {
    expect(await google(registry)).toEqual({ username: 'oauth2accesstoken', password: 'token-1' });
  });

  test.each(['docker.io', 'notgcr.io', 'pkg.dev.evil.test', 'gcr.io.evil.test', '127.0.0.1:5000'])('%s does not', async (registry) => {
    expect(await google(registry)).toBeUndefined();
  });

  test('a metadata server without tokens is a registry that lets nobody in', async () => {
    await expect(googleKeyring(() => Promise.reject(new Error('gone')))('gcr.io')).rejects.toMatchObject({ code: 'registry-denied' });
  });

  test('a file of docker login goes first', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'auth-')), 'config.json');
    const auth = Buffer.from('me:with:colons').toString('base64');
    writeFileSync(file, JSON.stringify({ auths: { 'r.test': { auth }, 'gcr.io': { username: 'u', password: 'p' } }, credsStore: 'x' }));
    const keyring = fileKeyring(file, google);
    expect(await keyring('r.test')).toEqual({ username: 'me', password: 'with:colons' });
    expect(await keyring('gcr.io')).toEqual({ username: 'u', password: 'p' });
    expect((await keyring('eu.gcr.io'))?.password).toBe('token-1');
  });
});

describe('the container', () => {
  const specOf = (change: object, memory?: number) => {
    const read = readTask({ ...metadataOf('busybox'), ...change }, 'vm-1');
    if (!('metadata' in read)) throw new Error(read.problems);
    return containerSpec(read.metadata, { shared: '/srv/shared', memory });
  };

  test('is bounded, unprivileged, and sees the shared folder read-only', () => {
    expect(specOf({ task_env: '{"A":"1=2"}' })).toEqual({
      name: expect.stringMatching(/^worker-task-1\.1-[0-9a-f]{8}$/),
      Image: 'busybox',
      Env: ['A=1=2'],
      Cmd: ['echo', 'hello'],
      Labels: { 'worker.result-id': 'task:1.1', 'worker.task': 'import', 'worker.attempt': '1' },
      HostConfig: {
        Mounts: [{ Type: 'bind', Source: '/srv/shared', Target: '/tmp/worker', ReadOnly: true }],
        SecurityOpt: ['no-new-privileges'],
        LogConfig: { Type: 'json-file', Config: { 'max-size': '50m', 'max-file': '3' } },
      },
    });
  });

  test('keeps the image’s command without arguments, and swaps nothing when its memory is bounded', () => {
    expect(specOf({ task_args: '[]' })).not.toHaveProperty('Cmd');
    expect(specOf({}, 1000).HostConfig).toMatchObject({ Memory: 1000, MemorySwap: 1000 });
  });

  test('has one name for one attempt, and another for another', () => {
    const names = ['a.1', 'a.2', 'a:b.1', 'a-b.1', 'a:b.2'].map(containerName);
    expect(new Set(names).size).toBe(5);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/);
  });
});
