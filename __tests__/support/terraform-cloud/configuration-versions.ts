import { newId, nothing, one, type Resource, refusal } from './json-api';
import { type Request, type Routes, withWorkspace } from './router';
import type { ConfigurationVersion } from './store';

function resourceOf({ id, speculative, content }: ConfigurationVersion, url: Request['url']): Resource {
  const attributes = { status: content ? 'uploaded' : 'pending', speculative, 'upload-url': url(`/archivist/configurations/${id}`), source: 'tfe-api' };
  return { id, type: 'configuration-versions', attributes };
}

export const configurationVersions: Routes = {
  'POST /workspaces/*/configuration-versions': withWorkspace((_, { store, sent, url }) => {
    const version: ConfigurationVersion = { id: newId('cv'), speculative: sent.attributes.speculative === true };
    store.configurations.set(version.id, version);
    return one(resourceOf(version, url), 201);
  }),
  'GET /configuration-versions/*': ({ store, params, url }) => {
    const version = store.configurations.get(params[0] ?? '');
    return version ? one(resourceOf(version, url)) : refusal(404);
  },
  'PUT /archivist/configurations/*': ({ store, params, body }) => {
    const version = store.configurations.get(params[0] ?? '');
    if (!version || version.content) return refusal(404);
    version.content = body;
    return nothing;
  },
};
