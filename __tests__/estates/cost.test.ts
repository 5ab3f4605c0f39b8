import { tmpdir } from 'node:os';
import { loadConfig } from '../../config/load';
import { COSTS } from '../../estates/cost';
import { estates } from '../../estates/index';
import { costReport } from '../../scripts/support/cost-report';

const config = loadConfig(estates, { env: {}, root: tmpdir() }).estates;

test.each(estates.map(({ name }) => name))('%s has an estimate, and a price for everything in it', (name) => {
  const estimate = COSTS[name]?.(config[name] as never);
  const report = estimate && costReport(name, estimate);
  expect(report).toMatch(/^ +together( +\d+\.\d\d)+$/m);
  expect(report).not.toMatch(/no price noted|\?/);
});
