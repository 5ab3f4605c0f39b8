import { KeyspacesKeyspace } from '@cdktf/provider-aws/lib/keyspaces-keyspace';
import { KeyspacesTable } from '@cdktf/provider-aws/lib/keyspaces-table';
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { awsOf } from './provider';
import type { SecurityGroup } from './security-group';
import type { Vpc } from './vpc';

export interface KeyspaceTable {
  /** CQL type by column. */
  readonly columns: Readonly<Record<string, string>>;
  readonly partitionKey: readonly string[];
  /** In order. @default none */
  readonly clusteringKey?: Readonly<Record<string, 'ASC' | 'DESC'>>;
}

export interface KeyspaceProps {
  readonly name: string;
  readonly tables: Readonly<Record<string, KeyspaceTable>>;
  readonly vpc: Vpc;
  /** Whoever reaches this reaches Keyspaces. */
  readonly group: SecurityGroup;
}

/** A keyspace of Amazon Keyspaces, which speaks Cassandra, with its tables and a way to it inside the network. */
export class Keyspace extends Construct {
  constructor(scope: Construct, id: string, { name, tables, vpc, group }: KeyspaceProps) {
    super(scope, id);
    const lifecycle = { preventDestroy: EstateStack.of(this).protected };
    const keyspace = new KeyspacesKeyspace(this, 'resource', { name, lifecycle });
    for (const [table, { columns, partitionKey, clusteringKey = {} }] of Object.entries(tables)) {
      new KeyspacesTable(this, table, {
        keyspaceName: keyspace.name,
        tableName: table,
        schemaDefinition: {
          column: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
          partitionKey: partitionKey.map((column) => ({ name: column })),
          clusteringKey: Object.entries(clusteringKey).map(([column, orderBy]) => ({ name: column, orderBy })),
        },
        capacitySpecification: { throughputMode: 'PAY_PER_REQUEST' },
        encryptionSpecification: { type: 'AWS_OWNED_KMS_KEY' },
        pointInTimeRecovery: { status: 'ENABLED' },
        lifecycle,
      });
    }
    new VpcEndpoint(this, 'way', {
      vpcId: vpc.id.seenFrom(this),
      serviceName: `com.amazonaws.${awsOf(this).region}.cassandra`,
      vpcEndpointType: 'Interface',
      subnetIds: [...vpc.privateSubnets.values()].map((subnet) => subnet.seenFrom(this)),
      securityGroupIds: [group.id.seenFrom(this)],
      privateDnsEnabled: true,
      tags: { Name: `${name}-keyspaces` },
    });
  }
}
