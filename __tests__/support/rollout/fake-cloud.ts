import type { Clock } from '../../../services/runtime/clock';
import { type ComputeFault, ConnectionLost, type FakeAnswer } from '../compute/fake-compute';
import { ARTIFACT_REGISTRY, COMPUTE, type Discovery, type Routed } from '../google/discovery';
import { type Behaviour, FakeGroup, fingerprint, type Version } from './fake-group';
import { FakeRegistry } from './fake-registry';

export interface CloudRequest {
  /** Such as `instanceGroupManagers.patch`, `tags.get`. */
  readonly method: string;
  /** The last name of its path: a group, an operation, or `image:tag`. */
  readonly of: string;
  readonly at: number;
}

/** {@link ComputeFault}, and a refusal in Google's own words. */
export type CloudFault = ComputeFault | { readonly status: number; readonly reason: string; readonly message: string };

export interface FakeCloudOptions {
  readonly clock: Clock;
  /** Images by group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** The tag that machines start. */
  readonly tag: string;
  /** @default project p, zone us-central1-a */
  readonly place?: { readonly project: string; readonly region: string; readonly zone: string; readonly repository?: string };
  /** @default every machine is well */
  readonly behaves?: (digests: readonly string[], group: string) => Behaviour;
  /** @default nothing goes wrong */
  readonly fault?: (request: CloudRequest, index: number) => CloudFault | undefined;
}

/** What an operation takes: the group is what it was until then. */
const OPERATION_MS = 3000;

/** Artifact Registry's tags and Compute's groups in memory, for a rollout: what Google's documents do not know is refused, and so is an answer of ours. */
export class FakeCloud {
  readonly requests: CloudRequest[] = [];
  /** Requests that the documents did not let pass. */
  readonly refused: string[] = [];
  readonly registry: FakeRegistry;
  readonly groups: ReadonlyMap<string, FakeGroup>;
  /** Replacements, in their order: group, stamp, and the groups that were not well then. */
  readonly replaced: { readonly group: string; readonly release: string | undefined; readonly ill: readonly string[] }[] = [];
  /** What every path is in: other projects, zones and repositories are refused. */
  private readonly repository: string;
  private readonly zone: string;
  private readonly operations = new Map<string, number>();
  private readonly pending: { readonly at: number; readonly group: FakeGroup; readonly versions: readonly Version[] }[] = [];

  constructor(readonly options: FakeCloudOptions) {
    const { clock, groups, tag, behaves = () => 'well' as const } = options;
    const { project, region, zone, repository = 'filmlinkd' } = options.place ?? { project: 'p', region: 'us-central1', zone: 'us-central1-a' };
    this.repository = `projects/${project}/locations/${region}/repositories/${repository}`;
    this.zone = `projects/${project}/zones/${zone}`;
    const now = () => clock.now();
    this.registry = new FakeRegistry(now);
    const imagesAt = (images: readonly string[], at: number) => images.map((image) => this.registry.get(image, tag, at) ?? 'nothing');
    this.groups = new Map(Object.entries(groups).map(([name, images]) => [name, new FakeGroup({ name, images, now, imagesAt, behaves })]));
  }

  group(name: string): FakeGroup {
    this.settle();
    return this.groups.get(name) as FakeGroup;
  }

  /** `url` with the path from the API's root on. Throws {@link ConnectionLost} where a client would see its connection end. */
  async handle(httpMethod: string, url: string, body: unknown): Promise<FakeAnswer> {
    const { pathname, searchParams } = new URL(url, 'http://google');
    const isCompute = pathname.startsWith('/compute/v1/');
    const api = isCompute ? COMPUTE : ARTIFACT_REGISTRY;
    const routed = api.route(httpMethod, pathname.replace(/^\/compute\/v1/, ''));
    if (!routed) return this.refuse(isCompute, `${httpMethod} ${pathname} is not a method of the API`);
    const wrong = [...api.mistakes(routed, searchParams, body), ...this.elsewhere(pathname, isCompute)];
    if (wrong.length > 0) return this.refuse(isCompute, wrong.join('; '));
    const request = { method: routed.name, of: subject(routed, searchParams), at: this.options.clock.now() };
    this.requests.push(request);

    const fault = this.options.fault?.(request, this.requests.length - 1);
    if (fault === 'drop') throw new ConnectionLost('reset before the request was read');
    if (typeof fault === 'object' && 'status' in fault)
      return failure(isCompute, fault.status, fault.reason ?? 'backendError', 'message' in fault ? fault.message : 'as injected');
    this.settle();
    const answer = this.perform(routed, request.of, body);
    if (answer.status === 200) this.proveAnswer(api, routed, answer.body);
    if (fault === 'lose-answer') throw new ConnectionLost('reset before the answer was sent');
    return answer;
  }

  private perform({ name }: Routed, of: string, body: unknown): FakeAnswer {
    if (name.startsWith('tags.')) return this.tags(name, of, body as { version?: string });
    if (name === 'zoneOperations.get') {
      const begun = this.operations.get(of);
      return begun === undefined ? failure(true, 404, 'notFound', `operation ${of}`) : { status: 200, body: this.operation(of, begun) };
    }
    const group = this.groups.get(of);
    if (!group) return failure(true, 404, 'notFound', `The resource 'instanceGroupManagers/${of}' was not found`);
    switch (name) {
      case 'instanceGroupManagers.get':
        return { status: 200, body: group.shown() };
      case 'instanceGroupManagers.listManagedInstances':
        return { status: 200, body: { managedInstances: group.shownMachines() } };
      case 'instanceGroupManagers.patch':
        return this.patch(group, body as { fingerprint?: string; versions: readonly Version[] });
      default:
        throw new Error(`the fake has no ${name}`);
    }
  }

  private patch(group: FakeGroup, { fingerprint: known, versions }: { fingerprint?: string; versions: readonly Version[] }): FakeAnswer {
    if (known !== undefined && known !== fingerprint(group.fingerprint)) return failure(true, 412, 'conditionNotMet', 'Invalid fingerprint.');
    const { now } = this.options.clock;
    const ill = [...this.groups.values()].filter((each) => each !== group && !each.isWell).map((each) => each.options.name);
    this.replaced.push({ group: group.options.name, release: versions[0]?.name, ill });
    const begun = now.call(this.options.clock);
    const name = `operation-${this.operations.size + 1}`;
    this.operations.set(name, begun);
    this.pending.push({ at: begun + OPERATION_MS, group, versions });
    return { status: 200, body: this.operation(name, begun) };
  }

  private operation(name: string, begun: number) {
    return { kind: 'compute#operation', name, status: this.options.clock.now() >= begun + OPERATION_MS ? 'DONE' : 'RUNNING' };
  }

  private tags(name: string, of: string, { version = '' }: { version?: string } = {}): FakeAnswer {
    const [image = '', tag = ''] = of.split(':');
    const before = this.registry.get(image, tag);
    const digest = version.replace(/^.*\/versions\//, '');
    if (name === 'tags.get' || name === 'tags.patch') {
      if (before === undefined) return failure(false, 404, 'NOT_FOUND', 'Requested entity was not found.');
    } else if (before !== undefined) return failure(false, 409, 'ALREADY_EXISTS', 'the tag already exists');
    if (name !== 'tags.get') this.registry.set(image, tag, digest);
    return {
      status: 200,
      body: {
        name: `${this.repository}/packages/${image}/tags/${tag}`,
        version: `${this.repository}/packages/${image}/versions/${name === 'tags.get' ? before : digest}`,
      },
    };
  }

  /** Operations that are done by now. */
  private settle(): void {
    const now = this.options.clock.now();
    for (let next = this.pending[0]; next && next.at <= now; next = this.pending[0]) {
      this.pending.shift();
      next.group.change(next.versions);
    }
  }

  private proveAnswer(api: Discovery, { method }: Routed, body: unknown): void {
    const wrong = api.mistakesOf(method.response.$ref, body);
    if (wrong.length > 0) throw new Error(`the fake answers what Google never does: ${wrong.join('; ')}`);
  }

  private elsewhere(pathname: string, isCompute: boolean): string[] {
    return pathname.includes(`/${isCompute ? this.zone : this.repository}/`) ? [] : [`${pathname} is not ours`];
  }

  private refuse(isCompute: boolean, message: string): FakeAnswer {
    this.refused.push(message);
    return failure(isCompute, 400, 'invalid', message);
  }
}

function subject({ path }: Routed, query: URLSearchParams): string {
  if (path.instanceGroupManager ?? path.operation) return (path.instanceGroupManager ?? path.operation) as string;
  const [, image, tag = query.get('tagId')] = /packages\/([^/]+)(?:\/tags\/([^/]+))?$/.exec(path.name ?? path.parent ?? '') ?? [];
  return `${image}:${tag}`;
}

/** Each in its API's form. */
function failure(isCompute: boolean, status: number, reason: string, message: string): FakeAnswer {
  const error = { code: status, message };
  return { status, body: { error: isCompute ? { ...error, errors: [{ message, domain: 'global', reason }] } : { ...error, status: reason } } };
}
