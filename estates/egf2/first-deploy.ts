import type { Egf2Config } from '../../config/egf2';
import { deployed, type FirstDeploy, fulfilled, givenSecrets, needsIn, ofKind, person, type Step, stateBucket } from '../../constructs/core/first-deploy';
import { type Environment, stackName } from '../../constructs/core/naming';
import { egf2Needs } from './needs';

/** As the runbook (docs/runbooks/egf2.md) does it, in each mode. */
export function egf2FirstDeploy(config: Egf2Config, environment: Environment): FirstDeploy {
  const needs = needsIn(environment, egf2Needs(config));
  const { mode } = config.prod;
  const { host, domain } = config.shared;
  const own = (stack: string) => stackName('egf2', stack, environment);
  const url = `https://${host}.${domain}/v1/graph`;
  return {
    steps: [
      ...stateBucket('egf2', needs),
      deployed('the network, and the zone in it', own('network')),
      ...fulfilled(
        'the delegation of the domain',
        ofKind(needs, 'delegation'),
        person('Who holds the parent of the domain delegates it: the certificate waits for that. Confirm the e-mail about alarms, too.'),
      ),
      deployed('data', own('data')),
      ...givenSecrets('egf2', environment, needs),
      ...(mode === 'small' ? [] : [deployed('the queue', own('queue'))]),
      ...(mode === 'bigData' ? [deployed('the lake, and Spark', own('lake'))] : []),
      deployed('the services', own('services')),
      answering(url, mode),
    ],
    next: `ask it as clients do: ${url} answers 401 without a token.`,
  };
}

/** An empty database has no tables until somebody asks client-data for them; Terraform makes those of Keyspaces. */
function answering(url: string, mode: Egf2Config['prod']['mode']): Step {
  const tables = 'When client-data has started, let it make its tables once: step 5 of docs/runbooks/egf2.md.';
  return {
    title: 'the services answer',
    done: [{ kind: 'answers', url, statuses: [401] }],
    does: person('Machines install themselves for minutes, up to an hour.', ...(mode === 'bigData' ? [] : [tables])),
  };
}
