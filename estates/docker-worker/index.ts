import { declaredTasks, dockerWorkerSchema, dockerWorkerValues } from '../../config/docker-worker';
import { defineEstate } from '../../constructs/core/estate';
import { google } from '../../constructs/gcp/provider';
import { DockerWorkerApis } from './apis';
import { DockerWorkerData } from './data';
import { dockerWorkerFirstDeploy } from './first-deploy';
import { DockerWorkerFunctions } from './functions';
import { dockerWorkerNeeds } from './needs';
import { DockerWorkerWorkers } from './workers';

/** An expensive machine for 30 minutes a day, on GCP: it exists only while a task runs. */
export const dockerWorker = defineEstate({
  name: 'docker-worker',
  schema: dockerWorkerSchema,
  values: dockerWorkerValues,
  needs: dockerWorkerNeeds,
  firstDeploy: dockerWorkerFirstDeploy,
  stacks(app, config, { terraformCloud }) {
    const { shared, prod } = config;
    const { project, region, zone } = shared;
    const common = { estate: 'docker-worker', backend: terraformCloud ?? shared.backend, providers: [google({ project, region, zone })] };
    const once = { ...common, environment: 'shared', protection: shared.protection } as const;
    const each = { ...common, environment: 'prod', protection: prod.protection } as const;
    const suffix = shared.bucketSuffix ?? project;
    const { webhook, subnet, tasks, image, alertEmails } = prod;

    const apis = new DockerWorkerApis(app, 'apis', once);
    const data = new DockerWorkerData(app, 'data', { ...each, apis, suffix, webhook });
    const workers = new DockerWorkerWorkers(app, 'workers', { ...each, data, subnet });
    new DockerWorkerFunctions(app, 'functions', {
      ...each,
      data,
      workers,
      suffix,
      webhook,
      tasks,
      declaredTasks: (registry) => declaredTasks(config, registry),
      image,
      alertEmails,
    });
  },
});
