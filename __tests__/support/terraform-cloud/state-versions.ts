import { createHash } from 'node:crypto';
import { type Answer, many, newId, nothing, one, type Resource, refusal } from './json-api';
import { maySeeState, type Request, type Routes, withWorkspace } from './router';
import { currentState, type StateVersion, type Workspace } from './store';

interface StateJson {
  readonly outputs?: Readonly<Record<string, { readonly value: unknown; readonly type: unknown; readonly sensitive?: boolean }>>;
}

/** Adds a state as it lies in a file, as a run does. */
export function keepState(workspace: Workspace, content: Buffer): void {
  const { serial, lineage } = JSON.parse(content.toString()) as { serial: number; lineage: string };
  const md5 = createHash('md5').update(content).digest('hex');
  if (currentState(workspace)?.md5 === md5) return;
  workspace.states.push({ id: newId('sv'), workspace, serial, lineage, md5, content });
}

function resourceOf({ id, serial, content }: StateVersion, url: Request['url']): Resource {
  return {
    id,
    type: 'state-versions',
    attributes: {
      serial,
      status: content ? 'finalized' : 'pending',
      'hosted-state-download-url': url(`/archivist/states/${id}`),
      'hosted-json-state-download-url': url(`/archivist/states/${id}`),
      'hosted-state-upload-url': content ? null : url(`/archivist/states/${id}`),
      'hosted-json-state-upload-url': content ? null : url(`/archivist/json-states/${id}`),
      'resources-processed': true,
    },
  };
}

function outputsOf({ id, content }: StateVersion): Resource[] {
  const { outputs = {} } = JSON.parse(`${content}`) as StateJson;
  return Object.entries(outputs).map(([name, { value, type, sensitive = false }]) => ({
    id: `wsout-${id}-${name}`,
    type: 'state-version-outputs',
    attributes: { name, sensitive, value, type: typeof type === 'string' ? type : 'array', 'detailed-type': type },
  }));
}

/** In a list nobody sees what is sensitive. */
const concealed = ({ attributes, ...rest }: Resource): Resource => ({
  ...rest,
  attributes: { ...attributes, ...(attributes.sensitive === true && { value: null }) },
});

/** Only who holds the lock, and only what follows on what is there. */
function create(workspace: Workspace, { sent, url }: Request): Answer {
  const { serial, lineage = '', md5, state, force } = sent.attributes as Partial<Record<string, string>> & { serial?: number; force?: boolean };
  const current = currentState(workspace);
  if (workspace.lockedBy === undefined) return refusal(409, 'Workspace must be locked to create a state version');
  if (serial === undefined || md5 === undefined) return refusal(422, 'serial and md5 are required');
  if (current && !force && current.lineage !== lineage) return refusal(409, `lineage ${lineage} is not that of the state, ${current.lineage}`);
  if (current && !force && serial <= current.serial && md5 !== current.md5) return refusal(409, `serial ${serial} is not above ${current.serial}`);
  const version: StateVersion = { id: newId('sv'), workspace, serial, lineage, md5 };
  if (state !== undefined) version.content = Buffer.from(state, 'base64');
  workspace.states.push(version);
  return one(resourceOf(version, url), 201);
}

export const stateVersions: Routes = {
  'GET /workspaces/*/current-state-version': withWorkspace((workspace, { url }) => {
    const current = currentState(workspace);
    return current ? one(resourceOf(current, url)) : refusal(404);
  }),
  'GET /workspaces/*/current-state-version-outputs': withWorkspace((workspace) => {
    const current = currentState(workspace);
    return current ? many(outputsOf(current).map(concealed)) : refusal(404);
  }),
  'POST /workspaces/*/state-versions': withWorkspace(create),
  'GET /state-versions/*': ({ store, params, caller, url }) => {
    const version = store.stateVersion(params[0] ?? '');
    return version && maySeeState(caller, version.workspace) ? one(resourceOf(version, url)) : refusal(404);
  },
  'GET /state-version-outputs/*': ({ store, params, caller }) => {
    const all = store.workspaces.filter((workspace) => maySeeState(caller, workspace)).flatMap((workspace) => currentState(workspace) ?? []);
    const output = all.flatMap(outputsOf).find(({ id }) => id === decodeURIComponent(params[0] ?? ''));
    return output ? one(output) : refusal(404);
  },
  'PUT /archivist/states/*': ({ store, params, body }) => {
    const version = store.stateVersion(params[0] ?? '');
    if (!version || version.content) return refusal(404);
    if (createHash('md5').update(body).digest('hex') !== version.md5) return refusal(422, 'md5 is not that of the upload');
    version.content = body;
    return nothing;
  },
  'PUT /archivist/json-states/*': () => nothing,
  'GET /archivist/states/*': ({ store, params }) => {
    const content = store.stateVersion(params[0] ?? '')?.content;
    return content ? { status: 200, bytes: content } : refusal(404);
  },
};
