import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What moto does not know of CloudFront, by path: the element that holds one, and the one that its config is. */
const KINDS: Readonly<Record<string, { readonly one: string; readonly config: string; readonly missing: string }>> = {
  'cache-policy': { one: 'CachePolicy', config: 'CachePolicyConfig', missing: 'NoSuchCachePolicy' },
  'response-headers-policy': { one: 'ResponseHeadersPolicy', config: 'ResponseHeadersPolicyConfig', missing: 'NoSuchResponseHeadersPolicy' },
};

const NAMESPACE = 'xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"';
const THEN = '2026-01-01T00:00:00Z';
const etag = (text: string) => `E${createHash('sha256').update(text).digest('hex').slice(0, 13).toUpperCase()}`;
const inner = (xml: string, element: string): string => new RegExp(`<${element}(?: [^>]*)?>([\\s\\S]*)</${element}>`).exec(xml)?.[1] ?? '';

interface Program {
  readonly config: string;
  readonly code: Buffer;
  isLive: boolean;
}

/**
 * Stands before moto's CloudFront: keeps policies and functions, which moto has not, gives them back as they came, and hands on all else.
 * https://docs.aws.amazon.com/cloudfront/latest/APIReference/
 */
export class CloudFrontFront {
  /** What each distribution that was made or changed was told to be, as XML: moto forgets parts of it. */
  readonly distributions: string[] = [];
  private readonly policies = new Map<string, string>();
  private readonly functions = new Map<string, Program>();
  private readonly server: Server;

  private constructor(private readonly behind: string) {
    this.server = createServer((asked, response) => {
      this.handle(asked, response).catch((error) => response.destroy(error));
    });
    this.server.keepAliveTimeout = 60_000;
  }

  /** @param endpoint moto's */
  static async before(endpoint: string): Promise<CloudFrontFront> {
    const front = new CloudFrontFront(endpoint);
    await new Promise<void>((resolve) => front.server.listen(0, '127.0.0.1', resolve));
    return front;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** How much is kept here. */
  get size(): number {
    return this.policies.size + this.functions.size;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of asked) parts.push(part);
    const body = Buffer.concat(parts);
    const { method = 'GET', url = '/' } = asked;
    const [, , kind = '', id, action] = url.split('?')[0]?.split('/') ?? [];
    if (KINDS[kind]) this.policy(kind, method, id, body.toString(), response);
    else if (kind === 'function') this.program(method, id, action ?? '', url, body.toString(), response);
    else await this.handOn(asked, body, response);
  }

  private async handOn(asked: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = asked;
    const headers = Object.entries(asked.headers).filter(([name]) => !['host', 'connection', 'content-length', 'transfer-encoding', 'expect'].includes(name));
    const sent = body.length > 0 ? { body: new Uint8Array(body) } : {};
    const answer = await fetch(`${this.behind}${url}`, { method, headers: headers as [string, string][], ...sent });
    const text = await answer.text();
    const told = inner(body.toString(), 'DistributionConfig');
    if (told !== '' && answer.ok) this.distributions.push(told);
    const kept = [...answer.headers].filter(([name]) => !['connection', 'content-length', 'transfer-encoding', 'content-encoding'].includes(name));
    response.writeHead(answer.status, Object.fromEntries(kept)).end(text);
  }

  private policy(kind: string, method: string, id: string | undefined, body: string, response: ServerResponse): void {
    const { one, config, missing } = KINDS[kind] as (typeof KINDS)[string];
    const known = id ?? randomUUID();
    if (method === 'POST' || (method === 'PUT' && this.policies.has(known))) this.policies.set(known, inner(body, config));
    const held = this.policies.get(known);
    if (method === 'DELETE' && this.policies.delete(known)) response.writeHead(204).end();
    else if (held === undefined) refuse(response, missing);
    else this.tell(response, method, known, held, { one, config });
  }

  private tell(response: ServerResponse, method: string, known: string, held: string, { one, config }: { one: string; config: string }): void {
    const xml = `<${one} ${NAMESPACE}><Id>${known}</Id><LastModifiedTime>${THEN}</LastModifiedTime><${config}>${held}</${config}></${one}>`;
    response.writeHead(method === 'POST' ? 201 : 200, { 'content-type': 'text/xml', etag: etag(held) }).end(xml);
  }

  private program(method: string, name: string | undefined, action: string, url: string, body: string, response: ServerResponse): void {
    const stage = /[?&]Stage=(\w+)/.exec(url)?.[1] ?? 'DEVELOPMENT';
    const known = name ?? inner(body, 'Name');
    if ((method === 'POST' && action === '') || method === 'PUT') {
      this.functions.set(known, { config: inner(body, 'FunctionConfig'), code: Buffer.from(inner(body, 'FunctionCode'), 'base64'), isLive: false });
    }
    const held = this.functions.get(known);
    if (!held || (stage === 'LIVE' && !held.isLive)) {
      refuse(response, 'NoSuchFunctionExists');
      return;
    }
    if (action === 'publish') held.isLive = true;
    const tag = etag(held.config + held.code);
    if (method === 'DELETE') {
      this.functions.delete(known);
      response.writeHead(204).end();
    } else if (method === 'GET' && action === '') {
      response.writeHead(200, { 'content-type': 'application/octet-stream', etag: tag }).end(held.code);
    } else {
      const at = action === 'publish' ? 'LIVE' : stage;
      const metadata = `<FunctionARN>arn:aws:cloudfront::123456789012:function/${known}</FunctionARN><Stage>${at}</Stage><CreatedTime>${THEN}</CreatedTime><LastModifiedTime>${THEN}</LastModifiedTime>`;
      const status = held.isLive ? 'DEPLOYED' : 'UNPUBLISHED';
      const xml = `<FunctionSummary ${NAMESPACE}><Name>${known}</Name><Status>${status}</Status><FunctionConfig>${held.config}</FunctionConfig><FunctionMetadata>${metadata}</FunctionMetadata></FunctionSummary>`;
      response.writeHead(method === 'POST' && action === '' ? 201 : 200, { 'content-type': 'text/xml', etag: tag }).end(xml);
    }
  }
}

function refuse(response: ServerResponse, code: string): void {
  const xml = `<ErrorResponse ${NAMESPACE}><Error><Type>Sender</Type><Code>${code}</Code><Message>not here</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
  response.writeHead(404, { 'content-type': 'text/xml' }).end(xml);
}
