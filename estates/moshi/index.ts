import { moshiSchema, moshiValues } from '../../config/moshi';
import { defineEstate } from '../../constructs/core/estate';
import { google } from '../../constructs/gcp/provider';
import { MoshiApis } from './apis';
import { deliveryOf } from './delivery/delivery';
import { MoshiDns } from './dns';
import { MoshiFirebase } from './firebase';
import { moshiFirstDeploy } from './first-deploy';
import { MoshiGithub } from './github';
import { moshiNeeds } from './needs';
import { MoshiPypi } from './pypi';
import { MoshiServer } from './server';
import { MoshiStorage } from './storage';

/** A spoken-language tutor's media server on GCP, in development and production, with what both share. */
export const moshi = defineEstate({
  name: 'moshi',
  schema: moshiSchema,
  values: moshiValues,
  delivery: deliveryOf,
  needs: moshiNeeds,
  firstDeploy: moshiFirstDeploy,
  stacks(app, { shared, dev, prod }, { terraformCloud }) {
    const { project, region, zone, domain, firestoreLocation, github, dnsRecords } = shared;
    const common = { estate: 'moshi', backend: terraformCloud ?? shared.backend, providers: [google({ project, region, zone })] };
    const once = { ...common, environment: 'shared', protection: shared.protection } as const;

    const apis = new MoshiApis(app, 'apis', once);
    const pypi = new MoshiPypi(app, 'pypi', { ...once, apis });
    const { repository, repositoryId, branch, environment: productionEnvironment } = github;
    new MoshiGithub(app, 'github', { ...once, repository, repositoryId, branch, productionEnvironment, apis, pypi });
    new MoshiFirebase(app, 'firebase', { ...once, apis, domain, environments: [dev, prod], firestoreLocation });
    const dns = new MoshiDns(app, 'dns', { ...once, apis, domain, records: dnsRecords });

    const suffix = shared.bucketSuffix ?? project;
    for (const [environment, config] of [
      ['dev', dev],
      ['prod', prod],
    ] as const) {
      const each = { ...common, environment, protection: config.protection };
      const storage = new MoshiStorage(app, 'storage', { ...each, apis, suffix, hasWebsite: config.websiteHosts.length > 0 });
      new MoshiServer(app, 'server', { ...each, ...config, dns, storage });
    }
  },
});
