import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Construct } from 'constructs';
import type { Egf2Environment } from '../../config/egf2';
import { Bucket } from '../../constructs/aws/bucket';
import { DailySnapshots } from '../../constructs/aws/daily-snapshots';
import { DATA_DEVICE, DataNode } from '../../constructs/aws/data-node';
import { InstanceRole } from '../../constructs/aws/instance-role';
import { Keyspace } from '../../constructs/aws/keyspace';
import { awsOf } from '../../constructs/aws/provider';
import { Secret } from '../../constructs/aws/secret';
import type { SecurityGroup } from '../../constructs/aws/security-group';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { SECRETS } from './documents';
import { dataNodeUserData } from './machines/data-node';
import { compressed } from './machines/steps';
import { type bucketNames, CLUSTER_TAG, KEYSPACE, LAUNCHER, SNAPSHOT_DAYS, SNAPSHOT_TAG, TABLES } from './names';
import type { Egf2Network } from './network';

export interface Egf2DataProps extends EstateStackProps, Pick<Egf2Environment, 'mode' | 'members' | 'uploadOrigins'> {
  readonly network: Egf2Network;
  readonly buckets: ReturnType<typeof bucketNames>;
}

/** Days that load balancers' logs are kept. */
const LOG_DAYS = 90;

/** What outlives every mode: the data nodes with their volumes, the buckets, the secrets. Protected, changed rarely. */
export class Egf2Data extends EstateStack {
  readonly config: Bucket;
  readonly uploads: Bucket;
  readonly logs: Bucket;
  /** In big data mode. */
  readonly keyspacesLogin?: Secret;
  /** DNS names of the data nodes, the master first. */
  readonly members: readonly string[];
  /** Of the launcher's bundle, `launcher/<sha256>.js` in the config bucket. */
  readonly launcherSha256: string;

  constructor(scope: Construct, id: string, props: Egf2DataProps) {
    super(scope, id, props);
    const { mode, members, uploadOrigins, network, buckets } = props;
    const { region } = awsOf(this);

    this.config = new Bucket(this, 'config', { name: buckets.config });
    this.uploads = new Bucket(this, 'uploads', { name: buckets.uploads, signedLinksFrom: uploadOrigins.length > 0 ? uploadOrigins : undefined });
    this.logs = new Bucket(this, 'logs', {
      name: buckets.logs,
      expire: [{ prefix: '', days: LOG_DAYS }],
      statements: [
        {
          Sid: 'LoadBalancersWrite',
          Effect: 'Allow',
          Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
          Action: ['s3:PutObject'],
          Resource: [`arn:aws:s3:::${buckets.logs}/*`],
        },
      ],
    });
    if (!existsSync(LAUNCHER)) throw new Error(`${this.node.path}: there is no ${LAUNCHER}; make build makes it`);
    this.launcherSha256 = createHash('sha256').update(readFileSync(LAUNCHER)).digest('hex');
    this.config.upload('launcher', `launcher/${this.launcherSha256}.js`, LAUNCHER);

    if (mode === 'bigData') {
      this.keyspacesLogin = new Secret(this, 'keyspaces-login', {
        name: SECRETS.keyspaces,
        purpose: 'JSON with username and password: a service-specific credential for Keyspaces',
      });
      new Keyspace(this, 'keyspace', { name: KEYSPACE, tables: TABLES, vpc: network.vpc, group: network.access.keyspaces as SecurityGroup });
    }

    const role = new InstanceRole(this, 'role', { name: 'egf2-data', purpose: 'Data nodes: find each other' });
    role.allow(['ec2:DescribeInstances'], ['*']);
    const { privateNames, vpc, access, alarms } = network;
    this.members = Object.keys(members).map((hostname) => `${hostname}.${privateNames.domain}`);
    for (const [hostname, member] of Object.entries(members)) {
      new DataNode(this, hostname, {
        ...member,
        name: `egf2-${hostname}`,
        hostname,
        vpc,
        dns: privateNames,
        group: access.data,
        role,
        alarms,
        snapshotTag: { [SNAPSHOT_TAG.key]: SNAPSHOT_TAG.value },
        clusterTags: { [CLUSTER_TAG.key]: CLUSTER_TAG.value },
        userData: compressed(
          dataNodeUserData({ name: `${hostname}.${privateNames.domain}`, members: [...this.members], region, clusterTag: CLUSTER_TAG, device: DATA_DEVICE }),
        ),
      });
    }
    new DailySnapshots(this, 'snapshots', { name: 'egf2-snapshots', tag: SNAPSHOT_TAG, days: SNAPSHOT_DAYS });
    this.output('CONFIG_BUCKET', buckets.config, "The services' config documents");
  }
}
