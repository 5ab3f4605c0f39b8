import { isDeepStrictEqual } from 'node:util';
import { recordedProviders } from '../../rehearsal/provider/recorded';
import { Bench } from '../rehearsal/terraform-bench';
import { describeReal } from '../support/real';

const RECORDED = recordedProviders();
const required_providers = Object.fromEntries(RECORDED.map(({ name, address }) => [name, { source: address.replace('registry.terraform.io/', '') }]));

/** Something of each provider; between them every kind of schema: nested types, sets of blocks, dynamic values, no `id`. */
const EVERYTHING = {
  terraform: { required_providers },
  provider: {
    google: { project: 'p', region: 'us-central1' },
    aws: { region: 'us-east-1', default_tags: { tags: { estate: 'e' } } },
    linode: {},
    docker: {},
    kubernetes: {},
    tfe: { organization: 'o' },
  },
  data: {
    aws_iam_policy_document: { read: { statement: [{ actions: ['s3:GetObject'], resources: ['${aws_s3_bucket.b.arn}/*'] }] } },
    aws_availability_zones: { zones: {} },
  },
  resource: {
    google_cloudbuild_trigger: {
      build: {
        name: 'build',
        build: { step: [{ name: 'gcr.io/cloud-builders/docker', args: ['build'] }] },
        source_to_build: { uri: 'https://example.com/r', ref: 'refs/heads/main', repo_type: 'GITHUB' },
      },
    },
    aws_s3_bucket: { b: { bucket: 'lake-of-the-estate' } },
    aws_s3_bucket_policy: { b: { bucket: '${aws_s3_bucket.b.id}', policy: '${data.aws_iam_policy_document.read.json}' } },
    aws_vpc: { v: { cidr_block: '10.0.0.0/16' }, w: { cidr_block: '10.0.0.0/16' } },
    aws_security_group: {
      g: {
        name_prefix: 'group-',
        vpc_id: '${aws_vpc.v.id}',
        ingress: [
          {
            from_port: 80,
            to_port: 80,
            protocol: 'tcp',
            cidr_blocks: ['192.0.2.0/24'],
            description: '',
            ipv6_cidr_blocks: [],
            prefix_list_ids: [],
            security_groups: [],
            self: false,
          },
        ],
      },
    },
    aws_acm_certificate: { c: { domain_name: 'example.com', subject_alternative_names: ['www.example.com'], validation_method: 'DNS' } },
    aws_route53_zone: { z: { name: 'example.com' } },
    aws_route53_record: {
      validation: {
        for_each: '${{for o in aws_acm_certificate.c.domain_validation_options : o.domain_name => o}}',
        zone_id: '${aws_route53_zone.z.zone_id}',
        name: '${each.value.resource_record_name}',
        type: 'CNAME',
        ttl: 60,
        records: ['${each.value.resource_record_value}'],
      },
    },
    linode_firewall: {
      f: {
        label: 'firewall',
        inbound_policy: 'DROP',
        outbound_policy: 'ACCEPT',
        inbound: [{ label: 'ssh', action: 'ACCEPT', protocol: 'TCP', ports: '22', ipv4: ['192.0.2.0/24'] }],
      },
    },
    linode_vpc: { v: { label: 'vpc', region: 'us-east', ipv6: [{ range: '/52' }] } },
    docker_network: { n: { name: 'internal', internal: true, ipam_config: [{ subnet: '172.31.0.0/16' }] } },
    docker_container: { c: { name: 'web', image: 'nginx@sha256:0', networks_advanced: [{ name: '${docker_network.n.name}', aliases: ['w'] }] } },
    kubernetes_manifest: {
      m: {
        manifest: {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'c', namespace: 'default' },
          data: { number: '9007199254740993' },
          count: 9007199254740991,
          share: 0.1,
        },
      },
    },
    tfe_workspace: { w: { name: 'workspace', organization: 'o' } },
  },
  output: {
    group: { value: '${aws_security_group.g.name}' },
    vpcs: { value: '${aws_vpc.v.id == aws_vpc.w.id}' },
    tags: { value: '${aws_s3_bucket.b.tags_all}' },
    share: { value: '${kubernetes_manifest.m.manifest.share + 0.2}' },
  },
};

describeReal(['terraform'], 'every recorded provider', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start({});
  });
  afterAll(() => bench.stop());

  test.each(RECORDED.map(({ name }) => name))('Terraform accepts the whole schema of %s and tells it back as it was recorded', async (name) => {
    const stack = bench.stack('p').write({ terraform: { required_providers: { [name]: required_providers[name] } }, provider: { [name]: {} } });
    expect(await stack.validate()).toEqual({ code: 0, output: expect.stringContaining('The configuration is valid') });
    const told = JSON.parse((await stack.schemas()).output, (key, value) => (key === 'description_kind' && typeof value === 'string' ? undefined : value));
    const recorded = RECORDED.find((each) => each.name === name);
    expect(isDeepStrictEqual(told.provider_schemas[recorded?.address ?? ''], recorded?.schema)).toBe(true);
  });

  test('something of each is created, planned empty and destroyed', async () => {
    const types = new Set([...Object.keys(EVERYTHING.resource), ...Object.keys(EVERYTHING.data)]);
    const small = await Bench.start({ types });
    try {
      const stack = small.stack('p').write(EVERYTHING);
      expect(await stack.apply()).toEqual({
        code: 0,
        output: expect.stringMatching(/group = "group-[0-9a-f]{26}" share = 0\.3 tags = tomap\(\{ "estate" = "e" \}\) vpcs = false/),
      });
      expect(await stack.plan()).toEqual({ code: 0, output: expect.stringContaining('No changes') });
      expect(await stack.destroy()).toMatchObject({ code: 0 });
      expect(small.cloud.objects()).toEqual([]);
    } finally {
      await small.stop();
    }
  });
});
