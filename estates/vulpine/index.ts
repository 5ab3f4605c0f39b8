import { vulpineSchema, vulpineValues } from '../../config/vulpine';
import { aws } from '../../constructs/aws/provider';
import { defineEstate } from '../../constructs/core/estate';
import { docker } from '../../constructs/docker/provider';
import { linode } from '../../constructs/linode/provider';
import { VulpineContainers } from './containers';
import { VulpineContent } from './content';
import { vulpineFirstDeploy } from './first-deploy';
import { VulpineHost } from './host';
import { vulpineNeeds } from './needs';

/** Loaded where it is wanted only: the classes of pods take longer than all the rest of a synth. */
const kubernetesStacks = () => require('./kubernetes/stacks') as typeof import('./kubernetes/stacks');

/** Mastodon instances on Linode, in Docker or Kubernetes; their files at AWS. */
export const vulpine = defineEstate({
  name: 'vulpine',
  schema: vulpineSchema,
  values: vulpineValues,
  needs: vulpineNeeds,
  firstDeploy: vulpineFirstDeploy,
  stacks(app, config, { terraformCloud }) {
    const { shared, prod } = config;
    const each = { estate: 'vulpine', backend: terraformCloud ?? shared.backend, environment: 'prod', protection: prod.protection, config } as const;
    if (prod.topology === 'kubernetes') {
      kubernetesStacks().build(app, each);
      return;
    }
    const machine = new VulpineHost(app, 'host', { ...each, providers: [linode()] });
    const { region, accountId } = shared.content;
    new VulpineContent(app, 'content', { ...each, zones: machine, providers: [aws({ region, ...(accountId && { accountId }) }), linode()] });
    for (const [label, host] of machine.hosts) {
      const providers = [docker({ user: prod.admins.user, address: (stack) => host.ipv4.seenFrom(stack) })];
      if (prod.topology === 'multi-server') new VulpineContainers(app, `containers-${label}`, { ...each, machine, on: label, providers });
      else new VulpineContainers(app, 'containers', { ...each, machine, providers });
    }
  },
});
