import type * as z from 'zod';
import { deleteWorkerEnvironment, ENTRY_POINTS, reapWorkersEnvironment } from '../contracts/functions';
import { systemClock } from '../runtime/clock';
import { googleTransport } from '../runtime/google/rest';
import { openFirestoreStores } from '../runtime/stores/firestore/stores';
import { ComputeApi, type ComputeOptions } from './compute-api';
import { entryPoint } from './entry-point';
import { createWorkerSettings } from './environment';
import type { Log } from './log';
import { reaping, requestPush, resultPush, webhook } from './requests';

export interface FunctionsOptions {
  readonly log: Log;
  /** Where Compute Engine is, and who we are to it. @default Google's, as the identity that the process runs as */
  readonly compute?: Partial<Pick<ComputeOptions, 'baseUrl' | 'transport'>>;
}

interface Place {
  readonly PROJECT: string;
  readonly LEDGER_DATABASE: string;
}

/** All functions, by the names that Google calls them by. */
export function workerFunctions({ log, compute = {} }: FunctionsOptions) {
  /** What all of them work with. */
  const common = ({ PROJECT: project, LEDGER_DATABASE: database }: Place) => {
    const { taskLedger: ledger, seenRequests } = openFirestoreStores({ project, database }, ['taskLedger', 'seenRequests']);
    const clock = systemClock;
    return { clock, log, ledger, seenRequests, compute: new ComputeApi({ project, clock, transport: googleTransport(), ...compute }) };
  };
  const creation = (environment: z.output<typeof createWorkerSettings>) => ({
    ...common(environment),
    tasks: environment.TASKS,
    namePrefix: environment.NAME_PREFIX,
    machine: {
      project: environment.PROJECT,
      bootImage: environment.BOOT_IMAGE,
      subnetwork: environment.SUBNETWORK,
      account: environment.WORKER_ACCOUNT,
      reportingTopic: environment.REPORTING_TOPIC,
    },
  });
  return {
    [ENTRY_POINTS.webhook]: entryPoint({
      name: ENTRY_POINTS.webhook,
      environment: createWorkerSettings,
      log,
      build: async (environment) => {
        const parts = creation(environment);
        const { WEBHOOK: caller, WEBHOOK_SECRET: secret = '' } = environment;
        return webhook(parts, caller === 'hmac' ? { secret, seen: parts.seenRequests } : undefined);
      },
    }),
    [ENTRY_POINTS.createWorker]: entryPoint({
      name: ENTRY_POINTS.createWorker,
      environment: createWorkerSettings,
      log,
      build: async (environment) => requestPush(creation(environment)),
    }),
    [ENTRY_POINTS.deleteWorker]: entryPoint({
      name: ENTRY_POINTS.deleteWorker,
      environment: deleteWorkerEnvironment,
      log,
      build: async (environment) => {
        const { PubSubBus } = await import('../runtime/bus/pubsub'); // the others start without it
        const bus = new PubSubBus({ project: environment.PROJECT });
        return resultPush({ ...common(environment), bus, prices: environment.PRICES, requestTopic: environment.REQUEST_TOPIC });
      },
    }),
    [ENTRY_POINTS.reapWorkers]: entryPoint({
      name: ENTRY_POINTS.reapWorkers,
      environment: reapWorkersEnvironment,
      log,
      build: async (environment) => reaping({ ...common(environment), prices: environment.PRICES }),
    }),
  };
}
