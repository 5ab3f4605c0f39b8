import { ComputeInstanceTemplate } from '@cdktf/provider-google/lib/compute-instance-template';
import type { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import type { Network } from './network';
import { googleOf } from './provider';
import type { ServiceIdentity } from './service-identity';

export interface MachineTemplateProps {
  /** The machines' names start with it, and so does the template's. */
  readonly stem: string;
  readonly machineType: string;
  /** Link of an image, or of a family: its newest at each start of a machine. */
  readonly sourceImage: string;
  /** GB. */
  readonly diskGb: number;
  readonly network: Network;
  /** Network tags, which firewall rules name. */
  readonly tags: readonly string[];
  /** Give each machine an address of its own. The reason says why clients must reach it directly. @default no external address */
  readonly externalAddress?: { readonly reason: string };
  /** Give it its grants first: the machines start after those that it has by now. */
  readonly identity: ServiceIdentity;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What the machines of a group are made from: shielded, and nobody's keys but those that OS Login lets in. */
export function machineTemplate(scope: Construct, props: MachineTemplateProps): ComputeInstanceTemplate {
  const { stem, machineType, sourceImage, diskGb, network, tags, externalAddress, identity, metadata } = props;
  const template = new ComputeInstanceTemplate(scope, 'template', {
    namePrefix: `${stem}-`,
    region: googleOf(scope).region,
    machineType,
    tags: [...tags],
    disk: [{ sourceImage, boot: true, autoDelete: true, diskSizeGb: diskGb, diskType: 'pd-balanced' }],
    networkInterface: [{ subnetwork: network.subnetworkSeenFrom(scope), ...(externalAddress && { accessConfig: [{ networkTier: 'PREMIUM' }] }) }],
    serviceAccount: { email: identity.email, scopes: ['cloud-platform'] }, // the account's roles are what limits it
    scheduling: { automaticRestart: true, onHostMaintenance: 'MIGRATE' },
    shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
    metadata: { 'enable-oslogin': 'TRUE', 'block-project-ssh-keys': 'TRUE', ...metadata },
    lifecycle: { createBeforeDestroy: true }, // a template in use cannot be deleted
  });
  if (externalAddress) EstateStack.of(scope).suppress('gcp-no-external-address', template, externalAddress.reason);
  return template;
}
