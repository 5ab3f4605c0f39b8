import { BASE_APIS } from '../../config/base-apis';
import type { FilmlinkdConfig } from '../../config/filmlinkd';
import { type Environment, stackName } from '../../constructs/core/naming';
import type { Need, SecretNeed } from '../../constructs/core/need';
import { stateBucketNeeds } from '../../constructs/gcp/state-bucket-need';
import { BOT_TOKEN, LINKED_REPOSITORY } from './names';
import { IMAGE_OF, repositoryOf } from './rollout-variables';

const SECRETS: readonly Pick<SecretNeed, 'name' | 'is' | 'from'>[] = [
  { name: 'LETTERBOXD_API_KEY', is: "Letterboxd's key", from: 'https://letterboxd.com/api-beta/ gives both halves to who applies' },
  { name: 'LETTERBOXD_API_SHARED_SECRET', is: "what requests to Letterboxd are signed with, the key's other half", from: 'it came with the key' },
  { name: 'THE_MOVIE_DATABASE_API_KEY', is: "The Movie Database's key", from: 'https://www.themoviedb.org/settings/api, the API key of version 3' },
];

export function filmlinkdNeeds({ shared, ...environments }: FilmlinkdConfig): Need[] {
  const { project, region, source } = shared;
  const of = <E extends Environment>(environment: E) => ({ environment, project });
  return [
    { ...of('shared'), kind: 'project' },
    ...stateBucketNeeds(shared.backend, shared),
    ...BASE_APIS.map((api) => ({ ...of('shared'), kind: 'api', api }) as const),
    ...SECRETS.map((secret): Need => ({ ...of('shared'), kind: 'secret', type: 'gcp', stack: stackName('filmlinkd', 'data', 'shared'), ...secret })),
    ...(['dev', 'prod'] as const).map((environment): Need => {
      const token = {
        name: BOT_TOKEN[environment],
        is: `the bot's token in ${environment}`,
        from: 'https://discord.com/developers/applications, Bot, Reset Token',
      };
      return { ...of(environment), kind: 'secret', type: 'gcp', stack: stackName('filmlinkd', 'messaging', environment), ...token };
    }),
    {
      ...of('shared'),
      kind: 'repository-connection',
      region,
      connection: source.connection,
      repository: LINKED_REPOSITORY(source.repository),
      remoteUri: `https://github.com/${source.repository}.git`,
    },
    ...(['dev', 'prod'] as const).flatMap((environment) => {
      const images = Object.values(environments[environment].machines).flatMap(({ containers }) => containers.map((container) => IMAGE_OF[container]));
      return [...new Set(images)].map((image): Need => {
        const stack = stackName('filmlinkd', 'base', 'shared');
        // the delivery itself, and the machines that it waits for
        const first = ['compute', 'delivery'].map((name) => stackName('filmlinkd', name, environment)).join(' ');
        const deliver = [`make deploy STACKS='${first}'`, `make filmlinkd-deliver ENV=${environment}`];
        return { ...of(environment), kind: 'container-image', region, repository: repositoryOf(environment), image, tag: environment, stack, deliver };
      });
    }),
  ];
}
