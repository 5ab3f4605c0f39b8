import type { MonthFigures } from '../../support/simulation/figures';
import { type MonthOptions, month } from '../../support/simulation/month';

/** A month each: 180 tasks, and every fault with a chance of one in ten, for every attempt and every run of the reaper. */
const SEEDS = ['1', '2', '3'];
const guarded = { faultShare: 0.1, maxRunDuration: true, reaper: true } as const;

const shown: Record<string, object> = {};
async function simulated(name: string, options: MonthOptions): Promise<MonthFigures> {
  const figures = await month(options);
  const { asked, attempts, finished, failed, lost, open, machineHours, hoursBeyondDeadline, alertedAgain } = figures;
  shown[name] = { asked, attempts, finished, failed, lost, open, machineHours: round(machineHours), beyondDeadline: round(hoursBeyondDeadline), alertedAgain };
  return figures;
}
const round = (hours: number): number => Number(hours.toFixed(1));

const happened: Record<string, number> = {};

afterAll(() => {
  process.stdout.write(`${table(shown)}\n${table({ faults: happened })}\n`);
});

describe.each(SEEDS)('a month with faults everywhere, seed %s', (seed) => {
  let figures: MonthFigures;
  beforeAll(async () => {
    figures = await simulated(`seed ${seed}`, { ...guarded, seed });
    for (const [fault, times] of Object.entries(figures.faults)) happened[fault] = (happened[fault] ?? 0) + times;
  });

  test('no machine lives beyond its deadline', () => {
    expect(figures.hoursBeyondDeadline).toBe(0);
    expect(figures.machines).toBeGreaterThan(150);
  });

  test('every task that was asked for ends finished, failed or lost', () => {
    const { attempts, finished, failed, lost, forgotten, open, deadLetters } = figures;
    expect({ ended: finished + failed + lost, forgotten, open, deadLetters }).toEqual({ ended: attempts, forgotten: [], open: 0, deadLetters: 0 });
    expect(Math.min(finished, failed, lost)).toBeGreaterThan(5);
  });

  test('every lost and every failed task is alerted, and nothing else; twice only if a process died between alert and ledger', () => {
    const { withoutAlert, falseAlerts, alertedTooOften } = figures;
    expect({ withoutAlert, falseAlerts, alertedTooOften }).toEqual({ withoutAlert: [], falseAlerts: [], alertedTooOften: [] });
  });

  test('Google would have understood every request', () => {
    expect(figures.refused).toEqual([]);
  });
});

test('every fault has happened', () => {
  expect(Object.entries(happened).filter(([, times]) => times < 10)).toEqual([]);
});

test('without faults every task is done by its own machine, and nothing is lost', async () => {
  const { machines, attempts, lost, open, withoutAlert } = await simulated('no faults, a week', { ...guarded, faultShare: 0, seed: '1', days: 7 });
  expect({ machines, lost, open, withoutAlert }).toEqual({ machines: attempts, lost: 0, open: 0, withoutAlert: [] });
});

test('the reaper alone ends machines soon after their deadline', async () => {
  const { hoursBeyondDeadline, longestBeyondMinutes, open } = await simulated('reaper alone, a week', {
    ...guarded,
    maxRunDuration: false,
    seed: '1',
    days: 7,
  });
  expect(hoursBeyondDeadline).toBeGreaterThan(0);
  expect(longestBeyondMinutes).toBeLessThan(90); // runs that are left out, die, or cannot delete
  expect(open).toBe(0);
});

test('without the reaper nobody learns of lost tasks', async () => {
  const { hoursBeyondDeadline, open } = await simulated('maxRunDuration alone, a week', { ...guarded, reaper: false, seed: '1', days: 7 });
  expect(hoursBeyondDeadline).toBe(0);
  expect(open).toBeGreaterThan(0);
});

test('with neither the same month leaks machines', async () => {
  const { hoursBeyondDeadline } = await simulated('neither', { ...guarded, maxRunDuration: false, reaper: false, seed: '1' });
  expect(hoursBeyondDeadline).toBeGreaterThan(1000);
});

/** Rows by name, with the fields of the first as columns. */
function table(rows: Readonly<Record<string, object>>): string {
  const columns = Object.keys(Object.values(rows)[0] ?? {});
  const cells = [['', ...columns], ...Object.entries(rows).map(([name, row]) => [name, ...columns.map((column) => String(row[column as keyof typeof row]))])];
  const widths = ['', ...columns].map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')).join('\n');
}
