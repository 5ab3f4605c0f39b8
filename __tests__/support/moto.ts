import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { end, leashed } from './leash';
import { OneAtATime } from './one-at-a-time';
import { find } from './real';

/** What a client of the AWS API needs, and nothing of the user's own. */
export const AWS_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

/** Requests that list what an account has: service, and path or form of the query protocol or target of the JSON protocol. */
const LISTS: readonly (readonly [service: string, request: string])[] = [
  ...['Vpcs', 'Subnets', 'SecurityGroups', 'InternetGateways', 'Addresses', 'RouteTables', 'LaunchTemplates', 'Volumes'].map(
    (what) => ['ec2', `Action=Describe${what}&Version=2016-11-15`] as const,
  ),
  // what is terminated or deleted is told for an hour
  ['ec2', `Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=instance-state-name&${states('pending', 'running', 'stopping', 'stopped')}`],
  ['ec2', `Action=DescribeNatGateways&Version=2016-11-15&Filter.1.Name=state&${states('pending', 'available', 'deleting', 'failed')}`],
  ['ec2', `Action=DescribeVpcEndpoints&Version=2016-11-15&Filter.1.Name=vpc-endpoint-state&${states('pending', 'available', 'deleting', 'failed')}`],
  ['elasticloadbalancing', 'Action=DescribeLoadBalancers&Version=2015-12-01'],
  ['elasticloadbalancing', 'Action=DescribeTargetGroups&Version=2015-12-01'],
  ['autoscaling', 'Action=DescribeAutoScalingGroups&Version=2011-01-01'],
  ['autoscaling', 'Action=DescribePolicies&Version=2011-01-01'],
  ['monitoring', 'Action=DescribeAlarms&Version=2010-08-01'],
  ['iam', 'Action=ListRoles&Version=2010-05-08'],
  ['iam', 'Action=ListInstanceProfiles&Version=2010-05-08'],
  ['sns', 'Action=ListTopics&Version=2010-03-31'],
  ['s3', '/'],
  ['route53', '/2013-04-01/hostedzone'],
  ['acm', 'CertificateManager.ListCertificates'],
];

function states(...names: string[]): string {
  return names.map((name, i) => `Filter.1.Value.${i + 1}=${name}`).join('&');
}

/** A stand-in for AWS on loopback. */
export class Moto {
  private constructor(
    readonly endpoint: string,
    private readonly server: ChildProcess,
    private readonly front: OneAtATime,
  ) {}

  static async start(): Promise<Moto> {
    const env = { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true', MOTO_ACM_VALIDATION_WAIT: '1' };
    // a port that moto takes itself: another program on a port that was free a moment ago would answer in its place
    const server = leashed(['sh', '-c', 'exec "$0" "$@" 2>&1', find('moto_server') as string, '-H', '127.0.0.1', '-p', '0'], env);
    const port = await portOf(server);
    server.stdout?.resume(); // it logs every request
    return new Moto(`http://127.0.0.1:${port}`, server, await OneAtATime.before(port));
  }

  /** For whoever asks several things at the same time, and does not block this process: it is in it. */
  get calmEndpoint(): string {
    return this.front.endpoint;
  }

  async stop(): Promise<void> {
    await this.front.close();
    await end(this.server);
  }

  /** What the account has, as the answer to each request that lists something. */
  async inventory(): Promise<Readonly<Record<string, string>>> {
    const answers: Record<string, string> = {};
    for (const [service, request] of LISTS) answers[`${service} ${request}`] = await this.ask(service, request);
    answers['kms TrentService.ListKeys'] = (await this.keys()).join();
    return answers;
  }

  /** Keys that are somebody's: not those that go in some days, nor those that AWS makes itself for what is encrypted without one. */
  private async keys(): Promise<string[]> {
    const { Keys } = JSON.parse(await this.ask('kms', 'TrentService.ListKeys')) as { Keys: { KeyId: string }[] };
    const described = await Promise.all(Keys.map(({ KeyId }) => this.ask('kms', 'TrentService.DescribeKey', JSON.stringify({ KeyId }))));
    const all = described.map((text) => (JSON.parse(text) as { KeyMetadata: { KeyId: string; KeyState: string; Description: string } }).KeyMetadata);
    return all.filter(({ KeyState, Description }) => KeyState !== 'PendingDeletion' && !/^Default (master )?key/.test(Description)).map(({ KeyId }) => KeyId);
  }

  /** Asks in the protocol that the service speaks: a path, a target or a form. */
  async ask(service: string, request: string, json = '{}'): Promise<string> {
    const headers = { authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0` };
    const post = (type: string, body: string, more = {}) => ({ method: 'POST', headers: { ...headers, 'content-type': type, ...more }, body });
    const [path, how] = request.startsWith('/')
      ? [request, { headers }]
      : request.startsWith('Action=')
        ? ['/', post('application/x-www-form-urlencoded', request)]
        : ['/', post('application/x-amz-json-1.1', json, { 'x-amz-target': request })];
    const answer = await fetch(`${this.endpoint}${path}`, how);
    const body = await answer.text();
    if (!answer.ok) throw new Error(`moto answers ${answer.status} to ${service} ${request}: ${body.slice(0, 500)}`);
    // a request has an id of its own; and moto does not give back the addresses that the machines of a group had
    return body.replaceAll(/<(requestId|RequestId|availableIpAddressCount)>[^<]*/g, '<$1>').replaceAll('><', '>\n<');
  }
}

/** What it says of itself when it listens. */
async function portOf(server: ChildProcess): Promise<number> {
  for await (const line of createInterface({ input: server.stdout as NodeJS.ReadableStream })) {
    const [, port] = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? [];
    if (port) return Number(port);
  }
  throw new Error('moto_server ended before it told where it is');
}
