import type { DockerWorkerConfig } from '../../config/docker-worker';
import { type Doing, deployed, type FirstDeploy, fulfilled, givenSecrets, needsIn, ofKind, person, stateBucket } from '../../constructs/core/first-deploy';
import { type Environment, stackName } from '../../constructs/core/naming';
import type { ContainerImageNeed, ImageNeed } from '../../constructs/core/need';
import { firstApis } from '../../constructs/gcp/first-apis';
import { dockerWorkerNeeds } from './needs';

/** As the runbook (docs/runbooks/docker-worker.md) does it. */
export function dockerWorkerFirstDeploy(config: DockerWorkerConfig, environment: Environment): FirstDeploy {
  const needs = needsIn(environment, dockerWorkerNeeds(config));
  const own = (stack: string) => stackName('docker-worker', stack, environment);
  return {
    steps: [
      ...firstApis(needs),
      ...stateBucket('docker-worker', needs),
      deployed('the APIs', stackName('docker-worker', 'apis', 'shared')),
      deployed('the ledger, topics and registry', own('data')),
      ...ofKind(needs, 'image').flatMap((need) => fulfilled("the machines' image", [need], baked(need))),
      ...ofKind(needs, 'container-image').flatMap((need) => fulfilled(`the image of tasks, ${need.image}`, [need], pushed(need))),
      ...givenSecrets('docker-worker', environment, needs),
      deployed("the machines' network and account", own('workers')),
      deployed('the functions and schedules', own('functions')),
    ],
    next: `ask for one run, and watch it: gcloud pubsub topics publish docker-worker-requests --project=${config.shared.project} --message='{"task":"..."}', then make tasks.`,
  };
}

/** A pinned one gets its name by its version. */
function baked({ family, name }: ImageNeed): Doing {
  const variables = name === undefined ? {} : { variables: { PKR_VAR_version: name.slice(family.length + 1) } };
  return { kind: 'make', target: 'images', values: { IMAGE: family }, ...variables };
}

/** What is pushed must be on this machine; one that is named by its digest can be anywhere. */
function pushed({ deliver }: ContainerImageNeed): Doing {
  return deliver.some((line) => line.startsWith('#')) ? person() : { kind: 'commands', lines: deliver };
}
