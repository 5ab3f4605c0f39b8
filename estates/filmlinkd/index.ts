import { filmlinkdSchema, filmlinkdValues } from '../../config/filmlinkd';
import { defineEstate } from '../../constructs/core/estate';
import { google } from '../../constructs/gcp/provider';
import { FilmlinkdBase } from './base';
import { FilmlinkdCompute } from './compute';
import { FilmlinkdData } from './data';
import { FilmlinkdDelivery } from './delivery';
import { filmlinkdFirstDeploy } from './first-deploy';
import { FilmlinkdMessaging } from './messaging';
import { filmlinkdNeeds } from './needs';

/** A Discord bot that posts film diaries, on GCP, in development and production, with what both share. */
export const filmlinkd = defineEstate({
  name: 'filmlinkd',
  schema: filmlinkdSchema,
  values: filmlinkdValues,
  needs: filmlinkdNeeds,
  firstDeploy: filmlinkdFirstDeploy,
  stacks(app, { shared, dev, prod }, { terraformCloud }) {
    const { project, region, zone, subnet, keepImages, firestore, source } = shared;
    const common = { estate: 'filmlinkd', backend: terraformCloud ?? shared.backend, providers: [google({ project, region, zone })] };
    const once = { ...common, environment: 'shared', protection: shared.protection } as const;

    const base = new FilmlinkdBase(app, 'base', { ...once, subnet, keepImages });
    const data = new FilmlinkdData(app, 'data', { ...once, base, firestore });
    for (const [environment, config] of [
      ['dev', dev],
      ['prod', prod],
    ] as const) {
      const each = { ...common, ...config, environment };
      const messaging = new FilmlinkdMessaging(app, 'messaging', { ...each, data });
      const compute = new FilmlinkdCompute(app, 'compute', { ...each, base, data, messaging });
      new FilmlinkdDelivery(app, 'delivery', { ...each, base, compute, source });
    }
  },
});
