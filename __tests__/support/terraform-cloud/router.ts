import type { Answer, Sent } from './json-api';
import { refusal } from './json-api';
import type { Run, Store, Workspace } from './store';

/** Who asks: a person with the token, or a run with its own. */
export type Caller = { readonly is: 'person' } | { readonly is: 'run'; readonly run: Run } | { readonly is: 'nobody' };

export interface Request {
  readonly caller: Caller;
  /** What stands in the place of the stars in the route's path. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly sent: Sent;
  readonly body: Buffer;
  readonly store: Store;
  /** Full address of a path of this server. */
  readonly url: (path: string) => string;
}

export type Handler = (request: Request) => Answer | Promise<Answer>;

/** `GET /workspaces/*` and what answers it; below `/api/v2`, or whatever has `/archivist/` before its path: that is open to who knows the id. */
export type Routes = Readonly<Record<string, Handler>>;

/** The handler of a request, and what stands in the place of the stars. */
export function routed(routes: Routes, method: string, path: string): { readonly handler: Handler; readonly params: readonly string[] } | undefined {
  for (const [route, handler] of Object.entries(routes)) {
    const [verb, pattern = ''] = route.split(' ');
    if (verb !== method) continue;
    const match = new RegExp(`^${pattern.replaceAll('*', '([^/]+)')}$`).exec(path);
    if (match) return { handler, params: match.slice(1) };
  }
  return undefined;
}

/** Whether the caller may see the workspace's state: a run only that of its own workspace, and what is shared with it. */
export function maySeeState(caller: Caller, workspace: Workspace): boolean {
  if (caller.is !== 'run') return caller.is === 'person';
  const own = caller.run.workspace;
  return own === workspace || workspace.globalRemoteState || workspace.consumers.has(own.id);
}

/** The named workspace, or the API's answer to who asks for one that is not there or not for him: the same. */
export function withWorkspace(answer: (workspace: Workspace, request: Request) => Answer | Promise<Answer>): Handler {
  return (request) => {
    const workspace = request.store.workspace(request.params.at(-1) ?? '');
    return workspace && maySeeState(request.caller, workspace) ? answer(workspace, request) : refusal(404);
  };
}
