import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TaskResult } from '../../services/contracts/task-result';

export interface LogEntry {
  readonly textPayload: string;
  readonly timestamp: string;
  readonly insertId: string;
  readonly severity: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What Google's servers say to one worker machine, on loopback: metadata, tokens, Pub/Sub, Cloud Logging, Cloud Storage. */
export class FakeGoogle {
  /** Published on any topic, the newest last. */
  readonly published: { readonly topic: string; readonly result: TaskResult }[] = [];
  readonly requests: string[] = [];
  /** Custom metadata; undefined: the metadata server never answers. */
  attributes: Readonly<Record<string, string>> | undefined = {};
  /** As the metadata server says it. */
  preempted: 'TRUE' | 'FALSE' = 'FALSE';
  /** By `bucket/name`. */
  objects: Readonly<Record<string, string>> = {};
  /** Told before a message is stored, and before it is acknowledged. */
  beforePublish: () => Promise<void> | void = () => {};
  afterPublish: () => Promise<void> | void = () => {};
  onEntries: (entries: readonly LogEntry[]) => Promise<void> | void = () => {};
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch((error) => {
      if (!response.headersSent) response.writeHead(error.status ?? 500).end(String(error.message));
    });
  });

  /** `127.0.0.1:PORT` */
  host = '';

  async start(): Promise<void> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    this.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Where Google's clients look, so that all of them come here. */
  get environment(): Record<string, string> {
    return { GCE_METADATA_HOST: this.host, PUBSUB_EMULATOR_HOST: this.host, LOGGING_EMULATOR_HOST: this.host, STORAGE_EMULATOR_HOST: this.host };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url as string, 'http://google');
    this.requests.push(`${request.method} ${pathname}`);
    const json = (value: unknown) => response.writeHead(200, { 'content-type': 'application/json', 'metadata-flavor': 'Google' }).end(JSON.stringify(value));
    if (pathname.startsWith('/computeMetadata/v1/')) {
      if (this.attributes === undefined) return; // hangs
      if (request.headers['metadata-flavor'] !== 'Google') throw Object.assign(new Error('no Metadata-Flavor'), { status: 403 });
      if (pathname.endsWith('/token')) json({ access_token: 'token-of-the-machine', expires_in: 3600, token_type: 'Bearer' });
      else if (pathname.endsWith('/name')) response.writeHead(200, { 'metadata-flavor': 'Google' }).end('worker-20260101-1');
      else if (pathname.endsWith('/instance/preempted')) response.writeHead(200, { 'metadata-flavor': 'Google' }).end(this.preempted);
      else json({ ...this.attributes, 'ssh-keys': 'of somebody else' });
    } else if (pathname.endsWith(':publish')) {
      const { messages } = JSON.parse(await bodyOf(request));
      await this.beforePublish();
      for (const { data } of messages) this.published.push({ topic: pathname.slice(4, -8), result: JSON.parse(Buffer.from(data, 'base64').toString()) });
      await this.afterPublish();
      json({ messageIds: [String(this.published.length)] });
    } else if (pathname === '/v2/entries:write') {
      await this.onEntries(JSON.parse(await bodyOf(request)).entries);
      json({});
    } else {
      this.storage(pathname, searchParams, response, json);
    }
  }

  /** Pages of two objects each. */
  private storage(pathname: string, query: URLSearchParams, response: ServerResponse, json: (value: unknown) => void): void {
    const [, bucket = '', , name] = /^\/storage\/v1\/b\/([^/]+)(\/o)?(?:\/(.+))?$/.exec(pathname) ?? [];
    const names = Object.keys(this.objects).filter((key) => key.startsWith(`${bucket}/`));
    if (names.length === 0) throw Object.assign(new Error('the caller has no storage.objects.list'), { status: 403 });
    if (name) {
      response.end(this.objects[`${bucket}/${decodeURIComponent(name)}`]);
      return;
    }
    const from = Number(query.get('pageToken') ?? 0);
    const items = names.slice(from, from + 2).map((key) => {
      const content = this.objects[key] as string;
      const md5Hash = createHash('md5').update(content).digest('base64');
      return { name: key.slice(bucket.length + 1), size: String(Buffer.byteLength(content)), generation: '1', md5Hash };
    });
    json({ items, ...(from + 2 < names.length && { nextPageToken: String(from + 2) }) });
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
