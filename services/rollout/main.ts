import { rolloutEnvironment } from '../contracts/rollout';
import { systemClock as clock } from '../runtime/clock';
import { EnvironmentError, parseEnvironment } from '../runtime/environment';
import { GoogleError, GoogleRest, googleTransport, Unavailable } from '../runtime/google/rest';
import { Machines } from './machines';
import { Registry } from './registry';
import { Rollout, RolloutError } from './rollout';

/** Seconds that one call is tried for. */
const TRY_SECONDS = 60;

async function main(): Promise<void> {
  const environment = parseEnvironment(rolloutEnvironment);
  const { ACTION, PROJECT, REGION, ZONE, REPOSITORY, RELEASE, COMPUTE_URL, REGISTRY_URL, TAG, GROUPS } = environment;
  const transport = googleTransport();
  const rest = (root: string) => new GoogleRest({ root, clock, transport, trySeconds: TRY_SECONDS });
  const rollout = new Rollout({
    ...environment,
    registry: new Registry(rest(REGISTRY_URL), `projects/${PROJECT}/locations/${REGION}/repositories/${REPOSITORY}`),
    machines: new Machines(rest(COMPUTE_URL), `projects/${PROJECT}/zones/${ZONE}`),
    clock,
    say: (line) => console.log(line),
  });
  console.log(`${ACTION === 'deliver' ? `Delivers ${RELEASE} as` : 'Rolls back'} ${TAG}: ${GROUPS.map(({ name }) => name).join(', ')}, one after the other`);
  if (ACTION === 'rollback') await rollout.rollBack();
  else await rollout.deliver(RELEASE as string);
}

main().catch((error) => {
  const isExpected = [RolloutError, EnvironmentError, GoogleError, Unavailable].some((kind) => error instanceof kind);
  console.error(isExpected ? error.message : error);
  process.exitCode = 1;
});
