import { goalLines, parseOptions } from '../../bench/frame';
import type { Figures } from '../../bench/synth/comparison';
import { comparisonGoals, growthGoals } from '../../bench/synth/goals';
import type { Growth } from '../../bench/synth/growth';
import { SYNTH } from '../../bench/synth/options';
import { comparisonTable, growthTable } from '../../bench/synth/tables';

const figures = (seconds: number, peakMb: number): Figures => ({ seconds, peakMb, fastest: seconds, slowest: seconds });
const floor = figures(0.5, 80);
const met = (goals: readonly { met: boolean }[]) => goals.map((goal) => goal.met);

const growth = (resources: number, stacks: number, msPerResource: number): Growth => {
  const seconds = (resources * msPerResource) / 1000;
  return { resources, stacks, msPerResource, seconds, process: { seconds: seconds + 0.5, peakMb: 100 } };
};

test('15 times faster, a tenth of the memory and twice the floor are just enough', () => {
  expect(met(comparisonGoals({ ours: figures(1, 100), template: figures(15, 1000), floor }))).toEqual([true, true, true]);
});

test('each goal is missed on its own', () => {
  expect(met(comparisonGoals({ ours: figures(1, 100), template: figures(14.9, 1000), floor }))).toEqual([false, true, true]);
  expect(met(comparisonGoals({ ours: figures(1, 100), template: figures(15, 999), floor }))).toEqual([true, false, true]);
  expect(met(comparisonGoals({ ours: figures(1, 100), template: figures(15, 1000), floor: figures(0.49, 80) }))).toEqual([true, true, false]);
});

test('growth is judged on resources spread over stacks', () => {
  const sizes = [growth(1_000, 10, 1), growth(20_000, 200, 1.5), growth(1_000, 1, 1), growth(20_000, 1, 9)];
  expect(met(growthGoals(sizes))).toEqual([true]);
  expect(met(growthGoals([growth(1_000, 10, 1), growth(20_000, 200, 1.6)]))).toEqual([false]);
});

test('growth without its two sizes is an error, not a success', () => {
  expect(() => growthGoals([growth(1_000, 10, 1)])).toThrow('not measured at 1,000 and 20,000');
});

test('the tables show the ratios and a missed goal stands out', () => {
  expect(comparisonTable({ ours: figures(1, 100), template: figures(15, 1000), floor })).toBe(
    [
      '  way                    wall s  fastest  slowest  peak MB  time to ours  memory to ours',
      '  ours: make synth         1.00     1.00     1.00      100          1.00            1.00',
      "  cdktf's template        15.00    15.00    15.00     1000         15.00           10.00",
      '  floor: modules loaded    0.50     0.50     0.50       80          0.50            0.80',
    ].join('\n'),
  );
  expect(growthTable([growth(100, 1, 3), growth(1_000, 10, 1), growth(1_000, 1, 2), growth(20_000, 1, 8)])).toBe(
    [
      '  resources  stacks  synth s  ms per resource  to 1,000  process s  peak MB',
      '        100       1     0.30            3.000      3.00       0.80      100',
      '      1,000      10     1.00            1.000      1.00       1.50      100',
      '      1,000       1     2.00            2.000      1.00       2.50      100',
      '     20,000       1   160.00            8.000      4.00     160.50      100',
    ].join('\n'),
  );
  expect(
    goalLines([
      { text: 'fast', met: true },
      { text: 'small', met: false },
    ]),
  ).toBe('  met     fast\n  MISSED  small');
});

test('the command line', () => {
  expect(parseOptions([], SYNTH)).toEqual({ help: false, runs: 5, parts: ['comparison', 'growth'], goals: true });
  expect(parseOptions(['--runs', '3', '--only', 'growth', '--no-goals'], SYNTH)).toEqual({ help: false, runs: 3, parts: ['growth'], goals: false });
  expect(() => parseOptions(['--runs', '0'], SYNTH)).toThrow('--runs 0: a number from 1 to 99');
  expect(() => parseOptions(['--only', 'speed'], SYNTH)).toThrow('--only speed: one of comparison, growth');
  expect(() => parseOptions(['--fast'], SYNTH)).toThrow('See --help');
});
