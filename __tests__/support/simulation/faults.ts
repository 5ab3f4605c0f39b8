import { Random } from '../../../services/testbench/random';
import type { Death } from './mortal';

/** What goes wrong with one attempt of a task. Each is drawn for itself. */
export interface Faults {
  /** So many inserts are answered 500. */
  readonly insertFails: number;
  readonly insertAnswerLost: boolean;
  readonly neverBoots: boolean;
  /** The agent crashes, and never reports. */
  readonly agentDies: boolean;
  readonly preempted: boolean;
  readonly reportTwice: boolean;
  /** The report arrives after every deadline. */
  readonly reportLate: boolean;
  /** So many deletes are answered 500. */
  readonly deleteFails: number;
  readonly createDies: Death | undefined;
  readonly deleteDies: Death | undefined;
  /** The request is delivered twice. */
  readonly requestTwice: boolean;
}

const NAMES = [
  'insertFails',
  'insertAnswerLost',
  'neverBoots',
  'agentDies',
  'preempted',
  'reportTwice',
  'reportLate',
  'deleteFails',
  'createDies',
  'deleteDies',
  'requestTwice',
  'reaperSkipped',
  'reaperDies',
] as const satisfies readonly (keyof Faults | 'reaperSkipped' | 'reaperDies')[];
export type FaultName = (typeof NAMES)[number];

/** Faults by attempt, each with the same chance. */
function faultsOf(seed: string, key: string, share: number): Faults {
  const random = new Random(`${seed} ${key}`);
  const happens = () => random.chance(share);
  const so = (most: number) => (random.chance(share) ? Math.ceil(random.between(0, most)) : 0);
  return {
    insertFails: so(30), // more than one delivery's patience
    insertAnswerLost: happens(),
    neverBoots: happens(),
    agentDies: happens(),
    preempted: happens(),
    reportTwice: happens(),
    reportLate: happens(),
    deleteFails: so(30),
    createDies: deathOf(random, share),
    deleteDies: deathOf(random, share),
    requestTwice: happens(),
  };
}

export function deathOf(random: Random, share: number): Death | undefined {
  return random.chance(share) ? { step: Math.ceil(random.between(0, 6)), afterEffect: random.chance(0.5) } : undefined;
}

/** The faults of a month, and how often each has happened. */
export class FaultPlan {
  readonly happened = Object.fromEntries(NAMES.map((name) => [name, 0])) as Record<FaultName, number>;
  private readonly drawn = new Map<string, Faults>();
  /** Failures that a fault still has to give. */
  private readonly left = new Map<string, number>();
  private readonly seen = new Set<string>();

  constructor(
    private readonly seed: string,
    private readonly share: number,
  ) {}

  of(key: string): Faults {
    const faults = this.drawn.get(key) ?? faultsOf(this.seed, key, this.share);
    this.drawn.set(key, faults);
    return faults;
  }

  count(fault: FaultName): void {
    this.happened[fault] += 1;
  }

  /** Whether this call fails, of those that fail so many times. */
  countdown(key: string, fault: 'insertFails' | 'deleteFails'): boolean {
    const all = this.of(key)[fault];
    const left = this.left.get(`${fault} ${key}`) ?? all;
    if (left === 0) return false;
    if (left === all) this.count(fault);
    this.left.set(`${fault} ${key}`, left - 1);
    return true;
  }

  isFirst(what: string): boolean {
    const isNew = !this.seen.has(what);
    this.seen.add(what);
    return isNew;
  }
}
