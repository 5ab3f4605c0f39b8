import { RULES, type Suppression, violations } from '../../../constructs/policy';
import { context, providers } from './cases';

const firewall = {
  path: 'stack/web/firewall/resource',
  type: 'google_compute_firewall',
  config: { name: 'web', source_ranges: ['0.0.0.0/0'], allow: [{ protocol: 'tcp', ports: ['443'] }] },
};
const narrow = { ...firewall, path: 'stack/web/health', config: { ...firewall.config, source_ranges: ['35.191.0.0/16'] } };
const open: Suppression = { rule: 'gcp-no-open-firewall', resource: 'web/firewall/resource', reason: 'the public site' };

const verdict = (...suppressions: Suppression[]) => violations([...providers, firewall, narrow], context, suppressions);

test('a violation names construct path, rule and remedy', () => {
  expect(verdict()).toEqual([
    'stack/web/firewall/resource: [gcp-no-open-firewall] narrow source_ranges from 0.0.0.0/0, or suppress with the reason why these ports are public',
  ]);
});

test('one resource may break several rules, and all are told', () => {
  const both = { ...firewall, config: { ...firewall.config, name: 'Web' } };
  expect(violations([...providers, both], context, [])).toEqual([
    expect.stringContaining('[any-name-legal]'),
    expect.stringContaining('[gcp-no-open-firewall]'),
  ]);
});

describe('a suppression', () => {
  test('with a reason allows the one resource', () => {
    expect(verdict(open)).toEqual([]);
  });

  test('may name the construct whose resource it is', () => {
    expect(verdict({ ...open, resource: 'web/firewall' })).toEqual([]);
  });

  test('leaves other resources and other rules alone', () => {
    const second = { ...firewall, path: 'stack/web/firewall/second' };
    const badName = { ...firewall, config: { ...firewall.config, name: 'Web' } };
    expect(violations([...providers, firewall, second], context, [open])).toEqual([
      expect.stringMatching(/^stack\/web\/firewall\/second: \[gcp-no-open-firewall\]/),
    ]);
    expect(violations([...providers, badName], context, [open])).toEqual([expect.stringContaining('[any-name-legal]')]);
  });

  test.each(['firewall/resource', 'web', 'web/firewall/res', 'stack/web/firewall'])('does not reach further than its path: %s', (resource) => {
    expect(verdict({ ...open, resource })).toHaveLength(2);
  });

  test('of something that keeps the rule is wrong', () => {
    expect(verdict(open, { ...open, resource: 'web/health' })).toEqual([
      'stack/web/health: [gcp-no-open-firewall] remove the suppression: there is nothing to suppress',
    ]);
  });

  test('of a resource that does not exist is wrong', () => {
    expect(verdict(open, { ...open, resource: 'web/gone' })).toEqual([expect.stringMatching(/^stack\/web\/gone: .* nothing to suppress$/)]);
  });

  test('of an unknown rule lists those there are', () => {
    const [line, ...rest] = verdict(open, { ...open, rule: 'gcp-no-open-fire' });
    expect(rest).toEqual([]);
    expect(line).toMatch(/^stack\/web\/firewall\/resource: \[gcp-no-open-fire\] no such rule to suppress; there is any-stateful-protected, /);
    for (const { id } of RULES) expect(line).toContain(id);
  });

  test.each(['', '  '])('without a reason is wrong: %p', (reason) => {
    expect(verdict({ ...open, reason })).toEqual([expect.stringContaining('give the reason')]);
  });

  test('that only matters where protection is on is not unused where it is off', () => {
    const topic = { path: 'stack/scratch', type: 'google_pubsub_topic', config: { name: 'scratch' } };
    const scratch = { rule: 'any-stateful-protected', resource: 'scratch', reason: 'messages live for a minute' };
    expect(violations([...providers, topic], { ...context, protected: false }, [scratch])).toEqual([]);
    expect(violations([...providers, topic], context, [scratch])).toEqual([]);
  });
});

test('an empty stack breaks nothing', () => {
  expect(violations([], context, [])).toEqual([]);
});
