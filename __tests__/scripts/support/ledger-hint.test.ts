import { ledgerHint } from '../../../scripts/support/ledger-hint';
import { STATUS } from '../../../services/runtime/google/status';

const failure = (message: string, code?: number) => Object.assign(new Error(message), { code });

test.each([
  ['a login that is over', failure('16 UNAUTHENTICATED', STATUS.UNAUTHENTICATED), /make auth/],
  ['a login that cannot be renewed', failure('Getting metadata from plugin failed: invalid_grant', 2), /make auth/],
  ['a login that may not read', failure('7 PERMISSION_DENIED: Missing permissions', STATUS.PERMISSION_DENIED), /datastore\.viewer/],
  ['no database', failure('5 NOT_FOUND: The database does not exist', STATUS.NOT_FOUND), /docker-worker-data-prod deployed\?/],
  ['a server that is down', failure('14 UNAVAILABLE', STATUS.UNAVAILABLE), /^$/],
  ['something else', failure('boom'), /^$/],
])('%s', (_, error, hint) => expect(ledgerHint(error)).toMatch(hint));
