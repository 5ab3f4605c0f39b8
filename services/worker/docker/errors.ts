import { TaskFailure, textOf } from '../failure';

/** What dockerode throws: the engine's answer, or what kept it from answering. */
interface EngineError extends Error {
  readonly statusCode?: number;
  readonly code?: string;
}

/** The engine's own words, without dockerode's frame around them. */
function words(error: unknown): string {
  return textOf(error)
    .replace(/^\(HTTP code \d+\) [^-]* - /, '')
    .trim();
}

export const statusOf = (error: unknown): number | undefined => (error as EngineError).statusCode;

/** No answer at all: the engine is not there, not ours to use, or went away meanwhile. */
export function isUnavailable(error: unknown): boolean {
  const { code, statusCode, name } = error as EngineError;
  return (
    statusCode === undefined &&
    (/^(ENOENT|ENOTSOCK|EACCES|EPIPE|ECONN\w+|ETIMEDOUT|ENOTFOUND)$/.test(code ?? '') || name === 'TimeoutError' || name === 'AbortError')
  );
}

export function unavailable(error: unknown): TaskFailure {
  return new TaskFailure('docker-unavailable', `the Docker engine does not answer: ${words(error)}`);
}

const NOT_FOUND =
  /manifest.* (unknown|not found)|not found: (manifest|name) unknown|repository .* not found|name unknown|no such image|invalid reference format|no matching manifest/i;
const DENIED = /unauthorized|denied|no basic auth credentials|authentication required|forbidden|\b40[13]\b/i;
/** What Docker Hub says of repositories that do not exist, as nobody is logged in there. */
const HUB_UNKNOWN = /pull access denied for .*repository does not exist or may require 'docker login'/i;
const LOCAL = /no space left on device|read-only file system|failed to register layer/i;

/** Why an image was not pulled, by what the engine says: it has no codes of its own. */
export function pullFailure(image: string, registry: string, error: unknown): TaskFailure {
  const said = words(error);
  if (error instanceof TaskFailure) return error;
  if (isUnavailable(error)) return unavailable(error);
  const hub = registry === 'docker.io' && HUB_UNKNOWN.test(said);
  if (LOCAL.test(said)) return new TaskFailure('not-started', `the image ${image} cannot be stored: ${said}`);
  if (hub || NOT_FOUND.test(said)) return new TaskFailure('image-not-found', `${registry} has no image ${image}: ${said}`);
  if (DENIED.test(said)) return new TaskFailure('registry-denied', `${registry} does not let this machine pull ${image}: ${said}`);
  return new TaskFailure('registry-unreachable', `${image} cannot be pulled from ${registry}: ${said}`);
}

const NO_COMMAND = /executable file not found|no such file or directory|no command specified/i;

/** Why a container did not start; `exitCode` is what the engine noted for it, 127 as a shell does. */
export function startFailure(error: unknown, exitCode?: number): TaskFailure {
  if (error instanceof TaskFailure) return error;
  if (isUnavailable(error)) return unavailable(error);
  const said = words(error);
  // A missing mount is "no such file or directory", too, but has no exit code of a command.
  const noCommand = exitCode === 127 || (exitCode === undefined && NO_COMMAND.test(said));
  return noCommand
    ? new TaskFailure('command-not-found', `the image has no such command: ${said}`)
    : new TaskFailure('not-started', `the container did not start: ${said}`);
}
