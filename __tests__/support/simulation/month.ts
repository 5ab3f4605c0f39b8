import { EVENTS } from '../../../services/contracts/functions';
import { type Task, taskSeconds } from '../../../services/contracts/task';
import { isOpen, type TaskRecord } from '../../../services/contracts/task-record';
import type { TaskError } from '../../../services/contracts/task-result';
import { ComputeApi } from '../../../services/functions/compute-api';
import { answering, type Call, type Handler } from '../../../services/functions/handler';
import { reaping, requestPush, resultPush } from '../../../services/functions/requests';
import { Random } from '../../../services/testbench/random';
import { type ComputeFault, type ComputeRequest, FakeCompute } from '../compute/fake-compute';
import type { Machine } from '../compute/machine';
import { machine as machineSettings, prices, resultOf, task } from '../functions/bench';
import { MemoryBus, MemoryLedger, MemoryLog } from '../functions/memory';
import { deathOf, type FaultName, FaultPlan, type Faults } from './faults';
import { figuresOf, type MonthFigures } from './figures';
import { type Death, Process } from './mortal';
import { type PushMessage, PushSubscription } from './push-subscription';
import { VirtualClock } from './virtual-clock';

export interface MonthOptions {
  readonly seed: string;
  /** Chance of every fault, for every attempt and every run of the reaper. */
  readonly faultShare: number;
  /** Whether Google deletes machines at the end of their time. */
  readonly maxRunDuration: boolean;
  /** Whether the reaper runs. */
  readonly reaper: boolean;
  /** @default 30 */
  readonly days?: number;
}

const START = new Date('2026-03-01T00:00:00.000Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const REAPER_EVERY = 10 * MINUTE;

/** A daily import, a report every six hours on spot machines, a small job at odd times. */
const TASKS: Readonly<Record<string, Task>> = {
  import: task({ maxMinutes: 60, retries: { attempts: 1, on: 'preemption' } }),
  report: task({ provisioning: 'spot', maxMinutes: 20, retries: { attempts: 2, on: { exitCodes: [75] } } }),
  cleanup: task({ provisioning: 'spot', maxMinutes: 5 }),
};

/** A month of the real functions on virtual time. */
export const month = (options: MonthOptions): Promise<MonthFigures> => new Month(options).run();

class Month {
  private readonly clock = new VirtualClock(START);
  private readonly random: Random;
  private readonly ledger = new MemoryLedger();
  private readonly bus = new MemoryBus();
  private readonly log = new MemoryLog();
  private readonly cloud: FakeCompute;
  private readonly plan: FaultPlan;
  private readonly requests: PushSubscription;
  private readonly reports: PushSubscription;
  private readonly asked: string[] = [];
  /** By attempt: processes that died between its alert and its record. */
  private readonly unrecorded = new Map<string, number>();
  private messages = 0;

  constructor(private readonly options: MonthOptions) {
    this.random = new Random(options.seed);
    this.plan = new FaultPlan(options.seed, options.faultShare);
    this.cloud = new FakeCompute({
      clock: this.clock,
      operationMs: 8000,
      honoursMaxRunDuration: options.maxRunDuration,
      fault: (request) => this.cloudFault(request),
      onCreated: (machine) => this.live(machine),
    });
    this.requests = new PushSubscription(this.clock, (call, { id, data }, attempt) => {
      const { idempotencyKey = id, attempt: ofTask = 1 } = JSON.parse(data);
      const death = attempt === 1 ? this.plan.of(`${idempotencyKey}.${ofTask}`).createDies : undefined;
      return this.process(death, 'createDies', (parts) => requestPush({ ...parts, tasks: TASKS, namePrefix: 'docker-worker', machine: machineSettings }), call);
    });
    this.reports = new PushSubscription(this.clock, (call, { data }, attempt) => {
      const death = attempt === 1 ? this.plan.of(JSON.parse(data).resultId).deleteDies : undefined;
      return this.process(death, 'deleteDies', (parts) => resultPush({ ...parts, prices, requestTopic: 'task-request' }), call);
    });
    this.bus.onPublish(({ data }, id) => this.soon(this.requests, { id, data, publishedAt: new Date(this.clock.now()) }));
  }

  async run(): Promise<MonthFigures> {
    const { days = 30 } = this.options;
    for (let day = 0; day < days; day += 1) {
      this.askAt(day * DAY + 2 * HOUR, 'import');
      for (const hour of [0, 6, 12, 18]) this.askAt(day * DAY + hour * HOUR, 'report');
      this.askAt(day * DAY + this.random.between(0, DAY), 'cleanup');
    }
    const end = START.getTime() + (days + 1) * DAY; // a day for what is under way
    if (this.options.reaper) for (let at = START.getTime(); at < end; at += REAPER_EVERY) this.clock.at(at, () => this.reap());
    await this.clock.runUntil(new Date(end));
    this.cloud.alive(); // what Google did since somebody looked
    const { asked, unrecorded, cloud, log, clock } = this;
    const deadLetters = this.requests.deadLetters.length + this.reports.deadLetters.length;
    const faults = this.plan.happened;
    return figuresOf({
      asked,
      records: [...this.ledger.records.values()],
      machines: cloud.machines,
      refused: cloud.refused,
      log,
      unrecorded,
      deadLetters,
      faults,
      end: new Date(clock.now()),
    });
  }

  private askAt(after: number, name: string): void {
    this.clock.at(START.getTime() + after, () => {
      const message = { id: String(++this.messages), data: JSON.stringify({ task: name }), publishedAt: new Date(this.clock.now()) };
      this.asked.push(message.id);
      this.soon(this.requests, message);
      if (this.plan.of(`${message.id}.1`).requestTwice) this.soon(this.requests, message, 'requestTwice');
    });
  }

  /** Pub/Sub takes some seconds at most. */
  private soon(subscription: PushSubscription, message: PushMessage, fault?: FaultName): void {
    if (fault) this.plan.count(fault);
    this.clock.after(this.random.between(20, 3000), () => subscription.deliver(message));
  }

  /** What the machine does by itself. */
  private live({ body, createdAt }: Machine): void {
    const items = body.metadata?.items ?? [];
    const value = (key: string) => items.find((item) => item.key === key)?.value ?? '';
    const key = `${value('task_id')}.${value('task_attempt')}`;
    const faults = this.plan.of(key);
    const limit = taskSeconds(TASKS[value('task_name')] as Task) * 1000;
    if (faults.neverBoots) {
      this.plan.count('neverBoots');
      return;
    }
    const booted = createdAt + this.random.between(20_000, 60_000);
    const takes = this.random.between(0.1, 1.1) * limit;
    const stops = booted + Math.min(takes, limit);
    if (faults.preempted) {
      this.plan.count('preempted');
      const at = this.random.between(booted, stops);
      this.clock.at(at, () => this.cloud.preempt(body.name));
      // Half a minute is enough for the report, mostly.
      if (this.random.chance(0.7)) this.clock.at(at - 10_000, () => this.report(key, faults, null, { code: 'preempted', message: 'taken away' }));
      return;
    }
    if (faults.agentDies) {
      this.plan.count('agentDies');
      return;
    }
    const exitCode = this.random.chance(0.9) ? 0 : this.random.chance(0.5) ? 75 : 1;
    this.clock.at(stops, () => {
      if (!this.cloud.isAlive(body.name)) return;
      if (takes > limit) this.report(key, faults, null, { code: 'timed-out', message: 'stopped' });
      else this.report(key, faults, exitCode, null);
    });
  }

  private report(key: string, { reportTwice, reportLate }: Faults, exitCode: number | null, error: TaskError | null): void {
    const { taskId, task: name, attempt, instance, startedAt } = this.ledger.records.get(key) as TaskRecord;
    const finishedAt = new Date(this.clock.now()).toISOString();
    const data = JSON.stringify(resultOf({ taskId, task: name, attempt, instance, exitCode, error, startedAt, finishedAt }));
    const send = () => this.soon(this.reports, { id: String(++this.messages), data, publishedAt: new Date(this.clock.now()) });
    if (reportLate) {
      this.plan.count('reportLate');
      this.clock.after(3 * HOUR, send);
    } else {
      send();
    }
    if (!reportTwice) return;
    this.plan.count('reportTwice');
    send();
  }

  private reap(): void {
    if (this.random.chance(this.options.faultShare)) {
      this.plan.count('reaperSkipped');
      return;
    }
    const death = deathOf(this.random, this.options.faultShare);
    // A run that would find nothing is left out: it costs time, and changes nothing.
    if (this.cloud.alive().length === 0 && ![...this.ledger.records.values()].some(isOpen)) return;
    void this.process(death, 'reaperDies', (parts) => reaping({ ...parts, prices }), { headers: {}, rawBody: Buffer.alloc(0) });
  }

  /** One call of a function in a process of its own, which may die. */
  private process(death: Death | undefined, name: FaultName, handler: (parts: ReturnType<Month['parts']>) => Handler, call: Call) {
    const alerted = new Set<string>();
    const process = new Process(death, () => {
      this.plan.count(name);
      for (const key of alerted) if (this.isOpen(key)) this.unrecorded.set(key, (this.unrecorded.get(key) ?? 0) + 1);
    });
    const parts = this.parts(process, alerted);
    return answering(parts.log, handler(parts))(call);
  }

  private parts(process: Process, alerted: Set<string>) {
    const { clock } = this;
    const own = process.writes(this.log);
    const log = {
      info: own.info,
      warn: own.warn,
      error: (fields: { event?: string; taskId?: string; attempt?: number }, message: string) => {
        if (process.isDead) return;
        if (fields.event === EVENTS.taskLost || fields.event === EVENTS.taskFailed) alerted.add(`${fields.taskId}.${fields.attempt}`);
        this.log.error(fields, message);
      },
    };
    const transport = (method: string, url: string, body?: unknown) => process.step(() => this.cloud.handle(method, url.replace('http://compute', ''), body));
    const compute = new ComputeApi({ project: 'p-dev', clock, transport, baseUrl: 'http://compute/compute/v1', random: () => this.random.next() });
    return { clock, compute, ledger: process.uses(this.ledger), bus: process.uses(this.bus), log };
  }

  private cloudFault({ method, path, body }: ComputeRequest): ComputeFault | undefined {
    if (method === 'instances.insert' && body) {
      if (this.plan.countdown(keyOf(body), 'insertFails')) return { status: 500 };
      if (this.plan.of(keyOf(body)).insertAnswerLost && this.plan.isFirst(`insert of ${body.name}`)) {
        this.plan.count('insertAnswerLost');
        return 'lose-answer';
      }
    }
    if (method === 'instances.delete') {
      const machine = this.cloud.machines.find(({ body: its }) => its.name === path.instance);
      if (machine && this.plan.countdown(keyOf(machine.body), 'deleteFails')) return { status: 500 };
    }
    return undefined;
  }

  private isOpen(key: string): boolean {
    const record = this.ledger.records.get(key);
    return record !== undefined && isOpen(record);
  }
}

function keyOf({ metadata }: { metadata?: { items?: readonly { key: string; value: string }[] } }): string {
  const value = (key: string) => metadata?.items?.find((item) => item.key === key)?.value;
  return `${value('task_id')}.${value('task_attempt')}`;
}
