import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An error as the service of a request says it. */
export interface AwsError {
  readonly code: string;
  readonly message: string;
}

const STATUSES = ['Pending', 'InProgress', 'Successful'] as const;

/**
 * Stands before moto, which knows no instance refresh: answers those itself, in Auto Scaling's own protocol, and hands everything
 * else on. A refresh is a status further at each look.
 */
export class AwsFront {
  /** Parameters of each request to start one. */
  readonly started: URLSearchParams[] = [];
  /** What the next requests with this action are answered with. */
  readonly errors = new Map<string, AwsError>();
  private looks: number = STATUSES.length;

  private constructor(
    private readonly server: Server,
    private readonly moto: string,
  ) {}

  static async before(moto: string): Promise<AwsFront> {
    const server = createServer();
    const front = new AwsFront(server, moto);
    server.on('request', async (request: IncomingMessage, response) => {
      const { status, type, body } = await front.answer(request);
      response.writeHead(status, { 'content-type': type }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return front;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** As if somebody else had started one. */
  begin(): void {
    this.looks = 0;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; type: string; body: string }> {
    let body = '';
    for await (const part of request) body += part;
    const target = request.headers['x-amz-target'] as string | undefined;
    const form = new URLSearchParams(body);
    const action = target?.split('.')[1] ?? form.get('Action') ?? '';
    const error = this.errors.get(action);
    if (error && target) return { status: 400, type: 'application/x-amz-json-1.1', body: JSON.stringify({ __type: error.code, message: error.message }) };
    if (error) return refusal(error);
    if (action === 'StartInstanceRefresh') return this.start(form);
    if (action === 'DescribeInstanceRefreshes') return this.describe(form);
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !['host', 'connection', 'content-length', 'expect'].includes(name)));
    const answered = await fetch(`${this.moto}${request.url}`, { method: request.method ?? 'POST', headers: headers as Record<string, string>, body });
    return { status: answered.status, type: answered.headers.get('content-type') ?? 'text/xml', body: await answered.text() };
  }

  private start(form: URLSearchParams) {
    if (this.looks < STATUSES.length) return refusal({ code: 'InstanceRefreshInProgress', message: 'An Instance Refresh is already in progress' });
    this.started.push(form);
    this.looks = 0;
    return xml('StartInstanceRefresh', '<InstanceRefreshId>08b91cf7</InstanceRefreshId>');
  }

  private describe(form: URLSearchParams) {
    const goesOn = this.looks < STATUSES.length;
    const status = STATUSES[Math.min(this.looks, STATUSES.length - 1)];
    if (form.get('InstanceRefreshIds.member.1') && goesOn) this.looks += 1;
    const fields = {
      InstanceRefreshId: '08b91cf7',
      AutoScalingGroupName: form.get('AutoScalingGroupName'),
      Status: status,
      StartTime: '2026-05-04T02:00:00Z',
      ...(status === 'InProgress' && { PercentageComplete: 50, InstancesToUpdate: 1, StatusReason: 'Waiting for instances to warm up.' }),
      ...(status === 'Successful' && { PercentageComplete: 100, InstancesToUpdate: 0, EndTime: '2026-05-04T02:20:00Z' }),
    };
    const member = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
    return xml('DescribeInstanceRefreshes', `<InstanceRefreshes><member>${member.join('')}</member></InstanceRefreshes>`);
  }
}

const NAMESPACE = 'http://autoscaling.amazonaws.com/doc/2011-01-01/';

function xml(action: string, result: string) {
  const body = `<${action}Response xmlns="${NAMESPACE}"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`;
  return { status: 200, type: 'text/xml', body };
}

function refusal({ code, message }: AwsError) {
  const body = `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
  return { status: 400, type: 'text/xml', body };
}
