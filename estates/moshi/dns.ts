import type { Construct } from 'constructs';
import type { MoshiConfig } from '../../config/moshi';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { templateText } from '../../constructs/core/template-text';
import { DnsZone } from '../../constructs/gcp/dns-zone';
import type { MoshiApis } from './apis';

export interface MoshiDnsProps extends EstateStackProps {
  readonly apis: MoshiApis;
  readonly domain: string;
  /** Records beside those of the servers, by a key that stays when the record changes. */
  readonly records: MoshiConfig['shared']['dnsRecords'];
}

/** The domain's zone. The servers' records stand in their own stacks. */
export class MoshiDns extends EstateStack {
  readonly zone: DnsZone;

  constructor(scope: Construct, id: string, props: MoshiDnsProps) {
    super(scope, id, props);
    this.addDependency(props.apis);

    this.zone = new DnsZone(this, 'zone', { domain: props.domain });
    for (const [key, { name, values, ...record }] of Object.entries(props.records)) {
      this.zone.record(this, `record-${key}`, { host: name, values: values.map(templateText), ...record });
    }
    this.output('NAME_SERVERS', this.zone.nameServers, 'Enter these at the registrar of the domain, separated by blanks here');
  }
}
