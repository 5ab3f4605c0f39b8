import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Egf2Config, egf2Schema, egf2Values, MODES } from '../../../config/egf2';
import { mergePatch } from '../../../config/merge';
import { AWS_PRICES } from '../../../config/prices';
import { billOf, type PricedLine } from '../../../estates/egf2/bill';
import { egf2Cost, inMode } from '../../../estates/egf2/cost';
import { USAGE } from '../../../estates/egf2/usage';
import { costReport } from '../../../scripts/support/cost-report';
import { ROOT } from '../../support/repository';
import { parse, type StackJson, synthEstate } from '../../support/synth';

type Resource = Record<string, unknown>;
type Counts = Record<string, number>;

const variant = (name: string) => JSON.parse(readFileSync(join(ROOT, `estates/egf2/variants/${name}.json`), 'utf8')).egf2 as object;
const configOf = (override: object) => egf2Schema.parse(mergePatch(egf2Values, override)) as Egf2Config;
const stacksOf = (override: object) => [...synthEstate('egf2', override).values()].map((json) => parse(json));

/** Nothing as committed: every count that the config can change, changed. */
const odd = mergePatch(variant('bigData'), {
  prod: {
    zones: ['a', 'b', 'c', 'd'],
    loadBalancing: 'shared',
    members: { 'data-2': { instanceType: 'm5.xlarge', dataGb: 70 }, 'data-4': { zone: 'd', instanceType: 't3.large', dataGb: 20 } },
    services: { auth: { instanceType: 't3.large', min: 3 }, job: { min: 2, max: 2 } },
    queue: { dataGb: 250, instanceType: 'kafka.m5.large' },
    spark: { workers: 5, instanceType: 'm5.2xlarge' },
    uploadOrigins: ['https://app.example.org'],
    alarmEmails: ['me@example.org'],
  },
}) as object;

const SETUPS = { small: {}, scalable: variant('scalable'), bigData: variant('bigData'), odd } as const;

/** What is free, with the reason. What costs by use only is in BY_USE. */
const FREE: Readonly<Record<string, string>> = {
  aws_acm_certificate: 'public certificates are free',
  aws_acm_certificate_validation: 'no resource of AWS',
  aws_default_security_group: 'groups are free',
  aws_iam_instance_profile: 'IAM is free',
  aws_iam_role: 'IAM is free',
  aws_iam_role_policy: 'IAM is free',
  aws_iam_role_policy_attachment: 'IAM is free',
  aws_keyspaces_keyspace: 'its tables are paid for',
  aws_launch_template: 'counted with the machines that are made from it',
  aws_lb_listener: 'part of its load balancer',
  aws_lb_listener_rule: 'the first ten are free, and evaluations are part of the capacity units',
  aws_lb_target_group: 'part of its load balancer',
  aws_msk_configuration: 'part of the cluster',
  aws_route: 'networks are free',
  aws_route53_record: 'up to 10000 records come with the zone, aliases to load balancers are not paid for when asked',
  aws_route_table: 'networks are free',
  aws_route_table_association: 'networks are free',
  aws_s3_bucket_cors_configuration: 'part of the bucket',
  aws_s3_bucket_lifecycle_configuration: 'part of the bucket',
  aws_s3_bucket_ownership_controls: 'part of the bucket',
  aws_s3_bucket_policy: 'part of the bucket',
  aws_s3_bucket_public_access_block: 'part of the bucket',
  aws_s3_bucket_server_side_encryption_configuration: 'S3 encrypts with its own keys for nothing',
  aws_s3_bucket_versioning: 'part of the bucket',
  aws_s3_object: 'counted with what the bucket holds',
  aws_security_group: 'groups are free',
  aws_sns_topic: 'a thousand e-mails a month are free; alarms are rarer',
  aws_sns_topic_subscription: 'part of the topic',
  aws_subnet: 'networks are free',
  aws_volume_attachment: 'the volume is paid for',
  aws_vpc: 'networks are free',
  aws_vpc_security_group_egress_rule: 'groups are free',
  aws_vpc_security_group_ingress_rule: 'groups are free',
};

/** Which prices a resource is counted with, and how often. */
const COUNTED: Readonly<Record<string, (resource: Resource, stack: StackJson) => Counts>> = {
  aws_instance: (instance, stack) => machines(1, templateOf(instance.launch_template, stack)),
  aws_autoscaling_group: (group, stack) => machines(Number(group.desired_capacity ?? group.min_size), templateOf(group.launch_template, stack)),
  // what follows the load makes two alarms
  aws_autoscaling_policy: ({ policy_type }) => ({ alarm: policy_type === 'TargetTrackingScaling' ? 2 : Number.NaN }),
  aws_cloudwatch_metric_alarm: () => ({ alarm: 1 }),
  aws_ebs_volume: ({ size, type }) => ({ [String(type)]: Number(size) }),
  aws_eip: () => ({ address: 1 }),
  aws_emr_cluster: ({ master_instance_group, core_instance_group }) =>
    sum([master_instance_group, core_instance_group].map((group) => sparkMachines(group as Resource))),
  aws_lb: ({ internal, subnets }) => ({ 'load balancer': 1, ...(!internal && { address: (subnets as string[]).length }) }),
  aws_msk_cluster: ({ number_of_broker_nodes, broker_node_group_info }) => {
    const { instance_type, storage_info } = broker_node_group_info as { instance_type: string; storage_info: { ebs_storage_info: { volume_size: number } } };
    const count = Number(number_of_broker_nodes);
    return { [`broker ${instance_type}`]: count, 'broker GB': count * storage_info.ebs_storage_info.volume_size };
  },
  aws_nat_gateway: () => ({ nat: 1 }),
  aws_route53_zone: () => ({ zone: 1 }),
  aws_kms_key: () => ({ key: 1 }),
  aws_secretsmanager_secret: () => ({ secret: 1 }),
  aws_vpc_endpoint: ({ vpc_endpoint_type, subnet_ids }): Counts => (vpc_endpoint_type === 'Gateway' ? {} : { endpoint: (subnet_ids as string[]).length }),
};

/** Which prices a resource has that are paid by use. */
const BY_USE: Readonly<Record<string, (resource: Resource) => readonly string[]>> = {
  aws_cloudwatch_log_group: () => ['log GB'],
  aws_internet_gateway: () => ['out GB'],
  aws_keyspaces_table: () => ['keyspaces reads', 'keyspaces writes', 'keyspaces GB', 'keyspaces backup'],
  aws_lb: () => ['lcu'],
  aws_dlm_lifecycle_policy: () => ['snapshot GB'],
  aws_nat_gateway: () => ['nat GB'],
  aws_s3_bucket: () => ['s3 GB', 's3 writes', 's3 reads'],
  aws_vpc_endpoint: ({ vpc_endpoint_type }) => (vpc_endpoint_type === 'Gateway' ? [] : ['endpoint GB']),
};

function templateOf(reference: unknown, { resource }: StackJson): Resource {
  const id = /aws_launch_template\.([^.]+)\.id/.exec(JSON.stringify(reference))?.[1] as string;
  return resource?.aws_launch_template?.[id] as Resource;
}

function machines(count: number, { instance_type, monitoring, block_device_mappings }: Resource): Counts {
  const disks = (block_device_mappings as { ebs: { volume_size: number; volume_type: string } }[]).map(({ ebs }) => ({
    [ebs.volume_type]: count * ebs.volume_size,
  }));
  return sum([{ [`machine ${instance_type}`]: count }, (monitoring as { enabled: boolean }).enabled ? { metric: count * 7 } : {}, ...disks]);
}

function sparkMachines({ instance_type, instance_count = 1, ebs_config }: Resource): Counts {
  const count = Number(instance_count);
  const disks = (ebs_config as { size: number; type: string; volumes_per_instance: number }[]).map(({ size, type, volumes_per_instance }) => ({
    [type]: count * size * volumes_per_instance,
  }));
  return sum([{ [`machine ${instance_type}`]: count, [`emr ${instance_type}`]: count }, ...disks]);
}

function sum(all: readonly Counts[]): Counts {
  const total: Counts = {};
  for (const [key, count] of all.flatMap((counts) => Object.entries(counts))) total[key] = (total[key] ?? 0) + count;
  return total;
}

const each = <T>(stacks: readonly StackJson[], use: (type: string, resource: Resource, stack: StackJson) => T): T[] =>
  stacks.flatMap((stack) => Object.entries(stack.resource ?? {}).flatMap(([type, all]) => Object.values(all).map((one) => use(type, one, stack))));

/** Types that nobody has decided about. */
const undecided = (stacks: readonly StackJson[]) =>
  [...new Set(each(stacks, (type) => type))].filter((type) => !(type in FREE || type in COUNTED || type in BY_USE));

const amounts = (lines: readonly PricedLine[]) => sum(lines.filter(({ amount }) => amount > 0).map(({ key, amount }) => ({ [key]: amount })));

const STACKS = Object.fromEntries(Object.entries(SETUPS).map(([name, override]) => [name, stacksOf(override)]));

describe.each(Object.entries(SETUPS))('%s', (name, override) => {
  const stacks = STACKS[name] as StackJson[];
  const bill = billOf(configOf(override));

  test('every type of resource is free for a reason, or has a line', () => {
    expect(undecided(stacks)).toEqual([]);
  });

  test('what is there all month is counted as often as Terraform makes it', () => {
    expect(amounts(bill.fixed)).toEqual(sum(each(stacks, (type, resource, stack) => COUNTED[type]?.(resource, stack) ?? {})));
  });

  test('what is paid by use has a line where there is something to use', () => {
    const used = new Set(each(stacks, (type, resource) => BY_USE[type]?.(resource) ?? []).flat());
    expect(Object.keys(amounts(bill.byUse)).sort()).toEqual([...used].sort());
  });

  test('every bucket is assumed to hold something', () => {
    const held = each(stacks, (type, { bucket }) => (type === 'aws_s3_bucket' ? USAGE.buckets[String(bucket).replace('egf2-example-', '') as 'lake'].gb : 0));
    expect(amounts(bill.byUse)['s3 GB']).toBeCloseTo(held.reduce((total, gb) => total + gb, 0));
  });
});

test('nothing is decided about what is not there', () => {
  const there = new Set(Object.values(STACKS).flatMap((stacks) => each(stacks, (type) => type)));
  expect(Object.keys({ ...FREE, ...COUNTED, ...BY_USE }).filter((type) => !there.has(type))).toEqual([]);
});

test('a resource that nobody thought of is named', () => {
  expect(undecided([{ resource: { aws_cloudwatch_dashboard: { board: {} }, aws_vpc: { vpc: {} } }, terraform: {} }])).toEqual(['aws_cloudwatch_dashboard']);
});

test('modes that are not configured are counted as the variants deploy them', () => {
  for (const mode of MODES) expect(billOf(inMode(configOf({}), mode))).toEqual(billOf(configOf(SETUPS[mode])));
});

test('a price that is second hand belongs to a line', () => {
  const bills = MODES.map((mode) => billOf(configOf(SETUPS[mode])));
  const keys = bills.flatMap(({ fixed, byUse }) => [...fixed, ...byUse]).map(({ key }) => key);
  expect(AWS_PRICES.secondHand.filter((key) => !keys.includes(key))).toEqual([]);
});

test('one load balancer for all saves four of five, and is said the other way round when it is configured', () => {
  const four = (4 * 0.0225 * 730).toFixed(2);
  expect(egf2Cost(configOf({})).notes.join('\n')).toContain(`would save: ${four} in scalable, ${four} in bigData`);
  const notes = egf2Cost(configOf({ prod: { loadBalancing: 'shared' } })).notes.join('\n');
  expect(notes).toContain(`one for each would cost more: ${four} in scalable, ${four} in bigData`);
});

test('a region without prices is said, and nothing is made up for it', () => {
  const report = costReport('egf2', egf2Cost(configOf({ shared: { region: 'eu-central-1' } })));
  expect(report).toContain('No prices of eu-central-1 are noted, only of us-east-1: add them to AWS_PRICES in config/prices.ts.');
  expect(report).toMatch(/together, without what has no price +\? +\? +\?$/m);
  expect(report).not.toMatch(/would (save|cost)/);
  expect(report.split('Not counted')[0]).not.toMatch(/\d\.\d\d/);
});

test('a type without a price is a question mark, and the sum says so', () => {
  const report = costReport('egf2', egf2Cost(configOf({ prod: { subsystems: { instanceType: 'm7i.large' } } })));
  expect(report).toMatch(/all services on one: m7i\.large +no price noted +1 +\? +- +-$/m);
  expect(report).toMatch(/^ +together, without what has no price +\d+\.\d\d +\d+\.\d\d +\d+\.\d\d$/m);
});

test('the runbook shows what make cost prints', () => {
  const blocks = [...readFileSync(join(ROOT, 'docs/runbooks/egf2.md'), 'utf8').matchAll(/```text\n(.*?)\n```/gs)].map((match) => match[1]);
  expect(blocks).toContain(costReport('egf2', egf2Cost(configOf({}))));
});
