import type { TaskRecord } from '../../../services/contracts/task-record';
import { openStores, type StoresSettings } from '../../../services/runtime/stores/open';
import type { Closing } from '../../../services/runtime/stores/task-ledger';

/** What one process does to the stores, all of it at once, at the moment `at`. */
export interface StoresTask {
  readonly stores: StoresSettings;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly claim?: readonly TaskRecord[];
  readonly close?: readonly { readonly key: string; readonly closing: Closing }[];
  readonly remember?: readonly string[];
}

/** The keys and signatures that this process won. */
export interface StoresLine {
  readonly won: readonly string[];
}

async function main({ stores: settings, at, claim = [], close = [], remember = [] }: StoresTask): Promise<void> {
  const { taskLedger, seenRequests, ...stores } = await openStores(settings, ['taskLedger', 'seenRequests']);
  await taskLedger.get('warm-up.1');
  await new Promise((resolve) => setTimeout(resolve, at - Date.now()));
  const until = new Date(Date.now() + 300_000);
  const outcomes = await Promise.all([
    ...claim.map(async (record) => [record.key, (await taskLedger.claim(record)).claimed] as const),
    ...close.map(async ({ key, closing }) => [key, await taskLedger.close(key, closing)] as const),
    ...remember.map(async (signature) => [signature, await seenRequests.remember(signature, until)] as const),
  ]);
  process.stdout.write(`${JSON.stringify({ won: outcomes.filter(([, won]) => won).map(([name]) => name) })}\n`);
  await stores.close();
}

void main(JSON.parse(process.argv[2] as string));
