import { GoogleAuth } from 'google-auth-library';
import { UsageError } from '../rehearsal/runner/failure';
import { type Cell, table } from '../rehearsal/runner/format';
import { LEDGER_DATABASE } from '../services/contracts/firestore';
import { isOpen, type TaskRecord } from '../services/contracts/task-record';
import { openStores } from '../services/runtime/stores/open';
import { command } from './support/command';
import { dockerWorkerConfig } from './support/config';

const HELP = `Lists the tasks that docker-worker has run, the newest first: its ledger. Changes nothing.

  make tasks             the last 20
  make tasks LIMIT=100

Needs your login (make auth) and read access to the Firestore database ${LEDGER_DATABASE}.
The same without make: npx tsx scripts/tasks.ts [--limit N]`;

command(
  HELP,
  async ({ options }) => {
    const limit = Number(options.limit ?? 20);
    if (!Number.isInteger(limit) || limit < 1) throw new UsageError(`--limit ${options.limit}: must be a whole number, 1 or more`);
    const { project } = dockerWorkerConfig().shared;
    await loggedIn();
    const stores = await openStores({ kind: 'firestore', project, database: LEDGER_DATABASE }, ['taskLedger']);
    try {
      const records = await stores.taskLedger.list(limit);
      if (records.length === 0) console.log(`No task has run in ${project} yet.\n\nNext: docs/runbooks/docker-worker.md says how one is asked for.`);
      else console.log(table([HEAD.map((text) => ({ text })), ...records.map(row)]).join('\n'));
      return 0;
    } catch (error) {
      throw new UsageError(
        `The ledger of ${project} cannot be read: ${(error as Error).message}\nAre you logged in (make auth), and is docker-worker-data-prod deployed?`,
      );
    } finally {
      await stores.close();
    }
  },
  { limit: 'value' },
);

/** The ledger's library would end this process without a word of its own. */
async function loggedIn(): Promise<void> {
  if (process.env.FIRESTORE_EMULATOR_HOST) return;
  try {
    await new GoogleAuth().getApplicationDefault();
  } catch {
    throw new UsageError('Not logged in: there are no application default credentials. Run make auth');
  }
}

const HEAD = ['asked for', 'task', 'id', 'state', 'exit', 'minutes', 'US$', 'machine', 'what went wrong'];

function row(record: TaskRecord): Cell[] {
  const { requestedAt, task, key, state, exitCode, startedAt, closedAt, cost, instance, error } = record;
  const minutes = startedAt && closedAt ? (Date.parse(closedAt) - Date.parse(startedAt)) / 60_000 : undefined;
  return [
    { text: requestedAt.replace(/\.\d+Z$/, 'Z') },
    { text: task },
    { text: key },
    { text: isOpen(record) ? `${state} ...` : state },
    { text: exitCode === null ? '' : String(exitCode), right: true },
    { text: minutes === undefined ? '' : minutes.toFixed(1), right: true },
    { text: cost === null ? '' : cost.toFixed(2), right: true },
    { text: instance },
    { text: error ? `${error.code}: ${error.message}` : '' },
  ];
}
