import type Docker from 'dockerode';
import type { Clock } from '../../runtime/clock';
import { retrying } from '../../runtime/retry';
import { TaskFailure } from '../failure';
import type { Log } from '../log';
import type { Keyring } from './credentials';
import { pullFailure, statusOf } from './errors';
import { pinnedDigest, registryOf, repositoryOf, withTag } from './image-name';

export interface PullContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly keyring: Keyring;
  /** `missing`: not when the engine has it. @default always */
  readonly when?: 'always' | 'missing';
  /** How long a registry that cannot be reached is tried again, milliseconds. */
  readonly patience: number;
}

/** Makes the image present, and returns its digest; null: it was made here and never pulled. */
export async function pullImage(docker: Docker, image: string, context: PullContext): Promise<string | null> {
  const pinned = pinnedDigest(image);
  // What a digest names never changes; what a tag names does.
  if (pinned && (await isPresent(docker, image))) return pinned;
  if (context.when === 'missing' && (await isPresent(docker, image))) return digestOf(docker, image);
  let last: TaskFailure | undefined;
  try {
    await retrying(() => pullOnce(docker, image, context), {
      ...context,
      first: 1000,
      worthIt: (error) => error instanceof TaskFailure && error.code === 'registry-unreachable',
      onFailure: (error, wait) => {
        last = error as TaskFailure;
        context.log.warn({ image, wait, error: last.message }, 'The image was not pulled, trying again');
      },
    });
  } catch (error) {
    // The time limit came while it was waited for the registry: that is what kept the task from running.
    if (last && error instanceof TaskFailure && error.code === 'timed-out')
      throw new TaskFailure(last.code, `${last.message} (until the task's time was over)`);
    throw error;
  }
  return digestOf(docker, image);
}

async function isPresent(docker: Docker, image: string): Promise<boolean> {
  try {
    await docker.getImage(image).inspect();
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw pullFailure(image, registryOf(image), error);
  }
}

async function pullOnce(docker: Docker, image: string, { keyring, signal, log }: PullContext): Promise<void> {
  const registry = registryOf(image);
  try {
    const authconfig = await keyring(registry);
    const progress = await docker.createImage({
      fromImage: withTag(image),
      abortSignal: signal,
      ...(authconfig && { authconfig: { ...authconfig, serveraddress: registry } }),
    });
    for await (const line of jsonLines(progress)) {
      if (line.error) throw new Error(line.error);
      // Layers come with their id, and by the thousand.
      if (line.status && !line.id) log.info({ image }, line.status);
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw pullFailure(image, registry, error);
  }
}

async function digestOf(docker: Docker, image: string): Promise<string | null> {
  const { RepoDigests } = await docker.getImage(image).inspect();
  const repository = repositoryOf(image);
  const own = RepoDigests?.find((each) => repositoryOf(each) === repository) ?? RepoDigests?.[0];
  return pinnedDigest(image) ?? own?.split('@')[1] ?? null;
}

async function* jsonLines(stream: NodeJS.ReadableStream): AsyncGenerator<{ status?: string; id?: string; error?: string }> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim()) yield JSON.parse(line);
  }
  if (rest.trim()) yield JSON.parse(rest);
}
