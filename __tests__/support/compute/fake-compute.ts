import type { Clock } from '../../../services/runtime/clock';
import { COMPUTE, type Routed } from '../google/discovery';
import { endOfTime, type InstanceBody, type Machine, rules } from './machine';

export interface ComputeRequest {
  /** Such as `instances.insert`. */
  readonly method: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: InstanceBody | undefined;
  readonly at: number;
}

/**
 * What goes wrong with a request: an answer instead of the work, no answer and no work, work without its answer, an answer that comes late, or an
 * operation that is accepted and then fails.
 */
export type ComputeFault =
  | { readonly status: number; readonly reason?: string }
  | 'drop'
  | 'lose-answer'
  | { readonly latencyMs: number }
  | { readonly operationError: string };

export interface FakeComputeOptions {
  readonly clock: Clock;
  /** How long an operation takes. @default 0 */
  readonly operationMs?: number;
  /** Whether the cloud deletes machines at the end of their time. @default true */
  readonly honoursMaxRunDuration?: boolean;
  /** @default nothing goes wrong */
  readonly fault?: (request: ComputeRequest) => ComputeFault | undefined;
  /** Told of every machine that an insert makes. */
  readonly onCreated?: (machine: Machine) => void;
  /** Instances of one page of a list, at most. @default as asked */
  readonly pageSize?: number;
  /** Zones that are down: a list has the others, if partial success is asked for, and fails if not. @default none */
  readonly down?: readonly string[];
}

interface Operation {
  readonly name: string;
  readonly zone: string;
  readonly begunAt: number;
  readonly error: string | undefined;
}

export interface FakeAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Thrown instead of an answer. */
export class ConnectionLost extends Error {}

/** Compute Engine's REST API in memory: refuses what Google's published document does not know, and keeps time by the clock that it is given. */
export class FakeCompute {
  readonly machines: Machine[] = [];
  readonly requests: ComputeRequest[] = [];
  /** Requests that the document, or Google's rules beside it, did not let pass. */
  readonly refused: string[] = [];
  private readonly living = new Set<Machine>();
  private readonly operations = new Map<string, Operation>();
  private readonly byRequestId = new Map<string, string>();

  constructor(readonly options: FakeComputeOptions) {}

  /** Machines that exist now. */
  alive(): Machine[] {
    this.settle();
    return [...this.living];
  }

  isAlive(name: string): boolean {
    return this.alive().some(({ body }) => body.name === name);
  }

  preempt(name: string): void {
    const machine = this.alive().find(({ body }) => body.name === name);
    if (machine) this.end(machine, this.now(), 'preemption');
  }

  /** As if it had been made so much earlier. */
  age(name: string, seconds: number): void {
    for (const machine of this.living) if (machine.body.name === name) machine.createdAt -= seconds * 1000;
  }

  /** Somebody else's machine. */
  place(zone: string, body: InstanceBody): Machine {
    const machine = {
      body,
      zone,
      id: String(4_000_000_000_000_000_000n + BigInt(this.machines.length)),
      createdAt: this.now(),
      goneAt: undefined,
      goneBy: undefined,
    };
    this.machines.push(machine);
    this.living.add(machine);
    return machine;
  }

  /** `url` from `/compute/v1` on. Throws {@link ConnectionLost} where a client would see its connection end. */
  async handle(httpMethod: string, url: string, body: unknown): Promise<FakeAnswer> {
    const { pathname, searchParams } = new URL(url, 'http://compute');
    const routed = COMPUTE.route(httpMethod, pathname.replace(/^\/compute\/v1/, ''));
    if (!routed) return this.refuse(404, 'notFound', `${httpMethod} ${pathname} is not a method of the API`);
    const wrong = COMPUTE.mistakes(routed, searchParams, body);
    if (wrong.length > 0) return this.refuse(400, 'badRequest', wrong.join('; '));
    const request = { method: routed.name, path: routed.path, query: Object.fromEntries(searchParams), body: body as InstanceBody | undefined, at: this.now() };
    this.requests.push(request);

    const fault = this.options.fault?.(request);
    if (fault === 'drop') throw new ConnectionLost('reset before the request was read');
    if (typeof fault === 'object' && 'status' in fault) return failure(fault.status, fault.reason ?? 'backendError', 'as injected');
    if (typeof fault === 'object' && 'latencyMs' in fault) await this.options.clock.sleep(fault.latencyMs);
    const operationError = typeof fault === 'object' && 'operationError' in fault ? fault.operationError : undefined;
    const answer = this.perform(routed, request, operationError);
    if (fault === 'lose-answer') throw new ConnectionLost('reset before the answer was sent');
    return answer;
  }

  private perform({ name }: Routed, request: ComputeRequest, operationError: string | undefined): FakeAnswer {
    this.settle();
    const { zone = '', instance: machineName = '', operation: operationName = '' } = request.path;
    const found = [...this.living].find(({ body, zone: its }) => its === zone && body.name === machineName);
    switch (name) {
      case 'instances.insert':
        return this.insert(request, request.body as InstanceBody, operationError);
      case 'instances.get':
        return found ? { status: 200, body: this.shown(found) } : missing(`zones/${zone}/instances/${machineName}`);
      case 'instances.delete':
        if (!found) return missing(`zones/${zone}/instances/${machineName}`);
        if (operationError === undefined) this.end(found, this.now(), 'request');
        return this.begin(zone, operationError);
      case 'instances.aggregatedList':
        return this.list(request.query);
      case 'zoneOperations.get': {
        const operation = this.operations.get(operationName);
        return operation?.zone === zone ? { status: 200, body: this.shownOperation(operation) } : missing(`zones/${zone}/operations/${operationName}`);
      }
      default:
        throw new Error(`the fake has no ${name}`);
    }
  }

  private insert(request: ComputeRequest, body: InstanceBody, operationError: string | undefined): FakeAnswer {
    const zone = request.path.zone as string;
    const { requestId } = request.query;
    if (requestId !== undefined) {
      if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(requestId))
        return this.refuse(400, 'invalid', `requestId ${requestId} is no UUID`);
      const before = this.operations.get(this.byRequestId.get(requestId) ?? '');
      if (before) return { status: 200, body: this.shownOperation(before) };
    }
    const broken = rules(zone, body);
    if (broken.length > 0) return this.refuse(400, 'invalid', broken.join('; '));
    if ([...this.living].some((machine) => machine.zone === zone && machine.body.name === body.name)) {
      return failure(409, 'alreadyExists', `The resource 'zones/${zone}/instances/${body.name}' already exists`);
    }
    if (operationError === undefined) {
      const machine = this.place(zone, body);
      this.options.onCreated?.(machine);
    }
    const answer = this.begin(zone, operationError);
    if (requestId !== undefined) this.byRequestId.set(requestId, (answer.body as { name: string }).name);
    return answer;
  }

  private list(query: Readonly<Record<string, string>>): FakeAnswer {
    const label = /^labels\.([a-z0-9_-]+):\*$/.exec(query.filter ?? '')?.[1];
    if (query.filter !== undefined && label === undefined) return this.refuse(400, 'invalid', `the fake does not understand the filter ${query.filter}`);
    const { down = [] } = this.options;
    if (down.length > 0 && query.returnPartialSuccess !== 'true') return failure(503, 'backendError', `${down.join(', ')} cannot be reached`);
    const all = this.alive().filter(({ body, zone }) => !down.includes(zone) && (label === undefined || body.labels?.[label] !== undefined));
    const from = Number(query.pageToken ?? 0);
    const size = Math.min(Number(query.maxResults ?? 500), this.options.pageSize ?? 500);
    const items: Record<string, object> = {
      'zones/us-east1-b': { warning: { code: 'NO_RESULTS_ON_PAGE', message: 'There are no results for scope on this page.' } },
    };
    for (const machine of all.slice(from, from + size)) {
      const scope = `zones/${machine.zone}`;
      const before = (items[scope] as { instances: object[] } | undefined)?.instances ?? [];
      items[scope] = { instances: [...before, this.shown(machine)] };
    }
    return {
      status: 200,
      body: {
        kind: 'compute#instanceAggregatedList',
        items,
        ...(down.length > 0 && { unreachables: down.map((zone) => `zones/${zone}`) }),
        ...(from + size < all.length ? { nextPageToken: String(from + size) } : {}),
      },
    };
  }

  private begin(zone: string, error: string | undefined): FakeAnswer {
    const operation = { name: `operation-${this.operations.size + 1}`, zone, begunAt: this.now(), error };
    this.operations.set(operation.name, operation);
    return { status: 200, body: this.shownOperation(operation) };
  }

  private shownOperation({ name, zone, begunAt, error }: Operation) {
    const takes = this.options.operationMs ?? 0;
    const age = this.now() - begunAt;
    const status = age >= takes ? 'DONE' : age >= takes / 2 ? 'RUNNING' : 'PENDING';
    const errors = status === 'DONE' && error !== undefined ? { error: { errors: [{ code: error, message: 'as injected' }] } } : {};
    return { kind: 'compute#operation', name, status, zone: `https://www.googleapis.com/compute/v1/projects/p/zones/${zone}`, ...errors };
  }

  private shown({ body, id, zone, createdAt }: Machine) {
    const address = `https://www.googleapis.com/compute/v1/projects/p/zones/${zone}`;
    return {
      kind: 'compute#instance',
      ...body,
      id,
      zone: address,
      status: 'RUNNING',
      creationTimestamp: new Date(createdAt).toISOString().replace('Z', '+00:00'),
    };
  }

  private now(): number {
    return this.options.clock.now();
  }

  /** What the cloud did by itself since somebody looked. */
  private settle(): void {
    if (this.options.honoursMaxRunDuration === false) return;
    for (const machine of this.living) {
      const limit = endOfTime(machine);
      if (limit !== undefined && limit <= this.now()) this.end(machine, limit, 'maxRunDuration');
    }
  }

  private end(machine: Machine, at: number, by: Exclude<Machine['goneBy'], undefined>): void {
    machine.goneAt = at;
    machine.goneBy = by;
    this.living.delete(machine);
  }

  private refuse(status: number, reason: string, message: string): FakeAnswer {
    this.refused.push(message);
    return failure(status, reason, message);
  }
}

const failure = (status: number, reason: string, message: string): FakeAnswer => ({
  status,
  body: { error: { code: status, message, errors: [{ message, domain: 'global', reason }] } },
});

const missing = (what: string): FakeAnswer => failure(404, 'notFound', `The resource '${what}' was not found`);
