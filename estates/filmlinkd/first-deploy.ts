import type { FilmlinkdConfig } from '../../config/filmlinkd';
import { deployed, type FirstDeploy, fulfilled, givenSecrets, needsIn, ofKind, person, stateBucket } from '../../constructs/core/first-deploy';
import { type Environment, stackName } from '../../constructs/core/naming';
import { firstApis } from '../../constructs/gcp/first-apis';
import { filmlinkdNeeds } from './needs';

/** As the runbook (docs/runbooks/filmlinkd.md) does it. */
export function filmlinkdFirstDeploy(config: FilmlinkdConfig, environment: Environment): FirstDeploy {
  const needs = needsIn(environment, filmlinkdNeeds(config));
  const own = (stack: string) => stackName('filmlinkd', stack, environment);
  return {
    steps: [
      ...firstApis(needs),
      ...stateBucket('filmlinkd', needs),
      deployed('what both environments stand on', stackName('filmlinkd', 'base', 'shared')),
      deployed('films and secrets', stackName('filmlinkd', 'data', 'shared')),
      deployed('the messages', own('messaging')),
      ...givenSecrets('filmlinkd', environment, needs),
      ...fulfilled(
        'the repository, for the build',
        ofKind(needs, 'repository-connection'),
        person('Let Cloud Build read the repository: these commands, and your consent in a browser between them.'),
      ),
      deployed('the machines', own('compute')),
      deployed('the build', own('delivery')),
      ...fulfilled('the images, on the machines', ofKind(needs, 'container-image'), {
        kind: 'make',
        target: 'filmlinkd-deliver',
        values: { ENV: environment },
      }),
    ],
    next: "tell Discord of the slash commands, with the bot's token in DISCORD_BOT_TOKEN: make commands-register; then invite the bot (step 8 of docs/runbooks/filmlinkd.md).",
  };
}
