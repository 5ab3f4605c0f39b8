import { containerEnv, OVERRIDABLE, type ResolvedTask, type Task } from '../contracts/task';
import type { TaskRequest } from '../contracts/task-request';
import { problems, Refused } from './handler';

const overridesOf = (request: TaskRequest) => OVERRIDABLE.filter((field) => request[field] !== undefined);

/** `us-west1` of `projects/P/regions/us-west1/subnetworks/S`, or of the zone `us-west1-a`. */
export const regionOfSubnetwork = (subnetwork: string): string | undefined => /\/?regions\/([^/]+)\//.exec(subnetwork)?.[1];
export const regionOfZone = (zone: string): string => zone.slice(0, zone.lastIndexOf('-'));

/** The declaration and the request put together. What the declaration does not let a request set is {@link Refused}. */
export function resolveTask(tasks: Readonly<Record<string, Task>>, request: TaskRequest): ResolvedTask {
  const declared = Object.hasOwn(tasks, request.task) ? tasks[request.task] : undefined;
  if (!declared) throw new Refused(400, `no task is called ${request.task}; there is ${Object.keys(tasks).join(', ') || 'none'}`);
  const { mayOverride, ...task } = declared;
  const refused = overridesOf(request).filter((field) => !mayOverride.includes(field));
  if (refused.length > 0) {
    throw new Refused(400, `a request may not set ${refused.join(', ')} of ${request.task}; it may set ${mayOverride.join(', ') || 'nothing'}`);
  }
  const set = Object.fromEntries(overridesOf(request).map((field) => [field, request[field]]));
  const env = containerEnv.safeParse({ ...task.env, ...request.env });
  if (!env.success) throw new Refused(400, `env, with what ${request.task} declares: ${problems(env.error)}`);
  return { ...task, ...set, env: env.data };
}

/** A further attempt runs what the one before ran: it can set nothing. */
export function refuseOverrides(request: TaskRequest): void {
  const set = overridesOf(request);
  if (set.length > 0) throw new Refused(400, `attempt ${request.attempt} runs what the one before ran, and may not set ${set.join(', ')}`);
}
