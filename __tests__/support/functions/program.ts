import { workerFunctions } from '../../../services/functions/functions';
import { googleTransport } from '../../../services/runtime/google/rest';
import { createLogger } from '../../../services/runtime/logging';

/** The functions as main.ts exports them, with Compute Engine on loopback. */
const transport = googleTransport({ getAccessToken: async () => 'token' });
const compute = { baseUrl: process.env.TEST_COMPUTE_URL as string, transport };

export const { webhook, create_worker, delete_worker, reap_workers } = workerFunctions({ log: createLogger({ service: 'worker-functions' }), compute });
