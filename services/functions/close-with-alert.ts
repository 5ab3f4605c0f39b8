import { isOpen } from '../contracts/task-record';
import type { Closing, TaskLedger } from '../runtime/stores/task-ledger';

/**
 * Closes an open attempt with an alert, which is written first: a process that dies in between, or a commit whose answer is lost, alerts
 * twice, never not at all. False: it is closed already, or was by somebody else in the same moment.
 */
export async function closeWithAlert(ledger: TaskLedger, key: string, closing: Closing, alert: () => void): Promise<boolean> {
  const record = await ledger.get(key);
  if (!record || !isOpen(record)) return false;
  alert();
  return ledger.close(key, closing);
}
