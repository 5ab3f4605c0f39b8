import { EVENTS } from '../../../services/contracts/functions';
import { isOpen, type TaskRecord } from '../../../services/contracts/task-record';
import { hasNextAttempt } from '../../../services/functions/delete-worker';
import { endOfTime, type Machine } from '../compute/machine';
import type { MemoryLog } from '../functions/memory';

/** How the month went. */
export interface MonthFigures {
  /** Tasks that were asked for. */
  readonly asked: number;
  readonly attempts: number;
  readonly machines: number;
  readonly finished: number;
  readonly failed: number;
  readonly lost: number;
  readonly open: number;
  readonly machineHours: number;
  /** Hours that machines lived after their deadline. */
  readonly hoursBeyondDeadline: number;
  /** Longest life beyond a deadline, minutes. */
  readonly longestBeyondMinutes: number;
  /** Lost, or failed without another attempt, and no alert. */
  readonly withoutAlert: string[];
  /** Alerts although the attempt ended otherwise. */
  readonly falseAlerts: string[];
  /** Attempts alerted more often than processes that died between alert and ledger explain. */
  readonly alertedTooOften: string[];
  /** Processes that died between an alert and its record: the alert comes twice. */
  readonly alertedAgain: number;
  readonly deadLetters: number;
  /** Attempts that are not in the ledger although they were asked for. */
  readonly forgotten: string[];
  /** What the fake refused of what it was asked. */
  readonly refused: string[];
  readonly faults: Readonly<Record<string, number>>;
}

/** What is left of a month. */
export interface MonthEnd {
  readonly asked: readonly string[];
  readonly records: readonly TaskRecord[];
  readonly machines: readonly Machine[];
  readonly refused: string[];
  readonly log: MemoryLog;
  /** By attempt: processes that died between its alert and its record. */
  readonly unrecorded: ReadonlyMap<string, number>;
  readonly deadLetters: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly end: Date;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export function figuresOf({ asked, records, machines, refused, log, unrecorded, deadLetters, faults, end }: MonthEnd): MonthFigures {
  const lives = machines.map((machine) => {
    const goneAt = machine.goneAt ?? end.getTime();
    return { lived: goneAt - machine.createdAt, beyond: Math.max(0, goneAt - (endOfTime(machine) as number)) };
  });
  const of = (state: string) => records.filter((record) => record.state === state);
  const alerts = new Map<string, number>();
  for (const { taskId, attempt } of [...log.events(EVENTS.taskLost), ...log.events(EVENTS.taskFailed)]) {
    const key = `${taskId}.${attempt}`;
    alerts.set(key, (alerts.get(key) ?? 0) + 1);
  }
  const mustAlert = new Set([...of('lost'), ...of('failed').filter((record) => !hasNextAttempt(record))].map(({ key }) => key));
  const keys = new Set(records.map(({ key }) => key));
  return {
    asked: asked.length,
    attempts: records.length,
    machines: machines.length,
    finished: of('finished').length,
    failed: of('failed').length,
    lost: of('lost').length,
    open: records.filter(isOpen).length,
    machineHours: sum(lives.map(({ lived }) => lived)) / HOUR,
    hoursBeyondDeadline: sum(lives.map(({ beyond }) => beyond)) / HOUR,
    longestBeyondMinutes: Math.max(0, ...lives.map(({ beyond }) => beyond)) / MINUTE,
    withoutAlert: [...mustAlert].filter((key) => !alerts.has(key)),
    falseAlerts: [...alerts.keys()].filter((key) => !mustAlert.has(key)),
    alertedTooOften: [...alerts].filter(([key, times]) => times > 1 + (unrecorded.get(key) ?? 0)).map(([key]) => key),
    alertedAgain: sum([...unrecorded.values()]),
    deadLetters,
    forgotten: asked.filter((id) => !keys.has(`${id}.1`)),
    refused,
    faults,
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
