import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Stored {
  version: number;
  /** Base64 by key. */
  data: Record<string, string>;
  /** Keys by manager, as server-side apply keeps them. */
  managed: Record<string, string[]>;
}

const RESOURCES = [
  { name: 'namespaces', singularName: 'namespace', namespaced: false, kind: 'Namespace', verbs: ['get', 'list'] },
  { name: 'secrets', singularName: 'secret', namespaced: true, kind: 'Secret', verbs: ['get', 'list', 'create', 'patch'] },
];

/** So much of Kubernetes' API as kubectl needs for secrets: discovery, namespaces, and server-side apply. On loopback. */
export class KubeApi {
  readonly folder = mkdtempSync(join(tmpdir(), 'kube-'));
  readonly namespaces = new Map<string, Map<string, Stored>>();
  readonly requests: string[] = [];
  /** Answers everything with a refusal. */
  forbids = false;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(): Promise<KubeApi> {
    const api = new KubeApi();
    await new Promise<void>((resolve) => api.server.listen(0, '127.0.0.1', resolve));
    const { port } = api.server.address() as AddressInfo;
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: 'me', user: { token: 'test' } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'me' } }],
      'current-context': 'test',
    };
    writeFileSync(api.kubeconfig, JSON.stringify(config));
    chmodSync(api.kubeconfig, 0o600);
    return api;
  }

  get kubeconfig(): string {
    return join(this.folder, 'config');
  }

  /** The value, as bytes. */
  value(namespace: string, secret: string, key: string): Buffer | undefined {
    const data = this.namespaces.get(namespace)?.get(secret)?.data[key];
    return data === undefined ? undefined : Buffer.from(data, 'base64');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    this.requests.push(`${request.method} ${pathname}`);
    const send = (status: number, body: object) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    const refuse = (code: number, reason: string, message: string) =>
      send(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code, message });

    if (pathname === '/api') return void send(200, { kind: 'APIVersions', versions: ['v1'] });
    if (pathname === '/apis') return void send(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: [] });
    if (pathname === '/api/v1') return void send(200, { kind: 'APIResourceList', groupVersion: 'v1', resources: RESOURCES });
    const [, name = '', secret] = /^\/api\/v1\/namespaces\/([^/]+)(?:\/secrets(?:\/([^/]+))?)?$/.exec(pathname) ?? [];
    if (this.forbids) return void refuse(403, 'Forbidden', `secrets "${secret}" is forbidden: User "me" cannot get resource "secrets"`);
    const namespace = this.namespaces.get(name);
    if (!namespace) return void refuse(404, 'NotFound', `namespaces "${name}" not found`);
    const shown = (one: string, { version, data }: Stored) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: { name: one, namespace: name, resourceVersion: `${version}` },
      data,
    });
    if (pathname.endsWith('/secrets'))
      return void send(200, { apiVersion: 'v1', kind: 'SecretList', metadata: {}, items: [...namespace].map(([one, stored]) => shown(one, stored)) });
    if (secret === undefined) return void send(200, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    if (request.method === 'PATCH') {
      const given = JSON.parse(Buffer.concat(pieces).toString()) as { data: Record<string, string> };
      this.apply(namespace, secret, searchParams.get('fieldManager') ?? '', given.data);
    }
    const stored = namespace.get(secret);
    if (!stored) return void refuse(404, 'NotFound', `secrets "${secret}" not found`);
    send(200, shown(secret, stored));
  }

  /** What a manager applied before and does not any more goes. https://kubernetes.io/docs/reference/using-api/server-side-apply/ */
  private apply(namespace: Map<string, Stored>, secret: string, manager: string, data: Record<string, string>): void {
    const stored = namespace.get(secret) ?? { version: 0, data: {}, managed: {} };
    for (const key of stored.managed[manager] ?? []) delete stored.data[key];
    Object.assign(stored.data, data);
    stored.managed[manager] = Object.keys(data);
    stored.version += 1;
    namespace.set(secret, stored);
  }
}

/** A folder with a program that notes its arguments and then is the real one. */
export function recording(program: string, real: string, folder: string): { readonly calls: () => string; readonly path: string } {
  const [file, calls] = [join(folder, program), join(folder, 'calls')];
  writeFileSync(calls, '');
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$*" >>'${calls}'\nexec '${real}' "$@"\n`);
  chmodSync(file, 0o755);
  return { calls: () => readFileSync(calls, 'utf8'), path: folder };
}
