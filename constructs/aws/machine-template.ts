import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import type { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import type { InstanceRole } from './instance-role';
import { DEBIAN_12, ROOT_DEVICE } from './machine-image';
import type { SecurityGroup } from './security-group';

export interface MachineTemplateProps {
  readonly name: string;
  readonly instanceType: string;
  /** GB of the first disk. */
  readonly diskGb: number;
  readonly role: InstanceRole;
  readonly group: SecurityGroup;
  /** For cloud-init, at the first start; in base64. */
  readonly userData: string;
}

/** What machines are made from: Debian 12, encrypted, metadata by session tokens only. */
export function machineTemplate(scope: Construct, props: MachineTemplateProps): LaunchTemplate {
  const { name, instanceType, diskGb, role, group, userData } = props;
  const tags = { ...EstateStack.of(scope).labels, Name: name };
  return new LaunchTemplate(scope, 'template', {
    name,
    imageId: DEBIAN_12.amd64,
    instanceType,
    updateDefaultVersion: true,
    iamInstanceProfile: { name: role.profile },
    vpcSecurityGroupIds: [group.id.seenFrom(scope)],
    metadataOptions: { httpTokens: 'required', httpEndpoint: 'enabled', httpPutResponseHopLimit: 1 },
    blockDeviceMappings: [{ deviceName: ROOT_DEVICE, ebs: { volumeSize: diskGb, volumeType: 'gp3', encrypted: 'true', deleteOnTermination: 'true' } }],
    monitoring: { enabled: true },
    userData,
    // default_tags do not reach what a template makes
    tagSpecifications: ['instance', 'volume'].map((resourceType) => ({ resourceType, tags })),
  });
}
