import { existsSync } from 'node:fs';
import { median, Stopwatch } from '../../bench/synth/measure';

let stopwatch: Stopwatch;
const interruption = new AbortController();

beforeAll(() => {
  stopwatch = new Stopwatch(interruption.signal);
});
afterAll(() => stopwatch.cleanUp());

test('the median of odd and even numbers of values', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test('the peak is the biggest process that a command started', async () => {
  const grandchild = `node -e "Buffer.alloc(150e6, 1)"`;
  const { stdout, peakMb } = await stopwatch.run({ line: `${grandchild} && echo done`, cwd: '/' }, stopwatch.newFolder());
  expect(stdout).toBe('done\n');
  expect(peakMb).toBeGreaterThan(150);
});

test('local settings do not reach what is measured', async () => {
  process.env.TF_CLOUD_ORGANIZATION = 'mine';
  try {
    const outdir = stopwatch.newFolder();
    const { stdout } = await stopwatch.run({ line: 'node -p "[process.env.TF_CLOUD_ORGANIZATION, process.env.CDKTF_OUTDIR].join()"', cwd: '/' }, outdir);
    expect(stdout).toBe(`,${outdir}\n`);
  } finally {
    delete process.env.TF_CLOUD_ORGANIZATION;
  }
});

test('a command that fails is shown with what it printed', async () => {
  await expect(stopwatch.run({ line: 'echo broken >&2; exit 3', cwd: '/' }, stopwatch.newFolder())).rejects.toThrow(/exit code 3\):\n\nbroken/);
});

test('an interruption ends every process of the command', async () => {
  const marker = stopwatch.newFolder();
  const run = stopwatch.run({ line: `node -e "setTimeout(() => require('fs').writeFileSync('${marker}', ''), 400)"; true`, cwd: '/' }, stopwatch.newFolder());
  setTimeout(() => interruption.abort(), 50);
  await expect(run).rejects.toThrow('aborted');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(existsSync(marker)).toBe(false);
});
