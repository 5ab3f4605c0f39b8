import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mergePatch } from '../../../config/merge';
import { LINODE_PRICES } from '../../../config/prices';
import { HOST_MEMORY_MB, type VulpineConfig, vulpineSchema, vulpineValues } from '../../../config/vulpine';
import type { BillLine } from '../../../constructs/core/cost';
import { billOf } from '../../../estates/vulpine/bill';
import { ROOT } from '../../support/repository';
import { parse, synthEstate } from '../../support/synth';

const configOf = (override: object) => vulpineSchema.parse(mergePatch(vulpineValues, override)) as VulpineConfig;
const variant = (name: string) => JSON.parse(readFileSync(join(ROOT, `estates/vulpine/variants/${name}.json`), 'utf8')).vulpine as object;
const sum = (lines: readonly BillLine[], what: RegExp) =>
  lines.filter((line) => what.test(line.what)).reduce((total, { each, amount }) => total + (each as number) * amount, 0);

/** What the real instance paid in 2018, a month. Linode's 8 GB machine was 40 dollars then. */
const PAID = { machine: 40, backups: 10, s3: 12, cloudFront: 36 } as const;

test('comes to what the real instance paid, but for what Linode has raised since', () => {
  const { fixed, byUse } = billOf(configOf({}));
  expect(sum(fixed, /^backups/)).toBe(PAID.backups);
  expect(sum(fixed, /^hosts/)).toBe(PAID.machine * 1.2);
  expect(Math.abs(sum(byUse, /^S3/) / PAID.s3 - 1)).toBeLessThan(0.05);
  expect(Math.abs(sum(byUse, /^CloudFront/) / PAID.cloudFront - 1)).toBeLessThan(0.05);
});

test('every type that a host may have has its prices', () => {
  for (const prices of [LINODE_PRICES.machineMonth, LINODE_PRICES.backupMonth]) expect(Object.keys(prices)).toEqual(Object.keys(HOST_MEMORY_MB));
});

test('another instance doubles what is paid by use, and a bigger host what it is itself', () => {
  const more = configOf({ prod: { hosts: { smithwicks: { type: 'g6-standard-6' } }, instances: { corsac: { domain: 'corsac.example.org' } } } });
  const [one, two] = [billOf(configOf({})), billOf(more)];
  expect(sum(two.byUse, /./)).toBeCloseTo(2 * sum(one.byUse, /./));
  expect(sum(two.fixed, /./)).toBeCloseTo(2 * sum(one.fixed, /./));
});

/** What is free, and what is counted with something else or by use. */
const NOT_COUNTED = [
  'aws_acm_certificate',
  'aws_acm_certificate_validation',
  /^aws_cloudfront_/,
  /^aws_iam_/,
  /^aws_s3_bucket/,
  /^docker_/,
  /^kubernetes_(?!stateful_set_v1)/,
  'linode_domain',
  'linode_domain_record',
  'linode_firewall',
  'linode_ipv6_range',
  'linode_nodebalancer_config',
  'linode_nodebalancer_node',
  'linode_rdns',
  'linode_vpc',
  'linode_vpc_subnet',
];

test.each(['two-instances', 'multi-server', 'multi-server-two-instances', 'kubernetes', 'kubernetes-two-instances'])(
  '%s: what its stacks make is counted, or free',
  (name) => {
    const { fixed } = billOf(configOf(variant(name)));
    const made = new Map<string, Record<string, unknown>[]>();
    for (const json of synthEstate('vulpine', variant(name)).values())
      for (const [type, all] of Object.entries(parse(json).resource ?? {}))
        made.set(type, [...(made.get(type) ?? []), ...(Object.values(all) as Record<string, unknown>[])]);
    const counted = ['linode_instance', 'linode_nodebalancer', 'linode_lke_cluster', 'linode_lke_node_pool', 'kubernetes_stateful_set_v1'];
    const left = [...made.keys()].filter(
      (type) => !counted.includes(type) && !NOT_COUNTED.some((one) => (typeof one === 'string' ? one === type : one.test(type))),
    );
    expect(left).toEqual([]);
    const amount = (what: RegExp) => fixed.filter((line) => what.test(line.what)).reduce((total, line) => total + line.amount, 0);
    expect(amount(/^hosts/)).toBe(made.get('linode_instance')?.length ?? 0);
    expect(amount(/^backups/)).toBe(made.get('linode_instance')?.filter((one) => one.backups_enabled === true).length ?? 0);
    expect(amount(/^NodeBalancer/)).toBe(made.get('linode_nodebalancer')?.length ?? 0);
    expect(amount(/^nodes/)).toBe(numbersIn(made.get('linode_lke_cluster'), /"count":(\d+)/g));
    expect(amount(/^GB of disks/)).toBe(numbersIn(made.get('kubernetes_stateful_set_v1'), /"storage":"(\d+)Gi"/g));
    for (const { each } of fixed) expect(each).toBeGreaterThan(0);
  },
);

/** Their sum, wherever they stand. */
function numbersIn(resources: readonly object[] = [], pattern: RegExp): number {
  return [...JSON.stringify(resources).matchAll(pattern)].reduce((total, [, number]) => total + Number(number), 0);
}
