import { rollOut, sayWhenInterrupted } from '../../services/rollout/program';

/** Set by who tries it out: where Google is, and how long to wait. */
const OWN = ['COMPUTE_URL', 'REGISTRY_URL', 'LOOK_SECONDS', 'PATIENCE_SECONDS'];

/** The last step of a delivery, or a roll back, from this machine. Returns the exit code. */
export function rollOutHere(variables: NodeJS.ProcessEnv): Promise<number> {
  sayWhenInterrupted();
  const own = Object.fromEntries(OWN.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  return rollOut({ ...own, ...variables });
}
