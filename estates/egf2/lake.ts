import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Construct } from 'constructs';
import type { Egf2Environment } from '../../config/egf2';
import { Bucket } from '../../constructs/aws/bucket';
import { InstanceRole } from '../../constructs/aws/instance-role';
import type { SecurityGroup } from '../../constructs/aws/security-group';
import { SparkCluster } from '../../constructs/aws/spark-cluster';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { KAFKA_PACKAGES, SPARK_JOBS, SPARK_MODULES, sparkSubmit } from '../../services/contracts/egf2-spark';
import type { Egf2Data } from './data';
import type { bucketNames } from './names';
import type { Egf2Network } from './network';
import type { Egf2Queue } from './queue';

export interface Egf2LakeProps extends EstateStackProps, Pick<Egf2Environment, 'spark'> {
  readonly network: Egf2Network;
  readonly data: Egf2Data;
  readonly queue: Egf2Queue;
  readonly buckets: ReturnType<typeof bucketNames>;
}

const SOURCE = 'services/spark';
/** Stands where only Terraform knows the brokers. */
const BROKERS = 'brokers:9094';

/** Big data mode: the lake, and Spark, which follows the event queue into it. */
export class Egf2Lake extends EstateStack {
  constructor(scope: Construct, id: string, props: Egf2LakeProps) {
    super(scope, id, props);
    const { network, data, queue, buckets, spark } = props;
    this.addDependency(data);
    const { vpc, access } = network;

    const lake = new Bucket(this, 'lake', { name: buckets.lake });
    const files = [...SPARK_MODULES, ...Object.values(SPARK_JOBS)];
    const version = createHash('sha256')
      .update(files.map((file) => readFileSync(`${SOURCE}/${file}`, 'utf8')).join('\0'))
      .digest('hex')
      .slice(0, 16);
    for (const file of files) lake.upload(file.replace('.', '-'), `code/${version}/${file}`, `${SOURCE}/${file}`);

    const role = new InstanceRole(this, 'role', { name: 'egf2-spark', purpose: "Spark's machines" });
    lake.grantReadWrite(role);
    lake.grantList(role);
    data.logs.grantReadWrite(role, 'egf2-spark/');
    const brokers = queue.events.brokers.seenFrom(this);
    const command = sparkSubmit({
      job: 'stream',
      code: `s3://${lake.name}/code/${version}`,
      arguments: {
        lake: `s3://${lake.name}/lake`,
        checkpoint: `s3://${lake.name}/checkpoints/stream`,
        source: { kind: 'kafka', brokers: [BROKERS], auth: 'tls' },
      },
      conf: { 'spark.jars.packages': KAFKA_PACKAGES.join(',') },
    }).map((word) => word.replace(BROKERS, brokers));
    new SparkCluster(this, 'spark', {
      ...spark,
      name: 'egf2-spark',
      vpc,
      group: access.spark as SecurityGroup,
      service: access.sparkService as SecurityGroup,
      role,
      logs: data.logs,
      steps: [{ name: 'stream', command }],
    });
    this.output('LAKE', `s3://${lake.name}/lake`, 'The tables: services/spark/README.md says how they lie');
    this.output('SPARK_CODE', `s3://${lake.name}/code/${version}`, "The jobs' code, for steps of your own");
  }
}
