import { many, nothing, one, type Resource, refusal } from './json-api';
import { type Routes, withWorkspace } from './router';
import type { Workspace } from './store';

const PERMISSIONS = ['destroy', 'force-unlock', 'lock', 'unlock', 'queue-apply', 'queue-destroy', 'queue-run', 'read-settings', 'update', 'update-variable'];

export function resourceOf(workspace: Workspace): Resource {
  const { id, name, executionMode, terraformVersion, autoApply, lockedBy, globalRemoteState } = workspace;
  return {
    id,
    type: 'workspaces',
    attributes: {
      name,
      'execution-mode': executionMode,
      operations: executionMode === 'remote',
      'terraform-version': terraformVersion,
      'auto-apply': autoApply,
      locked: lockedBy !== undefined,
      'global-remote-state': globalRemoteState,
      'structured-run-output-enabled': false,
      'working-directory': '',
      permissions: Object.fromEntries(PERMISSIONS.map((name) => [`can-${name}`, true])),
      actions: { 'is-destroyable': true },
    },
    relationships: { project: { data: { id: 'prj-default', type: 'projects' } } },
  };
}

function update(workspace: Workspace, attributes: Readonly<Record<string, unknown>>): void {
  const { 'execution-mode': mode, 'terraform-version': version, 'auto-apply': autoApply, 'global-remote-state': global } = attributes;
  if (mode !== undefined) workspace.executionMode = mode as Workspace['executionMode'];
  if (version !== undefined) workspace.terraformVersion = `${version}`;
  if (autoApply !== undefined) workspace.autoApply = autoApply === true;
  if (global !== undefined) workspace.globalRemoteState = global === true;
}

export const workspaces: Routes = {
  'GET /organizations/*/workspaces': ({ store, query }) => {
    const wanted = query.get('search[name]');
    return many(store.workspaces.filter(({ name }) => wanted === null || name.includes(wanted)).map(resourceOf));
  },
  'POST /organizations/*/workspaces': ({ store, sent, caller }) => {
    const name = `${sent.attributes.name}`;
    if (caller.is !== 'person') return refusal(404);
    if (store.workspace(name)) return refusal(422, 'Name has already been taken');
    const workspace = store.addWorkspace(name);
    update(workspace, sent.attributes);
    return one(resourceOf(workspace), 201);
  },
  'GET /organizations/*/workspaces/*': withWorkspace((workspace) => one(resourceOf(workspace))),
  'GET /workspaces/*': withWorkspace((workspace) => one(resourceOf(workspace))),
  'PATCH /workspaces/*': withWorkspace((workspace, { sent }) => {
    update(workspace, sent.attributes);
    return one(resourceOf(workspace));
  }),
  'POST /workspaces/*/actions/lock': withWorkspace((workspace) => {
    if (workspace.lockedBy !== undefined) return refusal(409, `Workspace is locked by ${workspace.lockedBy}`);
    workspace.lockedBy = 'a person';
    return one(resourceOf(workspace));
  }),
  'POST /workspaces/*/actions/unlock': withWorkspace(unlock),
  'POST /workspaces/*/actions/force-unlock': withWorkspace(unlock),
  'POST /workspaces/*/relationships/remote-state-consumers': withWorkspace((workspace, { sent }) => {
    for (const { id } of sent.references) workspace.consumers.add(id);
    return nothing;
  }),
};

function unlock(workspace: Workspace) {
  if (workspace.lockedBy === undefined) return refusal(409, 'Workspace is already unlocked');
  delete workspace.lockedBy;
  return one(resourceOf(workspace));
}
