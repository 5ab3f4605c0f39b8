import type { Death } from './mortal';
import { Random } from './random';

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

export const FAULT_NAMES = [
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
] as const satisfies readonly (keyof Faults)[];

/** Faults by attempt, each with the same chance. */
export function faultsOf(seed: string, key: string, share: number): Faults {
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
