import { egf2Schema, egf2Values } from '../../config/egf2';
import { aws } from '../../constructs/aws/provider';
import { defineEstate } from '../../constructs/core/estate';
import { Egf2Data } from './data';
import { egf2FirstDeploy } from './first-deploy';
import { Egf2Lake } from './lake';
import { bucketNames } from './names';
import { egf2Needs } from './needs';
import { Egf2Network } from './network';
import { Egf2Queue } from './queue';
import { Egf2Services } from './services';

/** Nine micro services on AWS, in one of three modes. */
export const egf2 = defineEstate({
  name: 'egf2',
  schema: egf2Schema,
  values: egf2Values,
  needs: egf2Needs,
  firstDeploy: egf2FirstDeploy,
  stacks(app, { shared, prod }, { terraformCloud }) {
    const { region, accountId, domain, host, bucketSuffix, sources, graph } = shared;
    const { mode, network: cidr } = prod;
    const providers = [aws({ region, ...(accountId && { accountId }) })];
    const each = { estate: 'egf2', backend: terraformCloud ?? shared.backend, providers, environment: 'prod', protection: prod.protection } as const;
    const buckets = bucketNames(bucketSuffix);

    const net = new Egf2Network(app, 'network', { ...prod, ...each, domain, buckets: Object.values(buckets) });
    const data = new Egf2Data(app, 'data', { ...prod, ...each, network: net, buckets });
    const queue = mode === 'small' ? undefined : new Egf2Queue(app, 'queue', { ...prod, ...each, network: net });
    if (mode === 'bigData' && queue) new Egf2Lake(app, 'lake', { ...each, spark: prod.spark, network: net, data, queue, buckets });
    const { services, subsystems, loadBalancing } = prod;
    new Egf2Services(app, 'services', { ...each, mode, services, subsystems, loadBalancing, cidr, net, data, ...(queue && { queue }), sources, graph, host });
  },
});
