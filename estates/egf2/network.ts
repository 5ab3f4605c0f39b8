import type { Construct } from 'constructs';
import type { Egf2Environment } from '../../config/egf2';
import { AlarmTopic } from '../../constructs/aws/alarm-topic';
import { PrivateZone } from '../../constructs/aws/private-zone';
import { PublicZone } from '../../constructs/aws/public-zone';
import { EMR_TAGS } from '../../constructs/aws/spark-cluster';
import { Vpc } from '../../constructs/aws/vpc';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { Egf2Access } from './access';

export interface Egf2NetworkProps extends EstateStackProps, Pick<Egf2Environment, 'mode' | 'network' | 'zones' | 'internalDomain' | 'alarmEmails'> {
  readonly domain: string;
  /** Buckets that machines may write to. */
  readonly buckets: readonly string[];
}

/** The network, who may talk to whom in it, its names, and who is told when something is wrong. */
export class Egf2Network extends EstateStack {
  readonly vpc: Vpc;
  readonly access: Egf2Access;
  readonly privateNames: PrivateZone;
  readonly publicNames: PublicZone;
  readonly alarms: AlarmTopic;

  constructor(scope: Construct, id: string, props: Egf2NetworkProps) {
    super(scope, id, props);
    const { mode, network, zones, internalDomain, alarmEmails, domain, buckets } = props;
    this.vpc = new Vpc(this, 'vpc', { stem: 'egf2', cidr: network, zones, buckets, ...(mode === 'bigData' && { privateTags: EMR_TAGS }) });
    this.access = new Egf2Access(this, 'access', { stem: 'egf2', mode, vpc: this.vpc });
    this.privateNames = new PrivateZone(this, 'private-names', { domain: internalDomain, vpc: this.vpc });
    this.publicNames = new PublicZone(this, 'public-names', { domain });
    this.alarms = new AlarmTopic(this, 'alarms', { name: 'egf2-alarms', emails: alarmEmails });
  }
}
