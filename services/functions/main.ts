import { createLogger } from '../runtime/logging';
import { workerFunctions } from './functions';

/** What the functions framework loads: one bundle holds all functions, `--target` names one. */
export const { webhook, create_worker, delete_worker, reap_workers } = workerFunctions({ log: createLogger({ service: 'worker-functions' }) });
