import { LEDGER_DATABASE } from '../../services/contracts/firestore';
import { codeOf, STATUS } from '../../services/runtime/google/status';

/** What to do about a ledger that cannot be read, by what Firestore says; empty where that says it all. */
export function ledgerHint(error: unknown): string {
  const code = codeOf(error);
  if (code === STATUS.UNAUTHENTICATED || /invalid_grant|reauth/i.test((error as Error).message)) return 'Your login is over: run make auth';
  if (code === STATUS.PERMISSION_DENIED) return `Your login may not read the Firestore database ${LEDGER_DATABASE}: ask for roles/datastore.viewer`;
  if (code === STATUS.NOT_FOUND) return 'Is docker-worker-data-prod deployed?';
  return '';
}
