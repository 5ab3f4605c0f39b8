import { MonitoringNotificationChannel } from '@cdktf/provider-google/lib/monitoring-notification-channel';
import { Construct } from 'constructs';

/** Who is told of alerts by e-mail. */
export class EmailChannel extends Construct {
  /** The channel's full name, as a reference. */
  readonly channel: string;

  constructor(scope: Construct, id: string, { address }: { readonly address: string }) {
    super(scope, id);
    this.channel = new MonitoringNotificationChannel(this, 'resource', { displayName: address, type: 'email', labels: { email_address: address } }).id;
  }
}
