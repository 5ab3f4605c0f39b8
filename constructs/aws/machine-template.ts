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
  /** For cloud-init, at the first start. At most 16 KB. */
  readonly userData: string;
}

/** Bytes that EC2 takes, before base64. */
const LONGEST = 16_384;

/** What machines are made from: Debian 12, encrypted, metadata by session tokens only. */
export function machineTemplate(scope: Construct, props: MachineTemplateProps): LaunchTemplate {
  const { name, instanceType, diskGb, role, group, userData } = props;
  const length = Buffer.byteLength(userData);
  if (length > LONGEST) throw new Error(`${scope.node.path}: its user data has ${length} bytes, and EC2 takes ${LONGEST}; move what is long into the config bucket`);
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
    userData: Buffer.from(userData).toString('base64'),
    // default_tags do not reach what a template makes
    tagSpecifications: ['instance', 'volume'].map((resourceType) => ({ resourceType, tags })),
  });
}
