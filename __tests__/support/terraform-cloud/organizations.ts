import { many, nothing, one, refusal } from './json-api';
import type { Handler, Routes } from './router';

/** Only the one organization is there. */
const inOrganization =
  (handler: Handler): Handler =>
  (request) =>
    request.params[0] === request.store.organization ? handler(request) : refusal(404);

const ENTITLEMENTS = { operations: true, 'state-storage': true, agents: true, 'private-module-registry': false, sentinel: false, teams: true };

export const organizations: Routes = {
  'GET /ping': () => nothing,
  'GET /organizations/*': inOrganization(({ store }) =>
    one({ id: store.organization, type: 'organizations', attributes: { name: store.organization, permissions: { 'can-create-workspace': true } } }),
  ),
  'GET /organizations/*/entitlement-set': inOrganization(({ store }) => one({ id: store.organization, type: 'entitlement-sets', attributes: ENTITLEMENTS })),
  'GET /organizations/*/capacity': inOrganization(({ store }) =>
    one({ id: store.organization, type: 'organization-capacity', attributes: { pending: 0, running: 0 } }),
  ),
  'GET /organizations/*/projects': inOrganization(() => many([{ id: 'prj-default', type: 'projects', attributes: { name: 'Default Project' } }])),
};
