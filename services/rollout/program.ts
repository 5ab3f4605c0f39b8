import { GoogleAuth } from 'google-auth-library';
import { type RolloutEnvironment, rolloutEnvironment } from '../contracts/rollout';
import { systemClock as clock } from '../runtime/clock';
import { EnvironmentError, parseEnvironment } from '../runtime/environment';
import { GoogleError, GoogleRest, googleTransport, Unavailable } from '../runtime/google/rest';
import { Machines } from './machines';
import { Registry } from './registry';
import { Rollout } from './rollout';
import { RolloutError } from './rollout-error';

/** Seconds that one call is tried for. */
const TRY_SECONDS = 60;

/** Delivers or rolls back as the environment says, in words on the console; 0 is well, 1 is not. */
export async function rollOut(env: NodeJS.ProcessEnv): Promise<number> {
  let auth: GoogleAuth | undefined;
  try {
    const environment = parseEnvironment(rolloutEnvironment, env);
    // with a project it does not look for one, by gcloud among others
    auth = new GoogleAuth({ projectId: environment.PROJECT, scopes: 'https://www.googleapis.com/auth/cloud-platform' });
    await work(environment, auth);
    return 0;
  } catch (error) {
    console.error(await explained(error, auth));
    return 1;
  }
}

async function work(environment: RolloutEnvironment, auth: GoogleAuth): Promise<void> {
  const { ACTION, PROJECT, REGION, ZONE, REPOSITORY, RELEASE, COMPUTE_URL, REGISTRY_URL, TAG, GROUPS, LOOK_SECONDS } = environment;
  // before the first call, which would be tried for a minute
  await auth.getAccessToken().catch((error: Error) => {
    throw new RolloutError(`Google does not know who asks: ${error.message}\nOn a machine of your own: make auth. Nothing was changed.`, { cause: error });
  });
  const transport = googleTransport(auth);
  const rest = (root: string) => new GoogleRest({ root, clock, transport, trySeconds: TRY_SECONDS });
  const rollout = new Rollout({
    ...environment,
    registry: new Registry(rest(REGISTRY_URL), `projects/${PROJECT}/locations/${REGION}/repositories/${REPOSITORY}`),
    machines: new Machines(rest(COMPUTE_URL), `projects/${PROJECT}/zones/${ZONE}`, clock, Math.min(2, LOOK_SECONDS)),
    clock,
    say: (line) => console.log(line),
  });
  console.log(`${ACTION === 'deliver' ? `Delivers ${RELEASE} as` : 'Rolls back'} ${TAG}: ${GROUPS.map(({ name }) => name).join(', ')}, one after the other`);
  if (ACTION === 'rollback') await rollout.rollBack();
  else await rollout.deliver(RELEASE as string);
}

/** What a person can act on; the rest is a mistake of ours, and keeps its trace. */
async function explained(error: unknown, auth: GoogleAuth | undefined): Promise<unknown> {
  if (error instanceof EnvironmentError || error instanceof Unavailable) return error.message;
  if (!(error instanceof RolloutError || error instanceof GoogleError)) return error;
  const text = error instanceof GoogleError && error.call ? `${error.call}: ${error.message}` : error.message;
  const refusal = [error, error.cause].find((each) => each instanceof GoogleError && each.status === 403);
  return refusal
    ? `${text}\nIt was asked as ${await account(auth)}: deploy the delivery stack, which grants what its build account needs, or ask for these permissions.`
    : text;
}

async function account(auth: GoogleAuth | undefined): Promise<string> {
  const credentials = await auth?.getCredentials().catch(() => undefined);
  return credentials?.client_email ?? 'the account that you are logged in with (gcloud auth application-default login)';
}

/** Says what an interruption means. The cloud goes on with what it was told. */
export function sayWhenInterrupted(): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => {
      console.error(`${signal}: stops here. A machine that is being replaced goes on; the same release again goes on from there.`);
      process.exit(code);
    });
}
